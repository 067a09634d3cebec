import type { AvcConfig } from "../../h264/avc_config.ts";
import type { CodedPicture } from "../../frame/coded_picture.ts";

const KEY_AVC = 0x17;
const OTHER_AVC = 0x27;
const VIDEO_TAG = 9;
const TAG_BYTES = 11;
const SIZE_BYTES = 4;

/**
 * The beginning of an FLV stream (Adobe Flash Video File Format Specification 10.1, annex E), with
 * the decoder configuration.
 */
export function flvStart({ record }: AvcConfig): Uint8Array<ArrayBuffer> {
  const header = Uint8Array.of(0x46, 0x4c, 0x56, 1, 1, 0, 0, 0, 9, 0, 0, 0, 0);
  const config = tag(Uint8Array.of(KEY_AVC, 0, 0, 0, 0), record, 0);
  const start = new Uint8Array(header.length + config.length);
  start.set(header);
  start.set(config, header.length);
  return start;
}

/**
 * A picture in FLV.
 *
 * @param ms its decoding time, in milliseconds
 */
export function flvPicture(
  { data, isKey, offsetMs }: CodedPicture,
  ms: number,
): Uint8Array<ArrayBuffer> {
  const offset = [offsetMs >> 16, offsetMs >> 8, offsetMs].map((byte) => byte & 255);
  return tag(Uint8Array.of(isKey ? KEY_AVC : OTHER_AVC, 1, ...offset), data, ms);
}

/** A tag, followed by its size. */
function tag(head: Uint8Array, data: Uint8Array, ms: number): Uint8Array<ArrayBuffer> {
  const size = head.length + data.length;
  const bytes = new Uint8Array(TAG_BYTES + size + SIZE_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, VIDEO_TAG * 2 ** 24 + size);
  // The highest byte of the time comes last.
  view.setUint32(4, (ms & 0xffffff) * 256 + (ms / 2 ** 24 & 255));
  bytes.set(head, TAG_BYTES);
  bytes.set(data, TAG_BYTES + head.length);
  view.setUint32(TAG_BYTES + size, TAG_BYTES + size);
  return bytes;
}
