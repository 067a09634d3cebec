/** The content of a box: bytes, sized numbers, text, other boxes. */
export type Part = Uint8Array | string | readonly Part[];

/** A box: its length, its type, and its content (ISO/IEC 14496-12, 4.2). */
export function box(type: string, ...parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const length = 8 + lengthOf(parts);
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(0, length);
  write(bytes, [type, parts], 4);
  return bytes;
}

/** A box with a version and flags (ISO/IEC 14496-12, 4.2). */
export function fullBox(
  type: string,
  { version = 0, flags = 0 }: { version?: number; flags?: number },
  ...parts: readonly Part[]
): Uint8Array<ArrayBuffer> {
  return box(type, u32(version * 2 ** 24 + flags), ...parts);
}

/** A number of 4 bytes. */
export function u32(...values: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setUint32(i * 4, value));
  return bytes;
}

/** A number of 2 bytes. */
export function u16(...values: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * 2);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setUint16(i * 2, value));
  return bytes;
}

/** A number of 8 bytes, of which JavaScript keeps 53 bits. */
export function u64(value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

/** Bytes of 0. */
export function zeros(count: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(count);
}

/** All bytes one after the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function lengthOf(part: Part): number {
  return Array.isArray(part) && !(part instanceof Uint8Array)
    ? part.reduce((sum: number, each: Part) => sum + lengthOf(each), 0)
    : (part as Uint8Array | string).length;
}

/** Writes a part at a position, and returns the position after it. */
function write(bytes: Uint8Array, part: Part, at: number): number {
  if (part instanceof Uint8Array) {
    bytes.set(part, at);
    return at + part.length;
  }
  if (typeof part === "string") {
    for (let i = 0; i < part.length; i++) bytes[at + i] = part.charCodeAt(i);
    return at + part.length;
  }
  return part.reduce<number>((at, each) => write(bytes, each, at), at);
}
