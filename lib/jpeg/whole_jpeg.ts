import { HUFFMAN_TABLES } from "./huffman_tables.ts";
import { readCoding } from "./coding.ts";
import { endOfPixels } from "./scan.ts";
import { nextMarker } from "./scans.ts";

/** Markers of ITU-T T.81, table B.1. */
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DHT = 0xc4;
/** Frames from here on use arithmetic coding, except for DAC, which is not a frame. */
const SOF9 = 0xc9;
const DAC = 0xcc;
const SOF15 = 0xcf;
/** At most this many pictures are searched for in one place. */
const MAX_TRIES = 4;
/**
 * A picture has some tens of segments, and hundreds with large profiles; walking through these
 * takes milliseconds.
 */
const MAX_SEGMENTS = 200_000;
/** Any number of these may precede a marker (B.1.1.2). */
const FILL = 0xff;

/**
 * The picture in these bytes, from SOI to EOI, if it is whole. It is found by walking through its
 * segments, each of which states its length.
 *
 * Cameras are careless about the edges, and every decoder tolerates that, but browsers, caches and
 * later readers of the pictures may not. So everything before and after the picture is removed: line
 * ends, headers of USB packets, padding, the rest of an older picture. A missing EOI is added if no
 * pixels are missing. A picture without Huffman tables, as many webcams send it, gets the usual ones,
 * since no browser shows it without them. A picture with arithmetic coding, which no browser shows
 * either, does not count.
 *
 * @param options `mustEnd`: a picture without an EOI counts as cut, and its pixels aren't read
 * @returns a part of `bytes` unless something had to be added; `undefined` when the picture is cut
 */
export function wholeJpeg(
  bytes: Uint8Array<ArrayBuffer>,
  options: { mustEnd?: boolean } = {},
): Uint8Array<ArrayBuffer> | undefined {
  return wholeJpegs(bytes, options).next().value ?? undefined;
}

/**
 * The pictures in these bytes, each as {@linkcode wholeJpeg} returns the first. After half a
 * picture, the search goes on.
 */
export function* wholeJpegs(
  bytes: Uint8Array<ArrayBuffer>,
  { mustEnd = false }: { mustEnd?: boolean } = {},
): Generator<Uint8Array<ArrayBuffer>, void> {
  let at = 0;
  for (let tries = 0; tries < MAX_TRIES && at < bytes.length; tries++) {
    const found = walk(bytes, { from: beginningOf(bytes, at), mustEnd });
    at = found.end;
    if (found.isWhole) yield mended(bytes, found);
  }
}

/**
 * Why a picture can't be shown: pixels are missing, it uses arithmetic coding, or its coding can't
 * be read here.
 */
export type Fault = "cut" | "arithmetic" | "unknown";

/** Says what is wrong with bytes that hold no whole picture. */
export function faultOf(bytes: Uint8Array<ArrayBuffer>): Fault {
  const start = beginningOf(bytes);
  if (walk(bytes, { from: start, mustEnd: true }).isArithmetic) return "arithmetic";
  return readCoding(bytes.subarray(start)) ? "cut" : "unknown";
}

function mended(
  bytes: Uint8Array<ArrayBuffer>,
  { start, end, firstScan, hasTables, isEnded }: Found,
): Uint8Array<ArrayBuffer> {
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

/** The position of a picture, and its parts. */
interface Found {
  start: number;
  end: number;
  firstScan: number;
  hasTables: boolean;
  isEnded: boolean;
  isArithmetic: boolean;
  /** Whether it is complete; if not, `end` is how far it could be followed. */
  isWhole: boolean;
}

/** Finds the first SOI with a following marker. */
function beginningOf(bytes: Uint8Array, from = 0): number {
  for (let at = nextMarker(bytes, from); at >= 0; at = nextMarker(bytes, at + 1)) {
    if (bytes[at + 1] === SOI && bytes[at + 2] === 0xff) return at;
  }
  return bytes.length;
}

/** Finds the picture that begins here, or later if it begins twice. */
function walk(
  bytes: Uint8Array,
  { from, mustEnd }: { from: number; mustEnd: boolean },
): Found {
  const found = { start: from, firstScan: 0, hasTables: false, isArithmetic: false };
  let at = from + 2;
  let segments = 0;
  while (at + 1 < bytes.length) {
    const marker = bytes[at] === 0xff ? bytes[at + 1] ?? 0 : 0;
    if (marker === FILL) {
      at++;
      continue;
    }
    if (marker === SOI && found.firstScan === 0) {
      found.start = at;
      at += 2;
      found.hasTables = false;
      continue;
    }
    if (hasNoPlace(marker) || ++segments > MAX_SEGMENTS) break;
    if (marker === EOI) {
      const isWhole = found.firstScan > 0 && !found.isArithmetic;
      return { ...found, end: at + 2, isEnded: true, isWhole };
    }
    if (marker === DHT) found.hasTables = true;
    if (marker > DAC && marker <= SOF15 || marker >= SOF9 && marker < DAC) {
      found.isArithmetic = true;
    }
    if (marker === SOS) found.firstScan ||= at;
    // The length counts itself (B.1.1.4).
    at += 2 + ((bytes[at + 2] ?? 0) << 8 | (bytes[at + 3] ?? 0));
    if (marker === SOS) at = endOfScan(bytes, at);
  }
  const cut = { ...found, end: at, isEnded: false, isWhole: false };
  if (found.firstScan === 0 || mustEnd) return cut;
  const pixels = endOfPixels(bytes.subarray(found.start));
  if (typeof pixels === "string" || endsInZeros(bytes, found.start + pixels)) return cut;
  return { ...cut, end: found.start + pixels, isWhole: true };
}

/**
 * The first marker after a scan's data, in which 0xff is followed by 0 or by a restart marker
 * (B.1.1.5).
 */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = nextMarker(bytes, from); at >= 0; at = nextMarker(bytes, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    const isData = next === 0 || next === 0xff || next >= 0xd0 && next <= 0xd7;
    if (!isData) return at;
  }
  return bytes.length;
}

/** Not a marker, or one that occurs only in a scan or before all others. */
function hasNoPlace(marker: number): boolean {
  return marker === 0 || marker >= 0xd0 && marker <= SOI;
}

/**
 * Whether pixels were read from the zeros with which a camera has filled a gap: an encoder fills
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
