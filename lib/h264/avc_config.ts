import { concat, u16 } from "./boxes.ts";
import { parseSps, type Sps, withoutReordering } from "./sps.ts";

/**
 * The decoder configuration of an H.264 stream: the record `avcC` (ISO/IEC 14496-15, 5.3.3.1), and
 * what it states.
 */
export interface AvcConfig {
  /** The record. */
  readonly record: Uint8Array<ArrayBuffer>;
  /** The codec's name for browsers (RFC 6381): "avc1.42C01F". */
  readonly codec: string;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /**
   * The number of pictures that may be displayed before one that was decoded earlier, if stated.
   */
  readonly reorderFrames: number | undefined;
}

/** Larger than any encoder makes it. */
export const MAX_CONFIG_BYTES = 16_384;

/**
 * Reads an `avcC` record.
 *
 * @param inOrder whether pictures are known to be displayed in decoding order; otherwise the
 *   parameter set says so
 * @throws {RangeError} when it is broken, or of a kind that is not used in streams
 */
export function readAvcConfig(
  record: Uint8Array<ArrayBuffer>,
  { inOrder = false }: { inOrder?: boolean } = {},
): AvcConfig {
  const { sets, end } = readSets(record);
  const sps = parseSps(sets[0] ?? new Uint8Array());
  const mends = sps.reorderFrames === undefined && (inOrder || sps.isInOrder);
  const own = mends ? withSets(record, { sets: sets.map(withoutReordering), end }) : record;
  return {
    record: own,
    codec: codecOf(sps),
    width: sps.width,
    height: sps.height,
    reorderFrames: mends ? 0 : sps.reorderFrames,
  };
}

/** The sequence parameter sets, and where the following data begins. */
function readSets(
  record: Uint8Array<ArrayBuffer>,
): { sets: Uint8Array<ArrayBuffer>[]; end: number } {
  const [version, , , , lengths = 0, counts = 0] = record;
  if (version !== 1 || record.length > MAX_CONFIG_BYTES) throw broken();
  // All muxers use 4-byte lengths; others are not supported.
  if ((lengths & 3) !== 3) throw broken();
  const sets: Uint8Array<ArrayBuffer>[] = [];
  let at = 6;
  for (let i = 0; i < (counts & 31); i++) {
    const [high = 0, low] = record.subarray(at, at + 2);
    if (low === undefined) throw broken();
    const length = high * 256 + low;
    const set = record.subarray(at + 2, at + 2 + length);
    if (set.length !== length) throw broken();
    sets.push(set);
    at += 2 + length;
  }
  if (sets.length === 0) throw broken();
  return { sets, end: at };
}

/** The same record with other sequence parameter sets. */
function withSets(
  record: Uint8Array<ArrayBuffer>,
  { sets, end }: { sets: readonly Uint8Array[]; end: number },
): Uint8Array<ArrayBuffer> {
  return concat(
    record.subarray(0, 6),
    ...sets.flatMap((set) => [u16(set.length), set]),
    record.subarray(end),
  );
}

function codecOf({ profile, constraints, level }: Sps): string {
  const hex = [profile, constraints, level].map((byte) => byte.toString(16).padStart(2, "0"));
  return `avc1.${hex.join("").toUpperCase()}`;
}

function broken(): RangeError {
  return new RangeError("Cannot read H.264: its decoder configuration is broken");
}
