import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";

/** The rights that a share link gives. */
export interface ShareLink {
  /** The one camera that it shows. */
  readonly camera: string;
  /** When it ends, in seconds since 1970. */
  readonly expires: number;
}

/** The result of {@linkcode readShareLink}. */
export type ReadLink =
  | { readonly ok: true; readonly link: ShareLink }
  | { readonly ok: false; readonly reason: "malformed" | "altered" };

/** The prefix of every link's value: the version of its format. */
const VERSION = "s1";
const LONGEST = 4096;

/**
 * Signs a link: `s1.<payload>.<signature>`, both parts in base64url. The payload is JSON:
 * `{"camera":NAME,"expires":SECONDS,"rights":"watch"}`; the signature is HMAC-SHA-256 with the
 * token.
 */
export async function signShareLink(
  { camera, expires }: ShareLink,
  token: string,
): Promise<string> {
  const payload = Buffer.from(JSON.stringify({ camera, expires, rights: "watch" }))
    .toString("base64url");
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const raw = new TextEncoder().encode(token);
  const key = await crypto.subtle.importKey("raw", raw, algorithm, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, signed(payload));
  return `${VERSION}.${payload}.${Buffer.from(signature).toString("base64url")}`;
}

/** Whether a text has the form of a link's value, as opposed to a token. */
export function looksLikeShareLink(text: string): boolean {
  return text.length <= LONGEST && /^s1\.[\w-]+\.[\w-]{43}$/.test(text);
}

/**
 * Parses a link's value, if it was signed with this token. The caller checks whether it has
 * expired. This is synchronous, unlike Web Crypto: each of many simultaneous requests is judged,
 * and its guesses are counted, before the next is examined.
 */
export function readShareLink(text: string, token: string): ReadLink {
  if (!looksLikeShareLink(text)) return { ok: false, reason: "malformed" };
  const [, payload = "", signature = ""] = text.split(".");
  const right = createHmac("sha256", token).update(signed(payload)).digest("base64url");
  // Compared as texts: different final letters can encode the same bytes.
  if (!timingSafeEqual(Buffer.from(right), Buffer.from(signature))) {
    return { ok: false, reason: "altered" };
  }
  const link = parsePayload(Buffer.from(payload, "base64url").toString());
  return link === undefined ? { ok: false, reason: "malformed" } : { ok: true, link };
}

function parsePayload(json: string): ShareLink | undefined {
  try {
    const { camera, expires, rights } = JSON.parse(json);
    const isValid = typeof camera === "string" && Number.isFinite(expires) && rights === "watch";
    return isValid ? { camera: camera.normalize("NFC"), expires } : undefined;
  } catch {
    // The token's owner can sign anything.
    return undefined;
  }
}

/** The signed bytes can't be confused with anything else that is signed with the token. */
function signed(payload: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`wscam share ${VERSION} ${payload}`);
}
