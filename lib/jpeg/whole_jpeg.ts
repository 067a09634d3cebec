import { HUFFMAN_TABLES } from "./huffman_tables.ts";

/** Markers of ITU-T T.81, table B.1. */
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DHT = 0xc4;
/** Any number of these may stand before a marker (B.1.1.2). */
const FILL = 0xff;

/**
 * The picture in these bytes, from SOI to EOI, if it is whole: found by walking its segments, each of
 * which states its length. Zeros after its end, with which cameras fill up their buffers, are left out.
 * A picture without Huffman tables, as many webcams send it, gets the usual ones, since no browser
 * shows it without.
 *
 * @returns `undefined` when it is cut, or something else follows it
 */
export function wholeJpeg(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) return undefined;
  let hasTables = false;
  let firstScan = 0;
  for (let at = 2; at + 1 < bytes.length;) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff || hasNoPlace(marker)) return undefined;
    if (marker === FILL) {
      at++;
      continue;
    }
    if (marker === EOI) {
      if (firstScan === 0 || !isFilling(bytes.subarray(at + 2))) return undefined;
      const picture = bytes.subarray(0, at + 2);
      return hasTables ? picture : withTables(picture, firstScan);
    }
    if (marker === DHT) hasTables = true;
    if (marker === SOS) firstScan ||= at;
    // The length counts itself (B.1.1.4).
    at += 2 + ((bytes[at + 2] ?? 0) << 8 | (bytes[at + 3] ?? 0));
    if (marker === SOS) at = endOfScan(bytes, at);
  }
  return undefined;
}

/** The first marker after a scan's data, in which 0xff is followed by 0 or by a restart marker (B.1.1.5). */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    const isData = next === 0 || next === 0xff || next >= 0xd0 && next <= 0xd7;
    if (!isData) return at;
  }
  return bytes.length;
}

/** No marker, or one that stands only in a scan or before all others. */
function hasNoPlace(marker: number): boolean {
  return marker === 0 || marker >= 0xd0 && marker <= SOI;
}

function isFilling(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function withTables(bytes: Uint8Array, at: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(bytes.length + HUFFMAN_TABLES.length);
  whole.set(bytes.subarray(0, at));
  whole.set(HUFFMAN_TABLES, at);
  whole.set(bytes.subarray(at), at + HUFFMAN_TABLES.length);
  return whole;
}
