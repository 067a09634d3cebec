import { STATUS_CODE } from "@std/http/status";
import { type AskingPage, mayUseCookie } from "./asking_page.ts";
import type { Credentials } from "./token/credentials.ts";
import { type Refusal, refuse } from "./decision.ts";
import type { Secret } from "./token/secret.ts";
import { reasonHeader } from "../refusal/reason.ts";
import { looksLikeShareLink, readShareLink, type ShareLink } from "./token/share_link.ts";

/** The token that everyone needs. */
export interface Token {
  /** As it was typed. */
  readonly text: string;
  /** Compares with it. */
  readonly secret: Secret;
}

/** The worth of a client's credentials, with the fingerprints of possible guesses. */
export type Shown =
  | { readonly kind: "token"; readonly isAmbient: boolean }
  | { readonly kind: "link"; readonly link: ShareLink; readonly guesses: readonly number[] }
  | { readonly kind: "ended"; readonly guesses: readonly number[] }
  | { readonly kind: "wrong"; readonly guesses: readonly number[]; readonly isLink: boolean };

/** The facts that {@linkcode judge} goes by. */
export interface Standard extends Token {
  /** The page that asks. */
  readonly page: AskingPage;
  /** The time, in milliseconds since 1970. */
  readonly now: number;
  /** Whether tokens are ignored, so that nothing can be guessed. */
  readonly isShut: boolean;
}

const CHALLENGE = { "www-authenticate": 'Basic realm="wscam", charset="UTF-8"' };

/**
 * Evaluates credentials. Cookies and links can't be guessed, at whatever speed: they are always
 * evaluated, and a wrong one is outdated or another program's, but not a guess.
 */
export function judge(
  { given, basic, cookie, hasLink }: Credentials,
  { page, now, isShut, text: token, secret }: Standard,
): Shown {
  // A foreign page must not use credentials that its visitor's browser adds for our page.
  const isOurs = mayUseCookie(page);
  const ambient = isOurs ? basic : [];
  const texts = [...given, ...ambient];
  if (!isShut) {
    if (given.some(secret.matches)) return { kind: "token", isAmbient: false };
    if (ambient.some(secret.matches)) return { kind: "token", isAmbient: true };
  }
  if (isOurs && cookie !== undefined && secret.matchesCookie(cookie)) {
    return { kind: "token", isAmbient: true };
  }
  const links = texts.filter(looksLikeShareLink);
  const others = texts.filter((text) => !looksLikeShareLink(text));
  // An ignored token reveals nothing.
  const guesses = isShut ? [] : others.map(secret.fingerprint);
  for (const each of links) {
    const read = readShareLink(each, token);
    if (!read.ok) continue;
    const { link } = read;
    return link.expires * 1000 > now ? { kind: "link", link, guesses } : { kind: "ended", guesses };
  }
  return { kind: "wrong", guesses, isLink: hasLink };
}

/** Says what is wrong with the credentials. */
export function refuseShown(
  shown: Exclude<Shown, { kind: "token" | "link" }>,
  cookie: Record<string, string>,
): Refusal {
  const { guesses } = shown;
  const common = { guesses, isUnproven: true };
  if (shown.kind === "ended") {
    const headers = { ...cookie, ...reasonHeader("link-ended") };
    return refuse(STATUS_CODE.Forbidden, "This link has ended", { ...common, headers });
  }
  if (shown.isLink) {
    const reason = "This link isn't valid: part of it is missing, or the token has changed";
    const headers = { ...cookie, ...reasonHeader("link-damaged") };
    return refuse(STATUS_CODE.Forbidden, reason, { ...common, headers });
  }
  const [code, reason] = guesses.length === 0
    ? ["token-needed", "A token is needed"] as const
    : ["token-wrong", "This isn't the token"] as const;
  const headers = { ...CHALLENGE, ...cookie, ...reasonHeader(code) };
  return refuse(STATUS_CODE.Unauthorized, reason, { ...common, headers });
}
