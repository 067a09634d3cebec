import { redactUrls } from "../log/secrets.ts";
import { quote } from "../protocol/quote.ts";

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;
/** Schemes of streams that are sent to us: ffmpeg takes no host for them. */
const HOSTLESS = /^(udp|rtp|tcp|srt):\/\/@?:\d+([/?]|$)/i;
const FINGERPRINT = /#fingerprint=([^#]*)$/i;
const SCHEMES = [
  "rtsp",
  "rtsps",
  "rtmp",
  "rtmps",
  "http",
  "https",
  "srt",
  "udp",
  "rtp",
  "tcp",
  "mms",
];

/** Whether a text is meant to be an address. */
export function isAddress(text: string): boolean {
  return SCHEME.test(text);
}

/**
 * The address of a camera, as it was given.
 *
 * @throws {RangeError} when it can't be used
 */
export function checkAddress(url: string): string {
  const scheme = url.match(SCHEME)?.[1]?.toLowerCase() ?? "";
  if (!SCHEMES.includes(scheme)) {
    throw new RangeError(
      `must be a URL of ${[...SCHEMES, "nats", "tls"].join(", ")}, got ${quote(redactUrls(url))}`,
    );
  }
  checkFingerprint(url, scheme);
  const [, authority = "", rest = ""] = url.match(/^[^/]*\/\/([^/?#]*)(.*)$/s) ?? [];
  const isCut = rest.includes("@") && authority.includes(":") && !authority.includes("@");
  // ffmpeg would read a part of the password as the host, and we would show it.
  if (isCut || /#.*@/s.test(rest)) {
    throw new RangeError(
      "must be a URL whose password has '/', '?', '#' and '@' written as %2F, %3F, %23 and %40",
    );
  }
  if (!URL.canParse(url) && !HOSTLESS.test(url)) {
    // Everything before the last '@' may be a password, wherever the parts of the URL end.
    const shown = url.replace(/^([a-z][a-z0-9+.-]*:\/\/).*@/is, "$1");
    throw new RangeError(`must be a whole URL, got ${quote(redactUrls(shown))}`);
  }
  return url;
}

/**
 * The SHA-256 that a camera's certificate must have, as 64 hexadecimal digits; `undefined` if any
 * trusted certificate will do.
 */
export function fingerprintOf(url: string): string | undefined {
  const [, fingerprint] = url.match(FINGERPRINT) ?? [];
  return fingerprint?.replaceAll(":", "").toLowerCase();
}

/** Removes user, password and query from one whole URL, whatever characters they contain. */
export function redactUrl(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)(?:[^/?#]*@)?([^?#]*).*$/is, "$1$2");
}

function checkFingerprint(url: string, scheme: string): void {
  const fingerprint = fingerprintOf(url);
  if (fingerprint === undefined || scheme === "https" && /^[0-9a-f]{64}$/.test(fingerprint)) return;
  throw new RangeError(
    "must have '#fingerprint=' only behind an https address, " +
      `and in it the SHA-256 of its certificate as 64 hexadecimal digits, got ${
        quote(redactUrl(url))
      }`,
  );
}
