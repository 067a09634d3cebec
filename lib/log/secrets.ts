/** Replaces a secret. */
const HIDDEN = "…";

/** Each secret stands after what tells that it is one, in the first group. */
const SECRETS: readonly RegExp[] = [
  /\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?(?:(?:bearer|basic|digest)\s+)?)[^"'\ufffd]+/gi,
  /\b((?:set-)?cookie["']?\s*:\s*["']?)[^"'\ufffd]+/gi,
  /\b((?:bearer|basic)\s+)[^\s"',;]+/gi,
  /\b(bearer\.)[^\s"',;]+/gi,
  /((?:token|password|passwd|secret)(?:=|["']\s*:\s*["']))[^\s"'&;]+/gi,
];

/** Takes users, passwords and queries out of every URL in a text. */
export function redactUrls(text: string): string {
  // A bounded scheme, lest a long text takes time that grows with its square.
  return text.replace(
    /([a-z0-9+.-]{0,20}:\/\/)(?:[^\s/?#]*@)?([^\s?#'"]*)(?:[?#][^\s'"]*)?/gi,
    "$1$2",
  );
}

/** Takes out what looks like a secret: of URLs as {@linkcode redactUrls} does, of headers, of queries. */
export function hideSecrets(text: string): string {
  return SECRETS.reduce(
    (hidden, secret) => hidden.replace(secret, `$1${HIDDEN}`),
    redactUrls(text),
  );
}
