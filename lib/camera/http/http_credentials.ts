import { createHash } from "node:crypto";
import { encodeBase64 } from "@std/encoding/base64";

/** A user and a password. */
export interface HttpCredentials {
  /** The user's name. */
  user: string;
  /** The user's password. */
  password: string;
}

/** The request to authorize. */
export interface AskedPage {
  /** The address. */
  url: URL;
  /** The number of the request, from 1. */
  count: number;
}

/**
 * Answers a server's challenge: with Digest if it is offered (RFC 7616), which doesn't reveal the
 * password, else with Basic (RFC 7617).
 *
 * @param challenge the header `WWW-Authenticate`
 * @returns the header `Authorization`; `undefined` if the server wants something else
 */
export function proof(
  challenge: string,
  credentials: HttpCredentials,
  { url, count }: AskedPage,
): string | undefined {
  const digest = digests(challenge).find(({ algorithm }) => hashOf(algorithm) !== undefined);
  if (digest) return digestProof(digest, credentials, { url, count });
  if (!/(^|,)\s*basic\b/i.test(challenge)) return undefined;
  const { user, password } = credentials;
  return `Basic ${encodeBase64(new TextEncoder().encode(`${user}:${password}`))}`;
}

interface Digest {
  realm: string;
  nonce: string;
  opaque?: string | undefined;
  qop?: string | undefined;
  algorithm?: string | undefined;
}

function digests(challenge: string): Digest[] {
  return challenge.split(/(?:^|,)\s*digest\s+/i).slice(1).map((text) => {
    const fields = new Map<string, string>();
    for (
      const [, name = "", quoted, bare] of text.matchAll(
        /(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g,
      )
    ) {
      fields.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? bare ?? "");
    }
    return {
      realm: fields.get("realm") ?? "",
      nonce: fields.get("nonce") ?? "",
      opaque: fields.get("opaque"),
      qop: fields.get("qop"),
      algorithm: fields.get("algorithm"),
    };
  });
}

function hashOf(algorithm = "MD5"): "md5" | "sha256" | undefined {
  switch (algorithm.toUpperCase().replace(/-SESS$/, "")) {
    case "MD5":
      return "md5";
    case "SHA-256":
      return "sha256";
    default:
      return undefined;
  }
}

function digestProof(
  { realm, nonce, opaque, qop, algorithm }: Digest,
  { user, password }: HttpCredentials,
  { url, count }: AskedPage,
): string {
  const hash = (text: string) => createHash(hashOf(algorithm) ?? "md5").update(text).digest("hex");
  const uri = url.pathname + url.search;
  const cnonce = crypto.randomUUID().replaceAll("-", "");
  const nc = count.toString(16).padStart(8, "0");
  const secret = hash(`${user}:${realm}:${password}`);
  const a1 = /-sess$/i.test(algorithm ?? "") ? hash(`${secret}:${nonce}:${cnonce}`) : secret;
  const a2 = hash(`GET:${uri}`);
  const hasQop = qop !== undefined && /\bauth\b/i.test(qop);
  const response = hasQop
    ? hash(`${a1}:${nonce}:${nc}:${cnonce}:auth:${a2}`)
    : hash(`${a1}:${nonce}:${a2}`);
  const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
  return [
    `Digest username=${quoted(user)}, realm=${quoted(realm)}, nonce=${quoted(nonce)}`,
    `uri=${quoted(uri)}, response="${response}"`,
    ...algorithm === undefined ? [] : [`algorithm=${algorithm}`],
    ...opaque === undefined ? [] : [`opaque=${quoted(opaque)}`],
    ...hasQop ? [`qop=auth, nc=${nc}, cnonce="${cnonce}"`] : [],
  ].join(", ");
}
