import { STATUS_CODE } from "@std/http/status";

/** The maximum length of a query, in bytes: camera, size and token need a tenth of it. */
const MAX_QUERY = 4096;
/**
 * The maximum size of all header fields together, in bytes. Deno itself allows 64 KiB and some 100
 * fields.
 */
const MAX_HEADERS = 32 * 1024;

/** The response to a request that is refused before anything else. */
export interface TooLarge {
  /** The HTTP status. */
  status: number;
  /** The fault, in words. */
  text: string;
}

/** Returns what is too large about a request. Bodies are never read. */
export function refuseLarge(url: URL, headers: Headers): TooLarge | undefined {
  // One byte for the question mark.
  if (url.search.length - 1 > MAX_QUERY) {
    const text = `Cannot read request: its query must be at most ${MAX_QUERY} bytes`;
    return { status: STATUS_CODE.URITooLong, text };
  }
  let size = 0;
  for (const [name, value] of headers) size += name.length + value.length;
  if (size <= MAX_HEADERS) return undefined;
  const text = `Cannot read request: its header fields must be at most ${MAX_HEADERS} bytes`;
  return { status: STATUS_CODE.RequestHeaderFieldsTooLarge, text };
}
