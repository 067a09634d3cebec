/** Replaces a secret. */
const HIDDEN = "…";

/** Each secret follows the text in the first group, which identifies it. */
const SECRETS: readonly RegExp[] = [
  /\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?(?:(?:bearer|basic|digest)\s+)?)[^"'\ufffd]+/gi,
  /\b((?:set-)?cookie["']?\s*:\s*["']?)[^"'\ufffd]+/gi,
  /\b((?:bearer|basic)\s+)[^\s"',;]+/gi,
  /\b(bearer\.)[^\s"',;]+/gi,
  /((?:token|password|passwd|secret)(?:=|["']\s*:\s*["']))[^\s"'&;]+/gi,
];

/** Removes user, password and query from every URL in a text. */
export function redactUrls(text: string): string {
  // The scheme's length is limited: otherwise matching a long text would take quadratic time.
  return text.replace(
    /([a-z0-9+.-]{0,20}:\/\/)(?:[^\s/?#]*@)?([^\s?#'"]*)(?:[?#][^\s'"]*)?/gi,
    "$1$2",
  );
}

/**
 * Removes what looks like a secret: from URLs as {@linkcode redactUrls} does, from headers, from
 * queries.
 */
export function hideSecrets(text: string): string {
  return SECRETS.reduce(
    (hidden, secret) => hidden.replace(secret, `$1${HIDDEN}`),
    redactUrls(text),
  );
}
