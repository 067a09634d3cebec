import { Buffer } from "node:buffer";
import { looksLikeShareLink } from "./share_link.ts";

/** Everything in a request that may authenticate the client. */
export interface Credentials {
  /**
   * Credentials that the program or page itself sent: `Bearer`, `?token=`, `?share=`, a
   * subprotocol.
   */
  readonly given: readonly string[];
  /** The password of `Basic`, which a browser adds by itself, whichever page asks. */
  readonly basic: readonly string[];
  /** Our cookie, which a browser adds by itself as well. */
  readonly cookie: string | undefined;
  /** Whether the client used a share link, valid or not. */
  readonly hasLink: boolean;
  /** The subprotocol that carries a token: the response must name it. */
  readonly protocol: string | undefined;
}

/** The parts of a request that {@linkcode credentialsOf} examines. */
export interface CredentialPlaces {
  /** The request's headers. */
  readonly headers: Headers;
  /** The query of its address. */
  readonly query: URLSearchParams;
  /** The name of our cookie. */
  readonly cookieName: string;
}

/** Extracts the credentials of a request; one of each kind, so that one request can't try many. */
export function credentialsOf({ headers, query, cookieName }: CredentialPlaces): Credentials {
  const [, scheme = "", value = ""] = headers.get("authorization")?.match(/^(\w+) +(.*)$/s) ?? [];
  const kind = scheme.toLowerCase();
  const protocol = offeredProtocols(headers).find((each) => each.startsWith("bearer."));
  const given = [
    kind === "bearer" ? fromHeader(value.trim()) : undefined,
    query.get("token") ?? undefined,
    // A damaged link is not a token, and not a guess either.
    ...query.getAll("share").slice(0, 1).filter(looksLikeShareLink),
    ...(protocol === undefined ? [] : asWritten(protocol.slice("bearer.".length))),
  ];
  return {
    given: given.filter((text) => text !== undefined).filter((text) => text !== ""),
    basic: kind === "basic" ? passwordOf(value) : [],
    cookie: cookieOf(headers.get("cookie") ?? "", cookieName),
    hasLink: query.has("share") || given.some((text) => looksLikeShareLink(text ?? "")),
    protocol,
  };
}

function offeredProtocols(headers: Headers): string[] {
  const list = headers.get("sec-websocket-protocol") ?? "";
  return list.split(",").map((each) => each.trim());
}

/**
 * A subprotocol can't contain every character: others are escaped as in a URL (RFC 3986, 2.1). A
 * token that contains '%41' may also come unescaped.
 */
function asWritten(text: string): string[] {
  try {
    return [...new Set([text, decodeURIComponent(text)])];
  } catch {
    return [text];
  }
}

/** Header bytes come as Latin-1; UTF-8 was meant, unless they are invalid as such. */
function fromHeader(text: string): string {
  // deno-lint-ignore no-control-regex -- every byte but ASCII is looked for
  if (!/[^\x00-\x7f]/.test(text) || /[^\x00-\xff]/.test(text)) return text;
  const utf8 = Buffer.from(text, "latin1").toString();
  return utf8.includes("\ufffd") ? text : utf8;
}

/** `user:password` in base64 (RFC 7617, 2). */
function passwordOf(base64: string): string[] {
  const text = Buffer.from(base64, "base64").toString();
  const colon = text.indexOf(":");
  return colon === -1 ? [] : [text.slice(colon + 1)];
}

function cookieOf(header: string, name: string): string | undefined {
  const pairs = header.split(";").map((pair) => pair.trim().split("="));
  return pairs.find(([own]) => own === name)?.[1] || undefined;
}
