import type { AvcConfig } from "./avc_config.ts";
import { box, concat, fullBox, u16, u32, u64, zeros } from "./boxes.ts";

/** A stream's times are in this many units a second. */
export const TIMESCALE = 90_000;

/** The content of one fragment: one picture. */
export interface MovieSample {
  /** Counts the camera's frames, from 1. */
  readonly sequence: number;
  /** Its NAL units, each preceded by its length in 4 bytes. */
  readonly data: Uint8Array;
  /** Whether decoding can begin with it. */
  readonly isKey: boolean;
  /**
   * Its decoding time from the stream's beginning, in units of {@linkcode TIMESCALE}; never
   * decreases.
   */
  readonly decodeTime: number;
  /**
   * How long it is displayed, in the same units; an estimate, since the next picture isn't known
   * yet.
   */
  readonly duration: number;
  /** From its decoding to its display, in the same units. */
  readonly offset: number;
  /** When it was captured, in seconds since 1970. */
  readonly timestamp: number;
}

const TRACK = 1;
/** The identity matrix (ISO/IEC 14496-12, 6.2.2). */
const UNITY = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
/**
 * A picture that depends on nothing; and one that depends on others and can't be decoded first
 * (ISO/IEC 14496-12, 8.8.3.1).
 */
const KEY_FLAGS = 0x02000000;
const OTHER_FLAGS = 0x01010000;
/** Seconds from 1900, the epoch of NTP, to 1970. */
const NTP_EPOCH = 2_208_988_800;
/** The fields present: data offset, composition time, size, duration and flags. */
const RUN_FLAGS = 0x1 + 0x100 + 0x200 + 0x400 + 0x800;
const BASE_IS_MOOF = 0x020000;

/** The initialisation segment, which a decoder gets before the first fragment. */
export function initialisation(config: AvcConfig): Uint8Array<ArrayBuffer> {
  return concat(
    box("ftyp", "iso5", u32(512), "iso5iso6mp41avc1"),
    box(
      "moov",
      fullBox(
        "mvhd",
        {},
        u32(0, 0, TIMESCALE, 0, 0x10000),
        u16(0x100, 0),
        zeros(8),
        UNITY,
        zeros(24),
        u32(TRACK + 1),
      ),
      track(config),
      box("mvex", fullBox("trex", {}, u32(TRACK, 1, 0, 0, 0))),
    ),
  );
}

/**
 * The properties of the track's pictures: their size and the decoder configuration; each comes in a
 * fragment.
 */
function sampleTable({ record, width, height }: AvcConfig): Uint8Array {
  const entry = box(
    "avc1",
    zeros(6),
    u16(1),
    zeros(16),
    u16(width, height),
    u32(0x480000, 0x480000, 0),
    u16(1),
    zeros(32),
    u16(24, 0xffff),
    box("avcC", record),
  );
  return box(
    "stbl",
    fullBox("stsd", {}, u32(1), entry),
    fullBox("stts", {}, u32(0)),
    fullBox("stsc", {}, u32(0)),
    fullBox("stsz", {}, u32(0, 0)),
    fullBox("stco", {}, u32(0)),
  );
}

function track(config: AvcConfig): Uint8Array {
  return box(
    "trak",
    fullBox(
      "tkhd",
      { flags: 3 },
      u32(0, 0, TRACK, 0, 0),
      zeros(8),
      u16(0, 0, 0, 0),
      UNITY,
      u32(config.width * 0x10000, config.height * 0x10000),
    ),
    box(
      "mdia",
      fullBox("mdhd", {}, u32(0, 0, TIMESCALE, 0), u16(0x55c4, 0)),
      fullBox("hdlr", {}, u32(0), "vide", zeros(12), "wscam\0"),
      box(
        "minf",
        fullBox("vmhd", { flags: 1 }, zeros(8)),
        box("dinf", fullBox("dref", {}, u32(1), fullBox("url ", { flags: 1 }))),
        sampleTable(config),
      ),
    ),
  );
}

/**
 * One picture as a fragment: `prft` with its capture time (ISO/IEC 14496-12, 8.16.5), `moof` with
 * its sequence number, `mdat` with its data. The data is copied once, into the message that viewers
 * get.
 */
export function fragment(sample: MovieSample): Uint8Array<ArrayBuffer> {
  const { sequence, data, isKey, decodeTime, duration, offset, timestamp } = sample;
  const prft = fullBox(
    "prft",
    { version: 1 },
    u32(TRACK),
    ntp(timestamp),
    u64(Math.max(0, decodeTime + offset)),
  );
  const moof = (dataAt: number): Uint8Array =>
    box(
      "moof",
      fullBox("mfhd", {}, u32(sequence % 2 ** 32)),
      box(
        "traf",
        fullBox("tfhd", { flags: BASE_IS_MOOF }, u32(TRACK)),
        fullBox("tfdt", { version: 1 }, u64(decodeTime)),
        fullBox(
          "trun",
          { version: 1, flags: RUN_FLAGS },
          u32(1, dataAt, duration, data.length, isKey ? KEY_FLAGS : OTHER_FLAGS, offset >>> 0),
        ),
      ),
    );
  const { length } = moof(0);
  return concat(prft, moof(length + 8), u32(data.length + 8), MDAT, data);
}

const MDAT = new TextEncoder().encode("mdat");

/** A time in NTP's format: seconds since 1900, and a fraction in units of 2^-32 (RFC 5905, 6). */
function ntp(timestamp: number): Uint8Array<ArrayBuffer> {
  const seconds = Math.floor(timestamp);
  return u32((seconds + NTP_EPOCH) % 2 ** 32, Math.floor((timestamp - seconds) * 2 ** 32));
}
