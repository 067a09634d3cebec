import { PictureDecoder, type PictureDecoderOptions } from "../../ffmpeg/picture_decoder.ts";
import { readMpjpeg, type ReadMpjpegOptions } from "../../ffmpeg/output/mpjpeg.ts";
import { type Frame, FramePool } from "../../frame/frame.ts";
import { Doubts } from "../../jpeg/doubts.ts";

export interface CheckedFramesOptions
  extends
    PictureDecoderOptions,
    Required<Pick<ReadMpjpegOptions, "signal" | "onBroken">>,
    Pick<ReadMpjpegOptions, "stamp"> {}

/**
 * Frames of a camera's JPEG, which is checked before an ffmpeg decodes it. The ffmpeg that reads
 * the camera can't do that: it fills missing pixels with zeros and doesn't say so.
 *
 * @param stream the pictures as they are, in mpjpeg
 */
export async function* checkedFrames(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  { signal, onBroken, stamp, ...options }: CheckedFramesOptions,
): AsyncGenerator<Frame, void> {
  // Only decoded frames are numbered.
  const reading = { pool: new FramePool(), doubts: new Doubts(), signal, onBroken, stamp };
  await using decoder = new PictureDecoder(options);
  const stop = (): void => void decoder.close();
  signal.addEventListener("abort", stop);
  try {
    for await (const picture of readMpjpeg(stream, reading)) {
      const { data: jpeg, width, height, timestamp } = picture;
      const frame = await decoder.decode({ jpeg, width, height, timestamp });
      if (frame) yield frame;
      else if (!signal.aborted) onBroken("cut");
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
