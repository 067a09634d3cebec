import { type Frame, FramePool } from "../../lib/frame/frame.ts";
import { drawBitmap, drawJpeg } from "../jpeg/jpegs.ts";
import { ffmpegsWith } from "../testutil/system/processes.ts";

/** A frame of pixels, another picture for each seed. */
export function drawFrame(width: number, height: number, seed = 0): Frame {
  const data = Uint8Array.from(drawBitmap(width, height, seed).data);
  return new FramePool().frame(data, { width, height, timestamp: 1 });
}

/** A frame that comes as JPEG, another picture for each seed. */
export async function drawJpegFrame(width: number, height: number, seed = 0): Promise<Frame> {
  return jpegFrame(await drawJpeg(width, height, seed), { width, height });
}

/** A frame that is said to be a JPEG file of this size. */
export function jpegFrame(
  data: Uint8Array<ArrayBuffer>,
  size: { width: number; height: number },
): Frame {
  return new FramePool().jpeg(data, { ...size, timestamp: 1 });
}

/** The ffmpegs of this process that make pictures so wide (Linux). Other tests run theirs at the same time. */
export async function scalersTo(width: number): Promise<number[]> {
  return await ffmpegsWith(`min(iw,${width})`);
}
