/**
 * A request's address; `null` if it, or its `Host`, is malformed. The zone of an IPv6 address is
 * removed: programs send it (`[fe80::1%eth0]`), but a URL must not contain it (WHATWG URL, 3.5).
 */
export function requestUrl({ url }: { url: string }): URL | null {
  return URL.parse(url.replace(/^(\w+:\/\/\[[^\]%/]*)%[^\]/]*\]/, "$1]"));
}
