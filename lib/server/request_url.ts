/**
 * A request's address; nothing where it, or its `Host`, is malformed. The zone of an IPv6 address is left
 * out: programs say it (`[fe80::1%eth0]`), and no URL may have it (WHATWG URL, 3.5).
 */
export function requestUrl({ url }: { url: string }): URL | null {
  return URL.parse(url.replace(/^(\w+:\/\/\[[^\]%/]*)%[^\]/]*\]/, "$1]"));
}
