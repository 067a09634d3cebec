import { readMpjpeg } from "../../../lib/ffmpeg/output/mpjpeg.ts";
import { FramePool } from "../../../lib/frame/frame.ts";
import { collectJpegs, drawJpeg, mpjpegOf, part, type SeenJpeg } from "../../jpeg/jpegs.ts";
import { byteStream } from "./bordered_stream.ts";

export const [A, B, C, D] = await Promise.all([
  drawJpeg(16, 8, 1),
  drawJpeg(24, 16, 2),
  drawJpeg(8, 24, 3),
  drawJpeg(16, 16, 4),
]);

export const STREAM = mpjpegOf([A, B, C].map((jpeg) => part(jpeg)));

/** Reads a stream that ends. */
export async function read(
  chunks: readonly Uint8Array[],
): Promise<{ frames: SeenJpeg[]; names: string; broken: number }> {
  const pool = new FramePool();
  let broken = 0;
  const { stream } = byteStream(chunks);
  const frames = await collectJpegs(readMpjpeg(stream, { pool, onBroken: () => broken++ }));
  return { frames, names: namesOf(frames), broken };
}

/** Names our pictures: `AC?` for the first, the third, and an unknown one. */
export function namesOf(frames: readonly SeenJpeg[]): string {
  const known = new Map([A, B, C, D].map((jpeg, i) => [jpeg.toBase64(), "ABCD"[i]]));
  return frames.map(({ jpeg }) => known.get(jpeg.toBase64()) ?? "?").join("");
}

/** A wait that tells when all bytes before it were taken. */
export function pause(): { taken: Promise<void>; goOn: () => void; chunk: Promise<void> } {
  const taken = Promise.withResolvers<void>();
  const { promise, resolve } = Promise.withResolvers<void>();
  const then: Promise<void>["then"] = (...handlers) => {
    taken.resolve();
    return promise.then(...handlers);
  };
  return { taken: taken.promise, goOn: resolve, chunk: { then } as unknown as Promise<void> };
}
