/** Markers of ITU-T T.81, table B.1. */
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const FILL = 0xff;

/** A picture of 8K at the best quality takes less. */
const MAX_PICTURE = 32 * 1024 * 1024;
/** The most that is reported of the bytes before a picture; headers are shorter. */
const MAX_HEAD = 2048;
const FIRST_CAPACITY = 256 * 1024;

/** One picture of a stream. */
export interface StreamedJpeg {
  /** From its SOI to its EOI, or to the next SOI if it has no EOI; not checked any further. */
  jpeg: Uint8Array<ArrayBuffer>;
  /**
   * The bytes between the last picture and this one, as text: a part's boundary and headers, if
   * any.
   */
  head: string;
}

/**
 * Finds the JPEG pictures in a byte stream by their own structure: segments state their lengths,
 * and pixels can't contain a marker. So it doesn't matter what is between pictures, however wrong
 * it is: boundaries, lengths, line ends, nothing. A picture is complete with its last byte.
 */
export class JpegStream {
  #bytes = new Uint8Array(FIRST_CAPACITY);
  #length = 0;
  /** The position of the next picture's header. */
  #head = 0;
  /** The position of the picture. */
  #start = 0;
  #at = 0;
  #part: "head" | "segments" | "pixels" = "head";

  /** Whether the last bytes belonged to an unfinished picture. */
  get isInside(): boolean {
    return this.#part !== "head";
  }

  /** Takes bytes, and returns the pictures that end with them. */
  push(chunk: Uint8Array): StreamedJpeg[] {
    this.#append(chunk);
    const found: StreamedJpeg[] = [];
    while (this.#step(found));
    if (this.#part !== "head" && this.#length - this.#start > MAX_PICTURE) this.#skip(this.#length);
    if (this.#part === "head") this.#head = Math.max(this.#head, this.#at - MAX_HEAD);
    return found;
  }

  #append(chunk: Uint8Array): void {
    if (this.#length + chunk.length > this.#bytes.length) {
      const kept = this.#bytes.subarray(this.#head, this.#length);
      const needed = kept.length + chunk.length;
      const room = needed > this.#bytes.length / 2 ? new Uint8Array(needed * 2) : this.#bytes;
      room.set(kept);
      this.#bytes = room;
      this.#length = kept.length;
      this.#start -= this.#head;
      this.#at -= this.#head;
      this.#head = 0;
    }
    this.#bytes.set(chunk, this.#length);
    this.#length += chunk.length;
  }

  /** Advances by one marker; `false` if the next one hasn't come yet. */
  #step(found: StreamedJpeg[]): boolean {
    switch (this.#part) {
      case "head":
        return this.#findStart();
      case "segments":
        return this.#passSegment(found);
      case "pixels":
        return this.#passPixels();
    }
  }

  #next(from: number): number {
    const at = this.#bytes.subarray(0, this.#length).indexOf(FILL, from);
    return at < 0 ? this.#length : at;
  }

  #findStart(): boolean {
    this.#at = this.#next(this.#at);
    if (this.#at + 2 >= this.#length) return false;
    if (this.#bytes[this.#at + 1] === SOI && this.#bytes[this.#at + 2] === FILL) {
      this.#begin();
    } else this.#at++;
    return true;
  }

  #begin(): void {
    this.#start = this.#at;
    this.#at += 2;
    this.#part = "segments";
  }

  #passSegment(found: StreamedJpeg[]): boolean {
    if (this.#at + 3 >= this.#length && !this.#isAtEnd()) return false;
    const marker = this.#bytes[this.#at + 1] ?? 0;
    if (this.#bytes[this.#at] !== FILL || marker < 0xc0 && marker !== 0) {
      this.#skip(this.#start + 2);
    } else if (marker === FILL) this.#at++;
    else if (marker === SOI) this.#cut(found);
    else if (marker === EOI) this.#end(found, this.#at + 2);
    else if (marker === 0 || marker >= 0xd0 && marker <= 0xd7) this.#skip(this.#start + 2);
    else {
      this.#at += 2 + ((this.#bytes[this.#at + 2] ?? 0) << 8 | (this.#bytes[this.#at + 3] ?? 0));
      if (marker === SOS) this.#part = "pixels";
    }
    return true;
  }

  #isAtEnd(): boolean {
    return this.#at + 1 < this.#length && this.#bytes[this.#at] === FILL &&
      this.#bytes[this.#at + 1] === EOI;
  }

  #passPixels(): boolean {
    this.#at = this.#next(this.#at);
    if (this.#at + 1 >= this.#length) return false;
    const next = this.#bytes[this.#at + 1] ?? 0;
    if (next === 0 || next >= 0xd0 && next <= 0xd7) this.#at += 2;
    else if (next === FILL) this.#at++;
    else this.#part = "segments";
    return true;
  }

  /** One picture begins inside another. */
  #cut(found: StreamedJpeg[]): void {
    const { length } = found;
    this.#end(found, this.#at);
    // Its headers were taken for pixels.
    const [cut] = found.slice(length);
    this.#head = Math.max(this.#at - MAX_HEAD, this.#at - (cut?.jpeg.length ?? 0));
    this.#begin();
  }

  #end(found: StreamedJpeg[], end: number): void {
    const head = this.#bytes.subarray(Math.max(this.#head, this.#start - MAX_HEAD), this.#start);
    const jpeg = this.#bytes.slice(this.#start, end);
    found.push({ jpeg, head: new TextDecoder("latin1").decode(head) });
    this.#skip(end);
    this.#head = end;
  }

  #skip(to: number): void {
    this.#at = to;
    this.#part = "head";
  }
}
