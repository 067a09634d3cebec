import { assertEquals } from "@std/assert";
import { type Frame, FramePool } from "../../../lib/frame/frame.ts";

/** A frame as it was when it came. */
export interface Seen {
  width: number;
  height: number;
  timestamp: number;
  sequence: number;
  pixels: Uint8Array;
}

/** A row of transparent pixels, as ffmpeg puts it above and below a picture. */
export function border(width: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(width * 4);
}

/** Opaque pixels that differ from frame to frame. */
export function rgbaPixels(length: number, seed: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => i % 4 === 3 ? 255 : 1 + (i * 7 + seed * 31) % 255);
}

/** A whole picture between its borders. */
export function borderedFrame(width: number, height: number, seed = 0): Uint8Array<ArrayBuffer> {
  return concat([border(width), rgbaPixels(width * height * 4, seed), border(width)]);
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A stream of bytes, and what its reader did to it. */
export interface ByteStream {
  stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  isCancelled: () => boolean;
}

/**
 * Chunks as they would come through a pipe.
 *
 * @param chunks What comes; a promise delays what follows it.
 * @param options Whether the stream ends after them. By default it does.
 */
export function byteStream(
  chunks: readonly (Uint8Array | Promise<unknown>)[],
  { ends = true }: { ends?: boolean } = {},
): ByteStream {
  let next = 0;
  let cancelled = false;
  const stream = new ReadableStream({
    type: "bytes",
    async pull(controller): Promise<void> {
      for (let chunk = chunks[next++]; chunk !== undefined; chunk = chunks[next++]) {
        if (!(chunk instanceof Uint8Array)) await chunk;
        else if (chunk.length > 0) return controller.enqueue(chunk.slice());
      }
      if (!ends) return await new Promise(() => {});
      controller.close();
      controller.byobRequest?.respond(0);
    },
    cancel(): void {
      cancelled = true;
    },
  });
  return { stream, isCancelled: () => cancelled };
}

/** Reads all frames, and gives their buffers back. */
export async function collect(frames: AsyncIterable<Frame>, into: Seen[] = []): Promise<Seen[]> {
  for await (const frame of frames) {
    const { width, height, timestamp, sequence, data } = frame;
    assertEquals(data.length, width * height * 4, "a frame is as long as its size says");
    into.push({ width, height, timestamp, sequence, pixels: data.slice() });
    frame.release();
  }
  return into;
}

/** A pool that records what was taken from it. */
export class RecordingPool extends FramePool {
  readonly taken: number[] = [];
  /** Buffers that had held a picture before. */
  reused = 0;
  onTake = (_size: number): void => {};

  override take(size: number): ArrayBuffer {
    this.taken.push(size);
    this.onTake(size);
    const buffer = super.take(size);
    if (new Uint8Array(buffer).some((byte) => byte !== 0)) this.reused++;
    return buffer;
  }
}
