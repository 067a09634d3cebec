import type { BrokerAddress } from "../../protocol/relay_url.ts";

/** Error texts of nats-server and the runtime, and their meaning. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  // The client's text for a connection that ends without a reason; the runtime's begins with a
  // capital.
  [/^connection refused$/, "has ended the connection"],
  [/connection refused|ECONNREFUSED/i, "refuses connections: no nats-server seems to run there"],
  [/ENOTFOUND|EAI_AGAIN|failed to lookup/i, "has no address: there is no host of that name"],
  [/EHOSTUNREACH|ENETUNREACH|No route to host/i, "can't be reached from this network"],
  [/does not support 'tls'/, "doesn't speak TLS: use nats:// instead of tls://"],
  [
    /alert: (BadCertificate|CertificateRequired)/,
    "wants a client certificate, and wscam has none: make it ask for users instead, without 'verify' in 'tls'",
  ],
  [
    /certificate|CERT_|self.signed|UnknownIssuer|UNABLE_TO|altname/i,
    "has a certificate that isn't trusted here: set DENO_CERT to the file of its authority's certificate, and name the host " +
    "as the certificate does",
  ],
  [/unexpected response|undefined error|Expected/, "is not a NATS server"],
  [/timeout|ETIMEDOUT/i, "does not answer"],
  [/stale connection/i, "has not answered for some seconds"],
  [/slow consumer/i, "has ended the connection, because it received pictures too slowly"],
  [/maximum connections/i, "has as many connections as it allows ('max_connections')"],
];

/** Explains what is wrong with a broker, in words that follow its address. Never shows a password. */
export function explainBroker(
  error: unknown,
  { user, password }: Pick<BrokerAddress, "user" | "password">,
  { creds }: { creds?: string | undefined } = {},
): string {
  if (isAboutIdentity(error)) {
    if (creds !== undefined) return `refuses the credentials in ${creds}`;
    if (user === undefined) {
      return "wants a user: put one into the URL (nats://USER:PASSWORD@…) or give '--nats-creds'";
    }
    return password === undefined ? "refuses the token in its URL" : "refuses its user or password";
  }
  const text = textOf(error);
  const [, words] = REASONS.find(([pattern]) => pattern.test(text)) ?? [];
  return words ?? (text === "" ? "has ended the connection" : `fails: ${text}`);
}

/** Whether an error means that the server refuses our credentials. */
export function isAboutIdentity(error: unknown): boolean {
  return error instanceof Error &&
    (error.name === "AuthorizationError" || error.name === "UserAuthenticationExpiredError");
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const code = "code" in error ? ` ${error.code}` : "";
  const cause = error.cause instanceof Error ? ` ${textOf(error.cause)}` : "";
  return `${error.message}${code}${cause}`;
}
