/** The facts about a picture, beside its pixels. */
export interface FrameInfo {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** Capture time in seconds since 1970. */
  readonly timestamp: number;
}

/**
 * One picture: pixels, or a JPEG file as the camera made it. Pixels are RGBA, 8 bits each, row by
 * row from the top left, `width * height * 4` bytes. The buffer goes back to its pool with the last
 * {@linkcode Frame.release}. Hold a frame to keep it beyond the call that passed it.
 */
export class Frame implements FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly timestamp: number;
  /** Counts a camera's frames, from 1. */
  readonly sequence: number;
  /** The form of `data`. */
  readonly format: "rgba" | "jpeg";
  /** The pixels or the file. Must not be modified while somebody holds the frame. */
  readonly data: Uint8Array<ArrayBuffer>;
  #holders = 1;
  readonly #free: (buffer: ArrayBuffer) => void;

  /** Made by {@linkcode FramePool.frame}. */
  constructor(
    data: Uint8Array<ArrayBuffer>,
    info: FrameInfo & { sequence: number; format?: Frame["format"] },
    free: (buffer: ArrayBuffer) => void,
  ) {
    this.data = data;
    this.width = info.width;
    this.height = info.height;
    this.timestamp = info.timestamp;
    this.sequence = info.sequence;
    this.format = info.format ?? "rgba";
    this.#free = free;
  }

  /** Keeps the pixels until another {@linkcode Frame.release}. */
  hold(): this {
    this.#holders++;
    return this;
  }

  /** The same frame under another number; it takes over this one's hold. */
  numbered(sequence: number): Frame {
    return new Frame(this.data, { ...this, sequence }, this.#free);
  }

  /** Releases the pixels; they may be overwritten once nobody holds them. */
  release(): void {
    if (--this.#holders === 0) this.#free(this.data.buffer);
  }
}

/** One is being read, two are being encoded, one waits, and one is between these. */
const MAX_FREE = 5;

/** The reusable buffers of one camera's frames, and the count of its frames. */
export class FramePool {
  #free: ArrayBuffer[] = [];
  #sequence = 0;

  /** A buffer of exactly `size` bytes, with arbitrary contents. */
  take(size: number): ArrayBuffer {
    for (let buffer = this.#free.pop(); buffer !== undefined; buffer = this.#free.pop()) {
      if (buffer.byteLength === size) return buffer;
    }
    return new ArrayBuffer(size);
  }

  /** Returns a buffer that never became a frame. */
  give(buffer: ArrayBuffer): void {
    if (this.#free.length < MAX_FREE) this.#free.push(buffer);
  }

  /** The number of the next picture, if it is not in one of these buffers. */
  number(): number {
    return ++this.#sequence;
  }

  /** The next frame, made of pixels, held once by the caller. */
  frame(data: Uint8Array<ArrayBuffer>, info: FrameInfo): Frame {
    return new Frame(data, { ...info, sequence: ++this.#sequence }, (buffer) => this.give(buffer));
  }

  /** The next frame, a JPEG file. Its size varies, so its buffer is not reused. */
  jpeg(data: Uint8Array<ArrayBuffer>, info: FrameInfo): Frame {
    return new Frame(data, { ...info, format: "jpeg", sequence: ++this.#sequence }, () => {});
  }

  /** Frees all unused buffers. */
  clear(): void {
    this.#free = [];
  }
}
