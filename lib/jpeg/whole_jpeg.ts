import { HUFFMAN_TABLES } from "./huffman_tables.ts";
import { endOfPixels } from "./scan.ts";

/** Markers of ITU-T T.81, table B.1. */
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DHT = 0xc4;
/** Any number of these may stand before a marker (B.1.1.2). */
const FILL = 0xff;

/**
 * The picture in these bytes, from SOI to EOI, if it is whole: found by walking its segments, each of
 * which states its length.
 *
 * Cameras are careless about the edges, and every decoder puts up with that; browsers, caches and those who
 * read pictures after us needn't. So what stands before the picture or behind it is left out: line ends,
 * headers of USB packets, filling, what is left of an older picture. An EOI that is missing is added where
 * no pixel is. A picture without Huffman tables, as many webcams send it, gets the usual ones, since no
 * browser shows it without.
 *
 * @param options whether a picture without an EOI counts as cut, whose pixels need not be read then
 * @returns a part of `bytes` unless something had to be added; `undefined` when the picture is cut
 */
export function wholeJpeg(
  bytes: Uint8Array<ArrayBuffer>,
  { mustEnd = false }: { mustEnd?: boolean } = {},
): Uint8Array<ArrayBuffer> | undefined {
  const found = walk(bytes, { from: beginningOf(bytes), mustEnd });
  if (found === undefined) return undefined;
  const { start, end, firstScan, hasTables, isEnded } = found;
  const picture = bytes.subarray(start, end);
  if (hasTables && isEnded) return picture;
  const tables = hasTables ? NOTHING : HUFFMAN_TABLES;
  return concat([
    picture.subarray(0, firstScan - start),
    tables,
    picture.subarray(firstScan - start),
    isEnded ? NOTHING : END,
  ]);
}

const NOTHING = new Uint8Array();
const END = Uint8Array.of(0xff, EOI);

/** The place of a picture, and its parts. */
interface Found {
  start: number;
  end: number;
  firstScan: number;
  hasTables: boolean;
  isEnded: boolean;
}

/** Finds the first SOI, with the marker that has to follow it. */
function beginningOf(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(0xff); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    if (bytes[at + 1] === SOI && bytes[at + 2] === 0xff) return at;
  }
  return bytes.length;
}

/** Looks for the picture that begins here, or later where it begins twice. */
function walk(
  bytes: Uint8Array,
  { from, mustEnd }: { from: number; mustEnd: boolean },
): Found | undefined {
  let start = from;
  let hasTables = false;
  let firstScan = 0;
  for (let at = start + 2; at + 1 < bytes.length;) {
    const marker = bytes[at] === 0xff ? bytes[at + 1] ?? 0 : 0;
    if (marker === FILL) {
      at++;
      continue;
    }
    if (marker === SOI && firstScan === 0) {
      start = at;
      at += 2;
      hasTables = false;
      continue;
    }
    if (hasNoPlace(marker)) break;
    if (marker === EOI) {
      if (firstScan === 0) return undefined;
      return { start, end: at + 2, firstScan, hasTables, isEnded: true };
    }
    if (marker === DHT) hasTables = true;
    if (marker === SOS) firstScan ||= at;
    // The length counts itself (B.1.1.4).
    at += 2 + ((bytes[at + 2] ?? 0) << 8 | (bytes[at + 3] ?? 0));
    if (marker === SOS) at = endOfScan(bytes, at);
  }
  if (firstScan === 0 || mustEnd) return undefined;
  const pixels = endOfPixels(bytes.subarray(start));
  if (typeof pixels === "string" || endsInZeros(bytes, start + pixels)) return undefined;
  return { start, end: start + pixels, firstScan, hasTables, isEnded: false };
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

/**
 * Whether pixels were read out of the zeros with which a camera has filled up what was cut: an encoder fills
 * the last byte with ones (F.1.2.3).
 */
function endsInZeros(bytes: Uint8Array, end: number): boolean {
  return bytes[end - 1] === 0 && bytes[end - 2] !== 0xff;
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
