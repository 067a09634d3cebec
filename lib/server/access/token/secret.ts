import { Buffer } from "node:buffer";
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** The token, in the form that the rest of the server uses. */
export interface Secret {
  /** Whether a text is the token; takes the same time for all texts of a length. */
  matches(text: string): boolean;
  /** Distinguishes wrong tokens without revealing them. */
  fingerprint(text: string): number;
  /** Whether a text is the cookie's value. */
  matchesCookie(text: string): boolean;
  /** The content of the page's cookie, from which the token can't be derived. */
  readonly cookie: string;
}

/** Wraps the token. */
export function createSecret(token: string): Secret {
  const own = digest(token);
  const cookie = createHmac("sha256", token).update("wscam cookie").digest("base64url");
  const ownCookie = digest(cookie);
  const key = randomBytes(32);
  return {
    cookie,
    fingerprint: (text) => createHmac("sha256", key).update(text).digest().readUIntBE(0, 6),
    // Digests are compared, so that not even the length can be measured.
    matches: (text) => timingSafeEqual(digest(text), own),
    matchesCookie: (text) => timingSafeEqual(digest(text), ownCookie),
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
