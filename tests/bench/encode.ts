import { Frame, FramePool } from "../../lib/frame/frame.ts";
import { createTestPicture } from "../../lib/camera/test_picture/test_picture.ts";
import { encodeJpeg } from "../../lib/jpeg/imagescript/encode_jpeg.ts";
import { cell, type Table } from "./table.ts";

const SIZES = [[640, 480], [1280, 720], [1920, 1080]] as const;
const QUALITY = 80;
const ROUNDS = 60;

/**
 * Measures how long a frame takes to become a JPEG, beside ffmpeg's encoder in C for the same
 * frame.
 */
export async function benchEncode(): Promise<Table> {
  const rows: string[][] = [];
  for (const [width, height] of SIZES) {
    const frame = await onePicture(width, height);
    const alone = await millisecondsEach(frame, 1);
    const together = await millisecondsEach(frame, 2);
    const floor = await ffmpegMilliseconds(frame);
    rows.push([
      `${width}x${height}`,
      cell(alone),
      cell(together),
      cell(floor),
      cell(alone / floor),
    ]);
  }
  return {
    title: "Encoding: milliseconds a frame",
    head: ["size", "imagescript, one at a time", "two at once", "floor", "times the floor"],
    rows,
    note:
      `The test picture at quality ${QUALITY}. Floor: the processor time of ffmpeg's mjpeg encoder on one thread.`,
  };
}

async function onePicture(width: number, height: number): Promise<Frame> {
  const signal = new AbortController().signal;
  const pattern = createTestPicture({ width, height, fps: 30 });
  for await (const frame of pattern.frames({ pool: new FramePool(), signal })) return frame;
  throw new Error("Cannot measure: the test picture gave no frame");
}

async function millisecondsEach(frame: Frame, atOnce: number): Promise<number> {
  await encodeJpeg(frame, QUALITY);
  const start = performance.now();
  const worker = async (): Promise<void> => {
    for (let i = 0; i < ROUNDS / atOnce; i++) await encodeJpeg(frame, QUALITY);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return (performance.now() - start) / ROUNDS;
}

async function ffmpegMilliseconds({ data, width, height }: Frame): Promise<number> {
  const path = await Deno.makeTempFile();
  // Several copies, so that starting up counts little.
  const file = await Deno.open(path, { write: true });
  for (let i = 0; i < ROUNDS; i++) {
    for (let sent = 0; sent < data.length;) sent += await file.write(data.subarray(sent));
  }
  file.close();
  const raw = ["-f", "rawvideo", "-pix_fmt", "rgba", "-s", `${width}x${height}`, "-i", path];
  const planar = ["-vf", "format=yuvj444p", "-threads", "1"];
  const encoded = await userSeconds([
    ...raw,
    ...planar,
    "-c:v",
    "mjpeg",
    "-q:v",
    "4",
    "-f",
    "null",
    "-",
  ]);
  const converted = await userSeconds([...raw, ...planar, "-c:v", "rawvideo", "-f", "null", "-"]);
  await Deno.remove(path);
  return (encoded - converted) * 1000 / ROUNDS;
}

async function userSeconds(args: string[]): Promise<number> {
  const command = new Deno.Command("ffmpeg", {
    args: ["-hide_banner", "-benchmark", "-v", "info", ...args],
    stdin: "null",
  });
  const text = new TextDecoder().decode((await command.output()).stderr);
  return Number(text.match(/utime=([\d.]+)s/)?.[1]);
}
