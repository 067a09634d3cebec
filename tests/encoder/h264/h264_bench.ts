import { assert } from "@std/assert";
import type { EncodedVideo } from "../../../lib/encoder/encoder.ts";
import { H264Encoder, type H264EncoderOptions } from "../../../lib/encoder/h264/h264_encoder.ts";
import { type Frame, FramePool } from "../../../lib/frame/frame.ts";
import { fragment, initialisation } from "../../../lib/h264/fragments.ts";
import { drawBitmap, drawJpeg } from "../../jpeg/jpegs.ts";
import { ffmpegsWith } from "../../testutil/system/processes.ts";

export const LINUX = Deno.build.os === "linux";
export const ENCODER = ["ffmpeg"] as const;

export function createEncoder(options: Partial<H264EncoderOptions> = {}): H264Encoder {
  const usual = {
    ffmpeg: "ffmpeg",
    quality: null,
    width: null,
    defaultQuality: () => 80,
    fps: () => 10,
  };
  return new H264Encoder({ ...usual, ...options });
}

/** Frames of a camera, another picture each. */
export async function frames(
  count: number,
  { width = 160, height = 120, format = "rgba", pool = new FramePool() }: {
    width?: number;
    height?: number;
    format?: Frame["format"];
    pool?: FramePool;
  } = {},
): Promise<Frame[]> {
  const made: Frame[] = [];
  for (let i = 0; i < count; i++) {
    const info = { width, height, timestamp: 1_700_000_000 + i / 10 };
    made.push(
      format === "rgba"
        ? pool.frame(Uint8Array.from(drawBitmap(width, height, i).data), info)
        : pool.jpeg(await drawJpeg(width, height, i), info),
    );
  }
  return made;
}

/** A file of the pictures. */
export async function fileOf(pictures: readonly EncodedVideo[]): Promise<Uint8Array> {
  const [first] = pictures;
  assert(first !== undefined);
  const parts = pictures.map(({ sequence, data, isKey, timestamp }, i) =>
    fragment({
      sequence,
      data,
      isKey,
      timestamp,
      decodeTime: i * 9000,
      duration: 9000,
      offset: 0,
    })
  );
  return await new Blob([initialisation(first.config), ...parts]).bytes();
}

/** The ffmpegs of this process that make H.264 so wide (Linux). */
export async function encodersTo(width: number): Promise<number[]> {
  return await ffmpegsWith(`scale=${width}:`);
}

/** A program for `ffmpeg` that does something else as soon as it is to encode. */
export async function stand(
  script: string,
): Promise<{ path: string } & AsyncDisposable> {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/ffmpeg`;
  const text = `#!/bin/sh\ncase "$*" in *flv*) ${script} ;; esac\nexec ffmpeg "$@"\n`;
  await Deno.writeTextFile(path, text, { mode: 0o755 });
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
}
