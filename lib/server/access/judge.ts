import { STATUS_CODE } from "@std/http/status";
import type { AskingPage } from "./asking_page.ts";
import type { Credentials } from "./credentials.ts";
import { type Refusal, refuse } from "./decision.ts";
import type { Secret } from "./secret.ts";
import { reasonHeader } from "../refusal/reason.ts";
import { looksLikeShareLink, readShareLink, type ShareLink } from "./share_link.ts";

/** The token that everyone needs. */
export interface Token {
  /** As it was typed. */
  readonly text: string;
  /** What compares with it. */
  readonly secret: Secret;
}

/** What somebody has shown. */
export type Shown =
  | { readonly kind: "token" }
  | { readonly kind: "link"; readonly link: ShareLink; readonly guesses: number }
  | { readonly kind: "ended"; readonly guesses: number }
  | { readonly kind: "wrong"; readonly guesses: number; readonly isLink: boolean };

/** What {@linkcode judge} goes by. */
export interface Standard extends Token {
  /** The page that asks. */
  readonly page: AskingPage;
  /** The time, in milliseconds since 1970. */
  readonly now: number;
}

const CHALLENGE = { "www-authenticate": 'Basic realm="wscam", charset="UTF-8"' };

/** Finds out what credentials are worth. */
export function judge(
  { given, basic, cookie, hasLink }: Credentials,
  { page, now, text: token, secret }: Standard,
): Shown {
  // A page may not use what its visitor's browser adds by itself for ours.
  const isAmbient = page.kind !== "other";
  const texts = [...given, ...(isAmbient ? basic : [])];
  const ownCookie = isAmbient ? cookie : undefined;
  if (texts.some(secret.matches)) return { kind: "token" };
  if (ownCookie !== undefined && secret.matchesCookie(ownCookie)) return { kind: "token" };
  const shown = texts.length + (ownCookie === undefined ? 0 : 1);
  const links = texts.filter(looksLikeShareLink);
  for (const each of links) {
    const read = readShareLink(each, token);
    if (!read.ok) continue;
    // Whoever has a link may guess no more than others.
    const guesses = shown - 1;
    const { link } = read;
    return link.expires * 1000 > now ? { kind: "link", link, guesses } : { kind: "ended", guesses };
  }
  return { kind: "wrong", guesses: shown, isLink: hasLink };
}

/** Says what is wrong with what was shown. */
export function refuseShown(
  shown: Exclude<Shown, { kind: "token" | "link" }>,
  cookie: Record<string, string>,
): Refusal {
  const { guesses } = shown;
  if (shown.kind === "ended") {
    const headers = { ...cookie, ...reasonHeader("link-ended") };
    return refuse(STATUS_CODE.Forbidden, "This link has ended", { guesses, headers });
  }
  if (shown.isLink) {
    const reason = "This link isn't valid: it isn't whole, or the token is another one now";
    return refuse(STATUS_CODE.Forbidden, reason, {
      guesses,
      headers: { ...cookie, ...reasonHeader("link-damaged") },
    });
  }
  const [code, reason] = guesses === 0
    ? ["token-needed", "This needs the token"] as const
    : ["token-wrong", "This isn't the token"] as const;
  const headers = { ...CHALLENGE, ...cookie, ...reasonHeader(code) };
  return refuse(STATUS_CODE.Unauthorized, reason, { guesses, headers });
}
