const SOS = 0xda;
/**
 * The next 0xff is searched byte by byte over this distance: pixels rarely contain one, hostile
 * data may at every other byte.
 */
const NEAR = 32;

/**
 * The number of scans in a JPEG file, or somewhat more: those of an embedded thumbnail count too.
 */
export function countScans(jpeg: Uint8Array): number {
  let scans = 0;
  for (let at = nextMarker(jpeg, 0); at >= 0; at = nextMarker(jpeg, at + 1)) {
    if (jpeg[at + 1] === SOS) scans++;
  }
  return scans;
}

/** The position of the next 0xff, or -1. */
export function nextMarker(bytes: Uint8Array, from: number): number {
  const near = Math.min(from + NEAR, bytes.length);
  for (let at = from; at < near; at++) if (bytes[at] === 0xff) return at;
  return bytes.indexOf(0xff, near);
}
