/**
 * A picture from a text message, or null: { blob, capturedAt (server clock in ms, or null), sequence (or null) }.
 *
 * @param {{ data?: unknown, timestamp?: unknown, sequence?: unknown }} message
 */
export function readImage({ data, timestamp, sequence }) {
  if (typeof data !== "string") return null;
  try {
    return frameOf(bytesOf(data), { timestamp, sequence });
  } catch {
    return null;
  }
}

/** The same from a binary message: a JPEG file whose first segment after SOI is a comment with what it is. */
export function readFile(buffer) {
  const bytes = new Uint8Array(buffer);
  return frameOf(bytes, readLabel(bytes));
}

function frameOf(bytes, { timestamp, sequence }) {
  return {
    blob: new Blob([bytes], { type: "image/jpeg" }),
    capturedAt: Number.isFinite(timestamp) ? timestamp * 1000 : null,
    sequence: Number.isSafeInteger(sequence) ? sequence : null,
  };
}

/** Markers are 0xFFxx, and a segment's length counts itself (ITU-T T.81, B.1.1.4). */
function readLabel(bytes) {
  if (bytes[2] !== 0xff || bytes[3] !== 0xfe) return {};
  const end = 4 + (bytes[4] << 8 | bytes[5]);
  try {
    return JSON.parse(new TextDecoder().decode(bytes.subarray(6, end))) ?? {};
  } catch {
    return {};
  }
}

function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
