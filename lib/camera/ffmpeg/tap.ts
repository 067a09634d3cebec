import type { FfmpegInput, UrlInput } from "../../ffmpeg/input.ts";
import { makePrivateFolder } from "../../system/private_tmpdir.ts";

/** This much of the beginning is kept for the next reader, in bytes. */
const MAX_KEPT_BYTES = 8 * 1024 * 1024;
const READ_BYTES = 64 * 1024;
/**
 * A sender that hasn't answered by then is left to ffmpeg, which says what is wrong, in
 * milliseconds.
 */
const CONNECT_MS = 5000;

/**
 * One connection to a TCP sender, from which ffmpeg can read as often as it is started: some
 * senders end with their first connection. Each ffmpeg gets everything received so far, until that
 * is discarded. Nothing is read from the sender before an ffmpeg takes it.
 */
export class Tap implements AsyncDisposable {
  /** The address from which ffmpeg reads. */
  readonly address: string;
  readonly #sender: Deno.Conn;
  readonly #listener: Deno.UnixListener;
  readonly #folder: string;
  readonly #working: Promise<unknown>;
  #reader: Deno.Conn | undefined;
  /** The received data, without the discarded chunks. */
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #forgotten = 0;
  /** The number of chunks that the reader has taken, including discarded ones. */
  #taken = 0;
  #isKept = true;
  #isOver = false;
  #changed = Promise.withResolvers<void>();

  private constructor(sender: Deno.Conn, listener: Deno.UnixListener, folder: string) {
    this.#sender = sender;
    this.#listener = listener;
    this.#folder = folder;
    this.address = `unix:${listener.addr.path}`;
    this.#working = Promise.all([this.#read(), this.#serve()]);
  }

  /** Connects to a sender; `undefined` if that is impossible here or fails: ffmpeg says why. */
  static async open(url: string, signal: AbortSignal): Promise<Tap | undefined> {
    const { hostname = "", port = "" } = URL.parse(url) ?? {};
    if (hostname === "" || port === "") return undefined;
    const sender = await connect({ hostname: hostname.replace(/^\[|\]$/g, ""), port }, signal);
    if (sender === undefined) return undefined;
    let folder: string | undefined;
    try {
      folder = await makePrivateFolder();
      return new Tap(sender, Deno.listen({ transport: "unix", path: `${folder}/tap` }), folder);
    } catch {
      // There is no temporary folder, or its name is too long for a socket's path.
      close(sender);
      await remove(folder);
      return undefined;
    }
  }

  /** Data that has been taken need not be sent again. */
  forget(): void {
    this.#isKept = false;
    while (this.#forgotten < this.#taken) {
      this.#bytes -= this.#chunks.shift()?.length ?? 0;
      this.#forgotten++;
    }
  }

  /** Ends the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    for (const each of [this.#sender, this.#listener, this.#reader]) close(each);
    this.#tell();
    await this.#working;
    await remove(this.#folder);
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    while (!this.#isOver) {
      const length = await this.#sender.read(buffer).catch(() => null);
      if (length === null) break;
      this.#chunks.push(buffer.slice(0, length));
      this.#bytes += length;
      if (this.#bytes > MAX_KEPT_BYTES) this.forget();
      this.#tell();
      while (this.#taken < this.#forgotten + this.#chunks.length && !this.#isOver) {
        await this.#changed.promise;
      }
    }
    this.#isOver = true;
    this.#tell();
  }

  async #serve(): Promise<void> {
    const feeding: Promise<void>[] = [];
    try {
      for await (const reader of this.#listener) {
        close(this.#reader);
        this.#reader = reader;
        this.#taken = this.#forgotten;
        feeding.push(this.#feed(reader));
      }
    } catch {
      // The listener was closed.
    }
    await Promise.all(feeding);
  }

  /** Gives a reader everything that comes, until another reader takes over. */
  async #feed(reader: Deno.Conn): Promise<void> {
    try {
      while (reader === this.#reader) {
        const chunk = this.#chunks[this.#taken - this.#forgotten];
        if (chunk === undefined) {
          if (this.#isOver) break;
          await this.#changed.promise;
          continue;
        }
        for (let at = 0; at < chunk.length;) at += await reader.write(chunk.subarray(at));
        if (reader !== this.#reader) break;
        this.#taken++;
        if (!this.#isKept) this.forget();
        this.#tell();
      }
    } catch {
      // The reader has ended, as every ffmpeg does that was started with the wrong options.
    } finally {
      close(reader);
    }
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** Whether an input is a TCP sender that waits for us to connect. */
export function isTappable(input: FfmpegInput): input is UrlInput {
  return Deno.build.os !== "windows" && input.kind === "url" && /^tcp:[^?]*$/i.test(input.url);
}

async function connect(
  { hostname, port }: { hostname: string; port: string },
  signal: AbortSignal,
): Promise<Deno.Conn | undefined> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), CONNECT_MS);
  const ended = AbortSignal.any([signal, late.signal]);
  try {
    return await Deno.connect({ hostname, port: Number(port), signal: ended });
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** Somebody may have cleared it away already; that is fine. */
async function remove(folder: string | undefined): Promise<void> {
  if (folder !== undefined) await Deno.remove(folder, { recursive: true }).catch(() => {});
}

function close(resource: { close(): void } | undefined): void {
  try {
    resource?.close();
  } catch {
    // It is closed already.
  }
}
