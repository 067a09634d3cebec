import { Buffer } from "node:buffer";
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** The token, as the rest of the server may use it. */
export interface Secret {
  /** Whether a text is the token; takes the same time for every text of a length. */
  matches(text: string): boolean;
  /** Tells one wrong text from another, and no more of either. */
  fingerprint(text: string): number;
  /** Whether a text is the cookie's value. */
  matchesCookie(text: string): boolean;
  /** The content of the page's cookie: nobody who reads it has the token. */
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
