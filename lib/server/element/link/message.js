/**
 * A picture as it arrived.
 *
 * @typedef {object} Frame
 * @property {Blob} blob a JPEG file
 * @property {number | null} capturedAt by the server's clock, in ms since 1970
 * @property {number | null} sequence
 */

/**
 * Parses a picture from a text message; null if it is not one.
 *
 * @param {{ data?: unknown, timestamp?: unknown, sequence?: unknown }} message
 * @returns {Frame | null}
 */
export function readImage({ data, timestamp, sequence }) {
  if (typeof data !== "string") return null;
  try {
    return frameOf(bytesOf(data), { timestamp, sequence });
  } catch {
    return null;
  }
}

/**
 * Parses a picture from a binary message: a JPEG file whose first segment after SOI is a comment
 * that describes it.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
export function readFile(bytes) {
  return frameOf(bytes, readLabel(bytes));
}

/**
 * Whether a binary message is a picture rather than a part of a video: by its marker (ITU-T T.81,
 * B.1.1.3).
 *
 * @param {Uint8Array} bytes
 */
export function isJpeg(bytes) {
  return bytes[0] === 0xff && bytes[1] === 0xd8;
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {{ timestamp?: unknown, sequence?: unknown }} label
 * @returns {Frame}
 */
function frameOf(bytes, { timestamp, sequence }) {
  return {
    blob: new Blob([bytes], { type: "image/jpeg" }),
    capturedAt: isNumber(timestamp) ? timestamp * 1000 : null,
    sequence: isNumber(sequence) && Number.isSafeInteger(sequence) ? sequence : null,
  };
}

/**
 * Whether a value is a finite number.
 *
 * @param {unknown} value
 * @returns {value is number}
 */
export function isNumber(value) {
  return Number.isFinite(value);
}

/**
 * Markers are 0xFFxx, and a segment's length counts itself (ITU-T T.81, B.1.1.4).
 *
 * @param {Uint8Array} bytes
 * @returns {{ timestamp?: unknown, sequence?: unknown }}
 */
function readLabel(bytes) {
  const [, , ff, com, high = 0, low = 0] = bytes;
  if (ff !== 0xff || com !== 0xfe) return {};
  try {
    const text = new TextDecoder().decode(bytes.subarray(6, 4 + (high << 8 | low)));
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/**
 * @param {string} base64
 * @returns {Uint8Array<ArrayBuffer>}
 */
function bytesOf(base64) {
  if (typeof Uint8Array.fromBase64 === "function") return Uint8Array.fromBase64(base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/**
 * The fields of a text message, or null.
 *
 * @param {string} text
 * @returns {Readonly<Record<string, unknown>> | null}
 */
export function parseFields(text) {
  try {
    const message = JSON.parse(text);
    return typeof message === "object" ? message : null;
  } catch {
    return null;
  }
}
