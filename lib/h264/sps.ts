import {
  BitReader,
  BitWriter,
  withEmulationPrevention,
  withoutEmulationPrevention,
} from "./bits.ts";

/** A sequence parameter set (ITU-T H.264, 7.3.2.1.1). */
export interface Sps {
  /** 66 baseline, 77 main, 100 high, …. */
  readonly profile: number;
  /** The constraint flags, in the byte after the profile. */
  readonly constraints: number;
  /** Ten times the level: 31 for 3.1. */
  readonly level: number;
  /** The width of the displayed picture, without the cropped part, in pixels. */
  readonly width: number;
  /** The height of the displayed picture, in pixels. */
  readonly height: number;
  /**
   * The number of pictures that may be displayed before one that was decoded earlier; `undefined`
   * if not stated.
   */
  readonly reorderFrames: number | undefined;
  /** Whether other fields imply that pictures are displayed in decoding order. */
  readonly isInOrder: boolean;
}

/** Profiles that state how colours are sampled. */
const HIGH_PROFILES: ReadonlySet<number> = new Set([
  100,
  110,
  122,
  244,
  44,
  83,
  86,
  118,
  128,
  138,
  139,
  134,
  135,
]);
const BASELINE = 66;
const SPS_TYPE = 7;
/** Larger than any camera's; limits what broken bytes can make us read. */
const MAX_REFERENCES = 255;
/** The `aspect_ratio_idc` that is followed by the ratio itself. */
const EXTENDED_SAR = 255;

/** A parsed parameter set, and the positions of its parts. */
interface Parsed extends Sps {
  payload: Uint8Array<ArrayBuffer>;
  references: number;
  /** The bit that says whether there is usability information. */
  vuiFlagAt: number;
  /**
   * The bit that says whether there is a restriction; `undefined` without usability information.
   */
  restrictionFlagAt: number | undefined;
}

/**
 * Reads a sequence parameter set.
 *
 * @param nal the NAL unit, including its header, without start code or length
 * @throws {RangeError} when it is not one, or broken
 */
export function parseSps(nal: Uint8Array): Sps {
  const { profile, constraints, level, width, height, reorderFrames, isInOrder } = parse(nal);
  return { profile, constraints, level, width, height, reorderFrames, isInOrder };
}

/**
 * The same parameter set with the statement that no picture is displayed out of order: without it,
 * a browser holds up to 16 pictures back. One with a statement of its own is returned unchanged.
 *
 * @throws {RangeError} when it is not one, or broken
 */
export function withoutReordering(nal: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const { payload, references, vuiFlagAt, restrictionFlagAt, reorderFrames } = parse(nal);
  if (reorderFrames !== undefined) return nal;
  const reader = new BitReader(payload);
  const writer = new BitWriter();
  for (let at = 0; at < (restrictionFlagAt ?? vuiFlagAt); at++) writer.bits(reader.bit(), 1);
  if (restrictionFlagAt === undefined) {
    writer.bits(1, 1);
    // No aspect ratio, overscan, video signal, chroma location, timing, parameters of either kind
    // of hypothetical decoder, picture structure.
    writer.bits(0, 8);
  }
  writer.bits(1, 1);
  // Motion vectors over picture boundaries; no limits on bytes and bits, the longest vectors.
  writer.bits(1, 1);
  writer.unsigned(0);
  writer.unsigned(0);
  writer.unsigned(16);
  writer.unsigned(16);
  writer.unsigned(0);
  writer.unsigned(references);
  return withEmulationPrevention(writer.finish());
}

function parse(nal: Uint8Array): Parsed {
  if (((nal[0] ?? 0) & 31) !== SPS_TYPE) {
    throw new RangeError("Cannot read parameter set: it is not a sequence parameter set");
  }
  const payload = withoutEmulationPrevention(nal);
  const reader = new BitReader(payload);
  reader.bits(8);
  const [profile, constraints, level] = [reader.bits(8), reader.bits(8), reader.bits(8)];
  reader.unsigned();
  const chroma = HIGH_PROFILES.has(profile) ? readChroma(reader) : 1;
  reader.unsigned();
  const order = readPictureOrder(reader);
  const references = reader.unsigned();
  if (references > MAX_REFERENCES) throw new RangeError("Cannot read parameter set: it is broken");
  reader.bit();
  const size = readSize(reader, chroma);
  const vuiFlagAt = reader.position;
  const vui = reader.bit() === 1 ? readVui(reader) : undefined;
  return {
    payload,
    profile,
    constraints,
    level,
    ...size,
    references,
    vuiFlagAt,
    restrictionFlagAt: vui?.restrictionFlagAt,
    reorderFrames: vui?.reorderFrames,
    isInOrder: profile === BASELINE || order === 2,
  };
}

/** The format of the colours: 0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
function readChroma(reader: BitReader): number {
  const chroma = reader.unsigned();
  if (chroma > 3) throw new RangeError("Cannot read parameter set: it is broken");
  if (chroma === 3) reader.bit();
  reader.unsigned();
  reader.unsigned();
  reader.bit();
  if (reader.bit() === 1) {
    for (let i = 0; i < (chroma === 3 ? 12 : 8); i++) {
      if (reader.bit() === 1) skipScalingList(reader, i < 6 ? 16 : 64);
    }
  }
  return chroma;
}

/** ITU-T H.264, 7.3.2.1.1.1. */
function skipScalingList(reader: BitReader, size: number): void {
  let [last, next] = [8, 8];
  for (let i = 0; i < size; i++) {
    if (next !== 0) next = (last + reader.signed() + 256) % 256;
    last = next === 0 ? last : next;
  }
}

function readPictureOrder(reader: BitReader): number {
  const type = reader.unsigned();
  if (type === 0) reader.unsigned();
  else if (type === 1) {
    reader.bit();
    reader.signed();
    reader.signed();
    const count = reader.unsigned();
    if (count > MAX_REFERENCES) throw new RangeError("Cannot read parameter set: it is broken");
    for (let i = 0; i < count; i++) reader.signed();
  }
  return type;
}

function readSize(reader: BitReader, chroma: number): { width: number; height: number } {
  const [columns, rows] = [reader.unsigned() + 1, reader.unsigned() + 1];
  const fields = 2 - reader.bit();
  if (fields === 2) reader.bit();
  reader.bit();
  const crop = reader.bit() === 1
    ? [reader.unsigned(), reader.unsigned(), reader.unsigned(), reader.unsigned()] as const
    : [0, 0, 0, 0] as const;
  const [left, right, top, bottom] = crop;
  const [unitX, unitY] = [chroma === 1 || chroma === 2 ? 2 : 1, chroma === 1 ? 2 : 1];
  const width = columns * 16 - (left + right) * unitX;
  const height = rows * 16 * fields - (top + bottom) * unitY * fields;
  if (width > 0 && height > 0) return { width, height };
  throw new RangeError("Cannot read parameter set: it is broken");
}

/** ITU-T H.264, E.1.1. */
function readVui(reader: BitReader): { restrictionFlagAt: number; reorderFrames?: number } {
  if (reader.bit() === 1 && reader.bits(8) === EXTENDED_SAR) reader.bits(32);
  if (reader.bit() === 1) reader.bit();
  if (reader.bit() === 1) {
    reader.bits(4);
    if (reader.bit() === 1) reader.bits(24);
  }
  if (reader.bit() === 1) {
    reader.unsigned();
    reader.unsigned();
  }
  if (reader.bit() === 1) {
    reader.bits(32);
    reader.bits(32);
    reader.bit();
  }
  const hasNal = skipDecoderParameters(reader);
  const hasVcl = skipDecoderParameters(reader);
  if (hasNal || hasVcl) reader.bit();
  reader.bit();
  const restrictionFlagAt = reader.position;
  if (reader.bit() === 0) return { restrictionFlagAt };
  reader.bit();
  for (let i = 0; i < 4; i++) reader.unsigned();
  return { restrictionFlagAt, reorderFrames: reader.unsigned() };
}

/** ITU-T H.264, E.1.2. */
function skipDecoderParameters(reader: BitReader): boolean {
  if (reader.bit() === 0) return false;
  const count = reader.unsigned() + 1;
  if (count > 32) throw new RangeError("Cannot read parameter set: it is broken");
  reader.bits(8);
  for (let i = 0; i < count; i++) {
    reader.unsigned();
    reader.unsigned();
    reader.bit();
  }
  reader.bits(20);
  return true;
}
