/**
 * Reads pieces of known length, or up to a known ending, from a byte stream straight into their
 * destination.
 */
export class ByteReader implements Disposable {
  readonly #reader: ReadableStreamBYOBReader;
  readonly #signal: AbortSignal | undefined;
  /** Bytes read too far while searching; they come first. */
  #ahead: Uint8Array<ArrayBuffer> = new Uint8Array();
  #head: Uint8Array<ArrayBuffer>;

  /**
   * Takes over the stream.
   *
   * @param stream a byte stream, such as a child process's stdout
   * @param maxHead the longest result of {@linkcode ByteReader.readThrough}
   * @param signal ends the reading, as the stream's end does
   */
  constructor(
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    maxHead: number,
    signal?: AbortSignal,
  ) {
    this.#reader = stream.getReader({ mode: "byob" });
    this.#head = new Uint8Array(maxHead);
    this.#signal = signal;
    signal?.addEventListener("abort", this.#cancel);
    if (signal?.aborted) this.#cancel();
  }

  /**
   * Fills a buffer and returns it; `undefined` at the end of the stream. The given buffer is
   * detached: use the returned one.
   */
  async read(buffer: ArrayBuffer, size: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const known = Math.min(this.#ahead.length, size);
    if (known > 0) {
      new Uint8Array(buffer).set(this.#ahead.subarray(0, known));
      this.#ahead = this.#ahead.subarray(known);
    }
    if (this.#signal?.aborted) return undefined;
    if (known === size) return new Uint8Array(buffer, 0, size);
    const part = await this.#fill(new Uint8Array(buffer, known, size - known));
    return part && new Uint8Array(part.buffer, 0, size);
  }

  /**
   * Reads up to an ending, however it is split between chunks. Bytes after it are kept for the next
   * call, which is cheaper than requesting each missing byte.
   *
   * @param least the minimum length, including the ending
   * @returns the bytes, valid until the next call; `undefined` at the end of the stream, and
   *   `"long"` if the ending didn't come in time, with nothing read
   */
  async readThrough(ending: Uint8Array, least: number): Promise<Uint8Array | "long" | undefined> {
    let length = Math.min(this.#ahead.length, this.#head.length);
    this.#head.set(this.#ahead.subarray(0, length));
    this.#ahead = this.#ahead.subarray(length);
    for (let from = least - ending.length; !this.#signal?.aborted;) {
      const at = indexOf(this.#head.subarray(from, length), ending);
      if (at >= 0) {
        const end = from + at + ending.length;
        this.unread(this.#head.subarray(end, length));
        return this.#head.subarray(0, end);
      }
      if (length === this.#head.length) {
        this.unread(this.#head);
        return "long";
      }
      from = Math.max(from, length - ending.length + 1);
      const min = Math.max(1, least - length);
      const { value } = await this.#reader.read(this.#head.subarray(length), { min });
      if (value === undefined || value.length < min) return undefined;
      this.#head = new Uint8Array(value.buffer);
      length += value.length;
    }
    return undefined;
  }

  /** Puts bytes back, to be read before all others. They are copied. */
  unread(bytes: Uint8Array): void {
    const ahead = new Uint8Array(bytes.length + this.#ahead.length);
    ahead.set(bytes);
    ahead.set(this.#ahead, bytes.length);
    this.#ahead = ahead;
  }

  /**
   * Skips bytes up to and including a mark; `false` at the end of the stream.
   *
   * @param most roughly how many bytes may precede it
   * @throws {TypeError} when more do
   */
  async skipPast(mark: Uint8Array, most = Infinity): Promise<boolean> {
    let chunk: Uint8Array<ArrayBuffer> = this.#ahead;
    this.#ahead = new Uint8Array();
    let skipped = 0;
    while (!this.#signal?.aborted) {
      const at = indexOf(chunk, mark);
      if (at >= 0) {
        this.#ahead = chunk.slice(at + mark.length);
        return true;
      }
      if (skipped > most) throw new TypeError(`Cannot read picture: none begins in ${most} bytes`);
      const tail = chunk.slice(Math.max(0, chunk.length - mark.length + 1));
      const next = new Uint8Array(tail.length + SEARCH_BYTES);
      next.set(tail);
      const { value } = await this.#reader.read(next.subarray(tail.length));
      if (value === undefined || value.length === 0) return false;
      skipped += value.length;
      chunk = new Uint8Array(value.buffer, 0, tail.length + value.length);
    }
    return false;
  }

  /** Cancels the stream, which ends whoever writes to it. */
  [Symbol.dispose](): void {
    this.#signal?.removeEventListener("abort", this.#cancel);
    this.#cancel();
  }

  readonly #cancel = (): void => void this.#reader.cancel().catch(() => {});

  async #fill(view: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const wanted = view.length;
    const { value } = await this.#reader.read(view, { min: wanted });
    return value?.length === wanted && !this.#signal?.aborted ? value : undefined;
  }
}

const SEARCH_BYTES = 64 * 1024;

function indexOf(bytes: Uint8Array, mark: Uint8Array): number {
  const first = mark[0] ?? 0;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (at + mark.length > bytes.length) return -1;
    if (mark.every((byte, i) => byte === bytes[at + i])) return at;
  }
  return -1;
}
