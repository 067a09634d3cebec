import { Child } from "../../lib/ffmpeg/child.ts";
import { FramePool } from "../../lib/frame/frame.ts";
import { BORDERS, readBordered } from "../../lib/ffmpeg/output/bordered.ts";
import { cell, type Table } from "./table.ts";

const SIZES = ["640x480", "1280x720", "1920x1080"];
const SECONDS = 3;

/**
 * Measures how many frames a second go from ffmpeg into our buffers, beside a reader that only
 * discards.
 */
export async function benchRead(): Promise<Table> {
  const rows: string[][] = [];
  for (const size of SIZES) {
    const ours = await framesASecond(size);
    const floor = await floorFramesASecond(size);
    rows.push([size, cell(ours, 0), cell(floor, 0), cell(floor / ours, 2)]);
  }
  return {
    title: "Reading: frames a second from ffmpeg, as fast as it goes",
    head: ["size", "into frames", "floor", "times the floor"],
    rows,
    note: "Floor: the same ffmpeg into 'cat > /dev/null'.",
  };
}

function args(size: string): string[] {
  const grey = ["-f", "lavfi", "-i", `color=gray:s=${size}:r=1000,${BORDERS}`];
  const raw = ["-c:v", "rawvideo", "-threads", "1", "-f", "image2pipe", "pipe:1"];
  return ["-v", "error", ...grey, "-t", String(SECONDS), ...raw];
}

async function framesASecond(size: string): Promise<number> {
  await using child = new Child("ffmpeg", args(size));
  let frames = 0;
  const start = performance.now();
  for await (const frame of readBordered(child.stdout, { pool: new FramePool() })) {
    frames++;
    frame.release();
  }
  return frames * 1000 / (performance.now() - start);
}

async function floorFramesASecond(size: string): Promise<number> {
  const start = performance.now();
  const script = 'ffmpeg "$@" </dev/null | cat >/dev/null';
  await new Deno.Command("sh", { args: ["-c", script, "sh", ...args(size)], stdin: "null" })
    .output();
  return SECONDS * 1000 * 1000 / (performance.now() - start);
}
