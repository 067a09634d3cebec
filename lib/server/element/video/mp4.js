/** Seconds from 1900, the epoch of NTP, to 1970. */
const NTP_EPOCH_S = 2_208_988_800;
const NOT_KEY = 0x10000;
/** A visual sample entry has this many bytes before its boxes (ISO/IEC 14496-12, 12.1.3.2). */
const VISUAL_ENTRY_BYTES = 78;

/**
 * The facts of a fragment's picture.
 *
 * @typedef {object} FragmentInfo
 * @property {number | null} capturedAt by the server's clock, in ms since 1970
 * @property {number} sequence
 * @property {number} decodeTime in units of the track
 * @property {number} duration in the same
 * @property {number} offset how much later than decoded it is shown
 * @property {boolean} isKey whether decoding can begin with it
 */

/**
 * Whether bytes are MP4: an initialisation segment, or a fragment.
 *
 * @param {Uint8Array} bytes
 */
export function kindOfMp4(bytes) {
  const name = bytes.length < 8 ? "" : nameAt(viewOf(bytes), 4);
  return name === "ftyp" ? "init" : name === "prft" || name === "moof" ? "fragment" : null;
}

/**
 * The timescale of an initialisation segment's track, in units a second; null if there is none.
 *
 * @param {Uint8Array} bytes
 */
export function timescaleOf(bytes) {
  const mdhd = findBox(viewOf(bytes), ["moov", "trak", "mdia", "mdhd"]);
  if (mdhd === null) return null;
  // Its times are longer in version 1 (ISO/IEC 14496-12, 8.4.2.2).
  return uint32At(mdhd, mdhd.getUint8(0) === 1 ? 20 : 12) || null;
}

/**
 * The decoder configuration in an initialisation segment, `avcC` (ISO/IEC 14496-15, 5.3.3.1); null
 * if there is none.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
export function decoderConfigOf(bytes) {
  const stsd = findBox(viewOf(bytes), ["moov", "trak", "mdia", "minf", "stbl", "stsd"]);
  const entry = stsd && findBox(after(stsd, 8), ["avc1"]);
  return entry && bytesOfView(findBox(after(entry, VISUAL_ENTRY_BYTES), ["avcC"]));
}

/**
 * The data of a fragment's picture: units, each preceded by its length; null if there is none.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
export function pictureOf(bytes) {
  return bytesOfView(findBox(viewOf(bytes), ["mdat"]));
}

/**
 * Parses a fragment of one picture; null if it is not one.
 *
 * @param {Uint8Array} bytes
 * @returns {FragmentInfo | null}
 */
export function readFragment(bytes) {
  try {
    const view = viewOf(bytes);
    const [header, times, run] = [
      findBox(view, ["moof", "mfhd"]),
      findBox(view, ["moof", "traf", "tfdt"]),
      findBox(view, ["moof", "traf", "trun"]),
    ];
    if (header === null || times === null || run === null) return null;
    return {
      capturedAt: captureTime(findBox(view, ["prft"])),
      sequence: header.getUint32(4),
      decodeTime: times.getUint8(0) === 1 ? Number(times.getBigUint64(4)) : times.getUint32(4),
      ...readRun(run),
    };
  } catch {
    // A required field is missing.
    return null;
  }
}

/**
 * The first sample of a run (ISO/IEC 14496-12, 8.8.8).
 *
 * @param {DataView} run
 */
function readRun(run) {
  const has = run.getUint32(0) & 0xffffff;
  let at = 8;
  if (has & 0x1) at += 4;
  const firstFlags = has & 0x4 ? run.getUint32((at += 4) - 4) : 0;
  const duration = has & 0x100 ? run.getUint32((at += 4) - 4) : 0;
  if (has & 0x200) at += 4;
  const flags = has & 0x400 ? run.getUint32((at += 4) - 4) : firstFlags;
  const offset = has & 0x800 ? run.getInt32(at) : 0;
  return { duration, offset, isKey: (flags & NOT_KEY) === 0 };
}

/** @param {DataView | null} prft */
function captureTime(prft) {
  if (prft === null) return null;
  const [seconds, fraction] = [prft.getUint32(8), prft.getUint32(12)];
  // NTP's count overflows in 2036 (RFC 5905, 6).
  const era = seconds < 2 ** 31 ? 2 ** 32 : 0;
  return 1000 * (seconds + era - NTP_EPOCH_S + fraction / 2 ** 32);
}

/**
 * The content of the first box on a path, without its header; null if there is none.
 *
 * @template {ArrayBufferLike} B
 * @param {DataView<B>} view
 * @param {readonly string[]} path
 * @returns {DataView<B> | null}
 */
function findBox(view, path) {
  const [name, ...rest] = path;
  if (name === undefined) return view;
  for (let at = 0; at + 8 <= view.byteLength;) {
    const size = view.getUint32(at);
    if (size < 8 || at + size > view.byteLength) return null;
    if (nameAt(view, at + 4) === name) {
      return findBox(new DataView(view.buffer, view.byteOffset + at + 8, size - 8), rest);
    }
    at += size;
  }
  return null;
}

/**
 * A view without its first bytes.
 *
 * @param {DataView<ArrayBuffer>} view
 * @param {number} length
 */
function after({ buffer, byteOffset, byteLength }, length) {
  const skipped = Math.min(length, byteLength);
  return new DataView(buffer, byteOffset + skipped, byteLength - skipped);
}

/** @param {DataView<ArrayBuffer> | null} view */
function bytesOfView(view) {
  return view && new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/**
 * @param {DataView} view
 * @param {number} at
 */
function nameAt(view, at) {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
}

/**
 * @param {DataView} view
 * @param {number} at
 */
function uint32At(view, at) {
  return at + 4 <= view.byteLength ? view.getUint32(at) : 0;
}

/**
 * @template {ArrayBufferLike} B
 * @param {Uint8Array<B>} bytes
 */
function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
