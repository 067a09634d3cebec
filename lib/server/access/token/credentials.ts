import { Buffer } from "node:buffer";
import { looksLikeShareLink } from "./share_link.ts";

/** Everything in a request that may show who asks. */
export interface Credentials {
  /**
   * Credentials that the asking program or page gave itself: `Bearer`, `?token=`, `?share=`, a
   * subprotocol.
   */
  readonly given: readonly string[];
  /** The password of `Basic`, which a browser adds by itself, whichever page asks. */
  readonly basic: readonly string[];
  /** Our cookie, which a browser adds by itself as well. */
  readonly cookie: string | undefined;
  /** Whether somebody came by a share link, whole or not. */
  readonly hasLink: boolean;
  /** The subprotocol that carries a token: the answer must name it. */
  readonly protocol: string | undefined;
}

/** The parts of a request that {@linkcode credentialsOf} looks at. */
export interface CredentialPlaces {
  /** The request's headers. */
  readonly headers: Headers;
  /** The query of its address. */
  readonly query: URLSearchParams;
  /** The name of our cookie. */
  readonly cookieName: string;
}

/** Finds what a request shows; one of each kind, so that one request can't try many. */
export function credentialsOf({ headers, query, cookieName }: CredentialPlaces): Credentials {
  const [, scheme = "", value = ""] = headers.get("authorization")?.match(/^(\w+) +(.*)$/s) ?? [];
  const kind = scheme.toLowerCase();
  const protocol = offeredProtocols(headers).find((each) => each.startsWith("bearer."));
  const given = [
    kind === "bearer" ? fromHeader(value.trim()) : undefined,
    query.get("token") ?? undefined,
    // A damaged link is no token, and no guess either.
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
 * A subprotocol can't have every character: others are written as in a URL (RFC 3986, 2.1). A token that has
 * '%41' in it may also come as it is.
 */
function asWritten(text: string): string[] {
  try {
    return [...new Set([text, decodeURIComponent(text)])];
  } catch {
    return [text];
  }
}

/** Header bytes come as Latin-1; what was meant is UTF-8, unless it is none. */
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
