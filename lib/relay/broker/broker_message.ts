/** One message as it comes from a broker. */
export interface BrokerMessage {
  /** Its subject. */
  readonly subject: string;
  /** Its payload. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** A header's value; empty when it isn't there, or the headers can't be read. */
  header(name: string): string;
}

/** One message as NATS's client hands it over. */
export interface ClientMessage {
  /** Its subject. */
  readonly subject: string;
  /** Its payload. */
  readonly data: Uint8Array;
  /** Its headers, which are read when they are asked for, and may not be understood then. */
  readonly headers?: { get(name: string): string };
}

/** Turns the client's message into ours. */
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
