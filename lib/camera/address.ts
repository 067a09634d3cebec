import { redactUrls } from "../log/secrets.ts";
import { quote } from "../protocol/quote.ts";

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;
/** User and password in front of a host, as in an address, but no scheme. */
const SCHEMELESS_LOGIN = /^(?:[^\s/\\@:]+:[^\s/\\]*@)([^\s@]+)$/;
/** Schemes of streams that are sent to us: ffmpeg takes no host for them. */
const HOSTLESS = /^(udp|rtp|tcp|srt):\/\/@?:\d+([/?]|$)/i;
const FINGERPRINT = /#fingerprint=([^#]*)$/i;
const SCHEMES: readonly string[] = [
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
 * What a text without a scheme may have been meant as, in quotes: "'rtsp://cam.lan' or
 * 'http://cam.lan'". It shows no user, password or query.
 *
 * @param scheme the one that was given in some other way, if there is one
 */
export function withScheme(text: string, scheme?: string): string {
  const schemes = scheme !== undefined && SCHEMES.includes(scheme) ? [scheme] : ["rtsp", "http"];
  return schemes.map((each) => quote(redactUrl(`${each}://${text}`))).join(" or ");
}

/**
 * Refuses an address that has a password and no scheme, and one that stands behind something else:
 * taken for a device's name or a file, it would be shown to everybody.
 *
 * @throws {RangeError}
 */
export function againstHiddenAddress(text: string): void {
  if (!isAddress(text) && text.includes("://")) {
    throw new RangeError("must name one source, and begin with its address");
  }
  const [, place] = text.match(SCHEMELESS_LOGIN) ?? [];
  if (place === undefined) return;
  throw new RangeError(
    `has no scheme: did you mean ${withScheme(place)}, with its user and password?`,
  );
}

/**
 * The address of a camera, as it was given, with its scheme in lower case: ffmpeg knows no other.
 *
 * @throws {RangeError} when it can't be used
 */
export function checkAddress(url: string): string {
  const scheme = url.match(SCHEME)?.[1]?.toLowerCase() ?? "";
  if (!SCHEMES.includes(scheme)) {
    const hint = scheme === "file" ? ": a file goes by its path alone" : "";
    const got = quote(redactUrls(url));
    throw new RangeError(
      `must be a URL of ${[...SCHEMES, "nats", "tls"].join(", ")}, got ${got}${hint}`,
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
  const isWhole = HOSTLESS.test(url) || authority !== "" && URL.canParse(url);
  if (!isWhole) {
    // Everything before the last '@' may be a password, wherever the parts of the URL end.
    const shown = url.replace(/^([a-z][a-z0-9+.-]*:\/\/).*@/is, "$1");
    throw new RangeError(`must be a whole URL, got ${quote(redactUrls(shown))}`);
  }
  return scheme + url.slice(scheme.length);
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
