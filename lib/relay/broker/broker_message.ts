/** One message from a broker. */
export interface BrokerMessage {
  /** Its subject. */
  readonly subject: string;
  /** Its payload. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** A header's value; empty if it is missing, or the headers can't be read. */
  header(name: string): string;
}

/** One message from NATS's client. */
export interface ClientMessage {
  /** Its subject. */
  readonly subject: string;
  /** Its payload. */
  readonly data: Uint8Array;
  /** Its headers, which are parsed on access; that may fail. */
  readonly headers?: { get(name: string): string };
}

/** Converts the client's message to ours. */
export function toMessage(message: ClientMessage): BrokerMessage {
  const { data } = message;
  const { buffer } = data;
  return {
    subject: message.subject,
    data: buffer instanceof ArrayBuffer
      ? new Uint8Array(buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data),
    header(name) {
      try {
        return message.headers?.get(name) ?? "";
      } catch {
        return "";
      }
    },
  };
}
