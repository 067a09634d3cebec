/** Opcodes of frames (RFC 6455, 5.2). */
export const OPCODE = { continuation: 0, text: 1, binary: 2, ping: 9 } as const;

export interface FrameOptions {
  /** @default {OPCODE.text} */
  opcode?: number;
  /** Whether the message ends with it. @default {true} */
  isLast?: boolean;
  /** As a client must, by a mask of zeros. @default {true} */
  isMasked?: boolean;
  /** The length that the header states. @default the payload's */
  length?: number;
}

/** One frame as it goes over the wire (RFC 6455, 5.2). */
export function websocketFrame(
  payload: string | Uint8Array,
  { opcode = OPCODE.text, isLast = true, isMasked = true, length }: FrameOptions = {},
): Uint8Array {
  const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
  const said = length ?? bytes.length;
  const size = said < 126 ? 0 : said <= 0xffff ? 2 : 8;
  const frame = new Uint8Array(2 + size + (isMasked ? 4 : 0) + bytes.length);
  const view = new DataView(frame.buffer);
  view.setUint8(0, (isLast ? 0x80 : 0) | opcode);
  view.setUint8(1, (isMasked ? 0x80 : 0) | (size === 0 ? said : size === 2 ? 126 : 127));
  if (size === 2) view.setUint16(2, said);
  if (size === 8) view.setBigUint64(2, BigInt(said));
  frame.set(bytes, frame.length - bytes.length);
  return frame;
}
