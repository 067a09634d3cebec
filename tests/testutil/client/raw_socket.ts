import { websocketFrame } from "./websocket_frame.ts";

/** A WebSocket client by hand: it does what no library would. */
export interface RawSocket extends Disposable {
  /** Does the handshake, and reads nothing after it. */
  shake(path?: string): Promise<void>;
  /** Reads whatever has come. */
  readSome(): Promise<Uint8Array>;
  /** Sends bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** Sends a WebSocket handshake, or a part of it, and reads nothing. */
  ask(path?: string, bytes?: number): Promise<void>;
  /** Reads until either end closes; how many bytes there were. */
  drain(): Promise<number>;
  /** Vanishes: the other end is told that the connection is gone (RST). */
  reset(): void;
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

  async function ask(path = "/", bytes?: number): Promise<void> {
    const request = [`GET ${path} HTTP/1.1`, ...HANDSHAKE, "", ""].join("\r\n");
    await write(new TextEncoder().encode(request.slice(0, bytes)));
  }

  let isOpen = true;
  function close(): void {
    if (isOpen) connection.close();
    isOpen = false;
  }

  return {
    readSome,
    write,
    ask,
    async drain() {
      let total = 0;
      try {
        for (let count; (count = await connection.read(buffer)) !== null;) total += count;
      } catch {
        // It was reset, or closed by us.
      }
      return total;
    },
    reset() {
      lingerNot((connection.localAddr as Deno.NetAddr).port);
      close();
    },
    async shake(path = "/") {
      await ask(path);
      const answer = new TextDecoder().decode(await readSome());
      if (!answer.startsWith("HTTP/1.1 101 ")) throw new Error(`No WebSocket: ${answer}`);
    },
    async sendText(text, { times = 1, within = 10_000 } = {}) {
      const frame = websocketFrame(text);
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
    [Symbol.dispose]: close,
  };
}

/**
 * Makes `close` discard what is in flight (`SO_LINGER` of 0 s), for the socket on one of our ports
 * (Linux).
 */
function lingerNot(port: number): void {
  const library = Deno.dlopen("libc.so.6", SYMBOLS);
  const { symbols } = library;
  const address = new Uint8Array(128);
  const isOurs = (descriptor: number): boolean =>
    symbols.getsockname(descriptor, address, new Uint32Array([128])) === 0 && address[0] === 2 &&
    new DataView(address.buffer).getUint16(2) === port;
  const now = new Uint8Array(new Int32Array([1, 0]).buffer);
  const descriptor = Array.from({ length: 4096 }, (_, i) => i).find(isOurs) ?? -1;
  const failed = symbols.setsockopt(descriptor, 1, 13, now, now.length) !== 0;
  library.close();
  if (failed) throw new Error(`Cannot reset connection: no socket of ours has port ${port}`);
}

const SYMBOLS = {
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;
