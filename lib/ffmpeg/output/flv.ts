import { MAX_CONFIG_BYTES } from "../../h264/avc_config.ts";
import { ByteReader } from "./byte_reader.ts";

/** The decoder configuration of an H.264 stream, from now on. */
export interface VideoConfig {
  /** Discriminates it from a picture. */
  readonly type: "config";
  /** The record `avcC`. */
  readonly record: Uint8Array<ArrayBuffer>;
}

/** One picture of an H.264 stream. */
export interface VideoUnit {
  /** Discriminates it from a configuration. */
  readonly type: "unit";
  /** Its NAL units, each preceded by its length in 4 bytes. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Whether decoding can begin with it. */
  readonly isKey: boolean;
  /** Its decoding time in the stream, in milliseconds; may wrap and step back. */
  readonly decodeMs: number;
  /** From its decoding to its display, in milliseconds. */
  readonly offsetMs: number;
  /** The arrival of its first byte, in milliseconds since 1970. */
  readonly arrivedMs: number;
}

export interface ReadFlvOptions {
  /** Ends the reading. */
  signal?: AbortSignal;
  /** The clock for arrivals, in milliseconds since 1970. @default {Date.now} */
  now?: () => number;
}

const HEADER_BYTES = 9;
const TAG_BYTES = 11;
const SIZE_BYTES = 4;
const VIDEO_TAG = 9;
/** The low half of a video tag's first byte, for H.264. */
const AVC = 7;
/** The high half of it, for a key frame. */
const KEY_FRAME = 1;
/** Bytes of a video tag before its data: kind, packet type, composition time. */
const VIDEO_HEAD = 5;
/** A key frame of 8K at the best quality; limits what a broken stream can make us allocate. */
const MAX_TAG_BYTES = 8 * 1024 * 1024;

/**
 * Reads H.264 in FLV (Adobe Flash Video File Format Specification 10.1, annex E). Each tag states
 * its length, so a picture is complete with its last byte: nothing is held back. Tags of sound and
 * data are skipped; a picture truncated by the end of the stream is dropped.
 *
 * @throws {TypeError} when the stream is not H.264 in FLV
 */
export async function* readFlv(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  { signal, now = Date.now }: ReadFlvOptions = {},
): AsyncGenerator<VideoConfig | VideoUnit, void> {
  using reader = new ByteReader(stream, 0, signal);
  const read = (size: number) => reader.read(new ArrayBuffer(size), size);
  const header = await read(HEADER_BYTES);
  if (header === undefined) return;
  const [f, l, v, , , ...offset] = header;
  if (f !== 0x46 || l !== 0x4c || v !== 0x56 || offset.join() !== `0,0,0,${HEADER_BYTES}`) {
    throw new TypeError("Cannot read video: it is not in FLV");
  }
  while (true) {
    const head = await read(SIZE_BYTES + TAG_BYTES);
    if (head === undefined) return;
    const arrivedMs = now();
    const { type, size, decodeMs } = parseTag(head.subarray(SIZE_BYTES));
    const body = await read(size);
    if (body === undefined) return;
    if (type !== VIDEO_TAG) continue;
    const packet = parseVideo(body, { decodeMs, arrivedMs });
    if (packet !== undefined) yield packet;
  }
}

function parseTag(tag: Uint8Array): { type: number; size: number; decodeMs: number } {
  const view = new DataView(tag.buffer, tag.byteOffset, tag.length);
  const type = view.getUint8(0) & 31;
  const size = view.getUint32(0) & 0xffffff;
  if (size > MAX_TAG_BYTES) {
    throw new TypeError(`Cannot read video: a tag must have ${MAX_TAG_BYTES} bytes at most`);
  }
  // The highest byte comes last.
  const decodeMs = (view.getUint32(4) >>> 8) + view.getUint8(7) * 2 ** 24;
  return { type, size, decodeMs };
}

function parseVideo(
  body: Uint8Array<ArrayBuffer>,
  { decodeMs, arrivedMs }: Pick<VideoUnit, "decodeMs" | "arrivedMs">,
): VideoConfig | VideoUnit | undefined {
  const [kind = 0, packet] = body;
  if ((kind & 15) !== AVC || body.length < VIDEO_HEAD) {
    throw new TypeError("Cannot read video: it must be H.264");
  }
  const data = body.subarray(VIDEO_HEAD);
  // The end of a sequence, or an empty picture.
  if (packet === 2 || data.length === 0) return undefined;
  if (packet === 0) {
    if (data.length <= MAX_CONFIG_BYTES) return { type: "config", record: data };
    throw new TypeError("Cannot read video: its decoder configuration is too long");
  }
  if (packet !== 1) throw new TypeError("Cannot read video: it must be H.264 as AVC packets");
  const isKey = kind >> 4 === KEY_FRAME;
  // 24 bits, signed.
  const offsetMs = new DataView(body.buffer, body.byteOffset).getInt32(1) << 8 >> 8;
  return { type: "unit", data, isKey, decodeMs, offsetMs, arrivedMs };
}
