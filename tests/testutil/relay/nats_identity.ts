import { nkeys } from "@nats-io/nats-core/internal";

/** A nats-server that identifies users only by signed tokens, and such a user. */
export interface NatsIdentity {
  /** Lines for its configuration. */
  readonly config: string;
  /** The text of a user's file of credentials. */
  readonly creds: string;
}

type KeyPair = ReturnType<typeof nkeys.createUser>;

/** Makes an operator, an account and a user, as `nsc` does. */
export function createNatsIdentity(): NatsIdentity {
  const [operator, account, user] = [
    nkeys.createOperator(),
    nkeys.createAccount(),
    nkeys.createUser(),
  ];
  const limits = { subs: -1, data: -1, payload: -1 };
  const accountLimits = {
    ...limits,
    conn: -1,
    leaf: -1,
    imports: -1,
    exports: -1,
    wildcards: true,
  };
  const operatorToken = token(operator, operator, { type: "operator" });
  const accountToken = token(operator, account, { type: "account", limits: accountLimits });
  const userToken = token(account, user, { type: "user", pub: {}, sub: {}, ...limits });
  const seed = new TextDecoder().decode(user.getSeed());
  return {
    config: `operator: ${operatorToken}\nresolver: MEMORY\n` +
      `resolver_preload: { ${account.getPublicKey()}: ${accountToken} }`,
    creds: `-----BEGIN NATS USER JWT-----\n${userToken}\n------END NATS USER JWT------\n\n` +
      `-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`,
  };
}

/** A JSON Web Token in the form that nats-server takes. */
function token(issuer: KeyPair, subject: KeyPair, claims: Record<string, unknown>): string {
  const payload = {
    jti: crypto.randomUUID(),
    iat: Math.floor(Date.now() / 1000),
    name: "wscam",
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    nats: { version: 2, ...claims },
  };
  const text = [{ typ: "JWT", alg: "ed25519-nkey" }, payload]
    .map((part) => base64url(new TextEncoder().encode(JSON.stringify(part)))).join(".");
  return `${text}.${base64url(issuer.sign(new TextEncoder().encode(text)))}`;
}

function base64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
