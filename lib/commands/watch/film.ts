import { movedFragment, readFragment } from "../../h264/read_fragment.ts";

/**
 * Writes an H.264 stream to a file, or to a further one, NAME-2.mp4, when the decoder configuration
 * changes.
 */
export class Film {
  readonly #path: string;
  #count = 0;
  #start: Uint8Array | undefined;
  /** The offset of the stream's times; `undefined` before its first picture. */
  #by: number | undefined;
  /** The end of what has been written. */
  #end = 0;

  /** Writes nothing yet. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Takes an initialisation segment: another stream may follow. */
  async begin(start: Uint8Array): Promise<void> {
    this.#by = undefined;
    if (this.#start !== undefined && isEqual(start, this.#start)) return;
    this.#start = start;
    this.#end = 0;
    this.#count++;
    await Deno.writeFile(this.#name, start);
  }

  /** Takes a picture. */
  async add(fragment: Uint8Array): Promise<void> {
    const read = readFragment(fragment);
    if (read === undefined || this.#start === undefined) return;
    // A film begins at 0, and continues where it was when the connection is back.
    this.#by ??= this.#end - read.decodeTime;
    this.#end = read.decodeTime + this.#by + read.duration;
    await Deno.writeFile(this.#name, movedFragment(fragment, this.#by), { append: true });
  }

  get #name(): string {
    return this.#count === 1 ? this.#path : this.#path.replace(/(?=\.[^.]*$)/, `-${this.#count}`);
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
