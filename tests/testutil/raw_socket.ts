/** A WebSocket client by hand: it does what no library would. */
export interface RawSocket extends Disposable {
  /** Does the handshake, and reads nothing after it. */
  shake(path?: string): Promise<void>;
  /** Reads whatever has come. */
  readSome(): Promise<Uint8Array>;
  /** Sends bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** Sends a text message again and again, until the peer takes no more or time is up. */
  sendText(text: string, options?: { times?: number; within?: number }): Promise<void>;
}

const HANDSHAKE = [
  "Host: 127.0.0.1",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
];

/** Connects to a port of loopback. */
export async function openRaw(port: number): Promise<RawSocket> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const buffer = new Uint8Array(65_536);

  async function readSome(): Promise<Uint8Array> {
    return buffer.slice(0, await connection.read(buffer) ?? 0);
  }

  async function write(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
  }

  return {
    readSome,
    write,
    async shake(path = "/") {
      const request = [`GET ${path} HTTP/1.1`, ...HANDSHAKE, "", ""].join("\r\n");
      await write(new TextEncoder().encode(request));
      const answer = new TextDecoder().decode(await readSome());
      if (!answer.startsWith("HTTP/1.1 101 ")) throw new Error(`No WebSocket: ${answer}`);
    },
    async sendText(text, { times = 1, within = 10_000 } = {}) {
      const frame = textFrame(new TextEncoder().encode(text));
      const deadline = performance.now() + within;
      for (let i = 0; i < times && performance.now() < deadline; i++) {
        const patience = Promise.withResolvers<"late">();
        const timer = setTimeout(() => patience.resolve("late"), 2000);
        const sent = write(frame).then(() => "sent" as const, () => "late" as const);
        const outcome = await Promise.race([sent, patience.promise]);
        clearTimeout(timer);
        if (outcome === "late") return;
      }
    },
    [Symbol.dispose]: () => connection.close(),
  };
}

/** One unfragmented text frame, masked with zeros (RFC 6455, 5.2). */
function textFrame(payload: Uint8Array): Uint8Array {
  const header = payload.length < 126
    ? [0x81, 0x80 | payload.length]
    : [0x81, 0xfe, payload.length >> 8, payload.length & 0xff];
  if (payload.length > 0xffff) throw new RangeError("Cannot frame text: it must be below 64 KiB");
  return new Uint8Array([...header, 0, 0, 0, 0, ...payload]);
}
