/** The facts about a fragment's picture. */
export interface FragmentInfo {
  /** Counts the camera's frames, from 1. */
  readonly sequence: number;
  /** When it was captured, in seconds since 1970. */
  readonly timestamp: number;
  /** Whether decoding can begin with it. */
  readonly isKey: boolean;
  /** Its decoding time from the stream's beginning, in units of 1/90000 s. */
  readonly decodeTime: number;
  /** How long it is displayed, in the same units. */
  readonly duration: number;
}

/**
 * Seconds from 1900, the epoch of NTP, to 1970; times since the overflow of 2036 continue (RFC
 * 4330, 3).
 */
const NTP_EPOCH = 2_208_988_800;
const NTP_WRAP = 2 ** 32;
/** A sample that depends on others (ISO/IEC 14496-12, 8.8.3.1). */
const NOT_SYNC = 0x00010000;

/** Whether a message is an initialisation segment: those begin with the box `ftyp`. */
export function isInitialisation(message: Uint8Array): boolean {
  return typeAt(message, 0) === "ftyp";
}

/**
 * Reads the facts that precede a picture in its fragment, as wscam writes it; `undefined` if it is
 * not one.
 */
export function readFragment(message: Uint8Array): FragmentInfo | undefined {
  const prft = boxAt(message, 0, "prft");
  const moof = prft && boxAt(message, prft.end, "moof");
  const mfhd = moof && boxAt(message, moof.start, "mfhd");
  const traf = mfhd && boxAt(message, mfhd.end, "traf");
  const tfhd = traf && boxAt(message, traf.start, "tfhd");
  const tfdt = tfhd && boxAt(message, tfhd.end, "tfdt");
  const trun = tfdt && boxAt(message, tfdt.end, "trun");
  if (prft === undefined || mfhd === undefined) return undefined;
  if (tfdt === undefined || trun === undefined) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const seconds = view.getUint32(prft.start + 8);
  const era = seconds < NTP_EPOCH ? NTP_WRAP : 0;
  return {
    sequence: view.getUint32(mfhd.start + 4),
    timestamp: seconds + era - NTP_EPOCH + view.getUint32(prft.start + 12) / NTP_WRAP,
    decodeTime: Number(view.getBigUint64(tfdt.start + 4)),
    duration: view.getUint32(trun.start + 12),
    isKey: (view.getUint32(trun.start + 20) & NOT_SYNC) === 0,
  };
}

/** The size that a box must have, besides its header of 8 bytes. */
const LEAST: Readonly<Record<string, number>> = { prft: 24, mfhd: 8, tfdt: 12, trun: 28 };

/**
 * The same fragment with shifted times, for a file of its own.
 *
 * @param by the shift, in units of 1/90000 s; no time may become negative
 */
export function movedFragment(fragment: Uint8Array, by: number): Uint8Array<ArrayBuffer> {
  const moved = Uint8Array.from(fragment);
  const view = new DataView(moved.buffer);
  const prft = boxAt(moved, 0, "prft");
  const moof = prft && boxAt(moved, prft.end, "moof");
  const mfhd = moof && boxAt(moved, moof.start, "mfhd");
  const traf = mfhd && boxAt(moved, mfhd.end, "traf");
  const tfhd = traf && boxAt(moved, traf.start, "tfhd");
  const tfdt = tfhd && boxAt(moved, tfhd.end, "tfdt");
  if (prft === undefined || tfdt === undefined) return moved;
  for (const at of [prft.start + 16, tfdt.start + 4]) {
    view.setBigUint64(at, view.getBigUint64(at) + BigInt(by));
  }
  return moved;
}

function boxAt(
  message: Uint8Array,
  at: number,
  type: string,
): { start: number; end: number } | undefined {
  if (typeAt(message, at) !== type) return undefined;
  const length = new DataView(message.buffer, message.byteOffset).getUint32(at);
  const end = at + length;
  if (length < 8 + (LEAST[type] ?? 0) || end > message.length) return undefined;
  return { start: at + 8, end };
}

function typeAt(message: Uint8Array, at: number): string {
  return String.fromCharCode(...message.subarray(at + 4, at + 8));
}
