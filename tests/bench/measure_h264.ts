/**
 * Compares JPEG and H.264 of the same quality, and prints the tables of docs/h264.md:
 * `deno run -A tests/bench/measure_h264.ts PICTURE...`. Takes about ten minutes.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- tables are its output
import { ffmpegQuality } from "../../lib/ffmpeg/ffmpeg_quality.ts";
import { crfOf } from "../../lib/ffmpeg/h264_quality.ts";
import { cell } from "./table.ts";

const FRAMES = 45;
const QUALITIES = [1, 10, 20, 30, 40, 50, 60, 70, 80, 85, 90, 95, 100];
/** A camera that is moved slowly, with noise that is another in each picture. */
const PAN = "scale=1344:756:flags=lanczos,crop=1280:720:32+30*sin(n/15):18+16*cos(n/11)";
const RAW = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "1280x720", "-r", "30"];
const FAST = ["-preset", "ultrafast", "-tune", "zerolatency", "-x264-params", "no-deblock=0"];
const X264 = ["-c:v", "libx264", ...FAST, "-g", "30"];
const COMPARE = "[0]scale=out_range=tv,format=yuv420p,setpts=N/30/TB[a];" +
  "[1]setpts=N/30/TB[b];[a][b]ssim";

interface Result {
  /** Of a picture. */
  bytes: number;
  /** Over all planes, in 4:2:0. */
  ssim: number;
}

if (Deno.args.length === 0) {
  console.error("Usage: deno run -A tests/bench/measure_h264.ts PICTURE...");
  Deno.exit(2);
}
const folder = await Deno.makeTempDir();
try {
  const scenes: { name: string; path: string }[] = [];
  for (const picture of Deno.args) scenes.push(await move(picture));
  for (const quality of QUALITIES) {
    const rows: [Result, Result][] = [];
    for (const { path } of scenes) rows.push(await both(path, quality));
    console.log(row(String(quality), String(crfOf(quality)), rows));
  }
  for (const { name, path } of scenes) console.log(row(name, "", [await both(path, 80)]));
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function move(picture: string): Promise<{ name: string; path: string }> {
  const name = picture.replace(/^.*[/]|[.][^.]*$/g, "");
  const path = `${folder}/${name}.yuv`;
  const noise = name === "dark" ? 16 : 4;
  const filter = `${PAN},noise=alls=${noise}:allf=t`;
  const input = ["-loop", "1", "-i", picture, "-vf", filter, "-frames:v", String(FRAMES)];
  await ffmpeg([...input, "-r", "30", "-pix_fmt", "yuv420p", "-f", "rawvideo", path]);
  return { name, path };
}

async function both(path: string, quality: number): Promise<[Result, Result]> {
  const crf = ["-crf", String(crfOf(quality)), "-threads", "1"];
  return [
    await measure(path, ["-c:v", "mjpeg", ...ffmpegQuality(quality)]),
    await measure(path, [...X264, ...crf]),
  ];
}

async function measure(path: string, args: readonly string[]): Promise<Result> {
  const coded = `${folder}/coded.nut`;
  await ffmpeg([...RAW, "-i", path, ...args, "-f", "nut", coded]);
  const bytes = (await Deno.stat(coded)).size / FRAMES;
  const words = await ffmpeg(
    ["-i", coded, ...RAW, "-i", path, "-lavfi", COMPARE, "-f", "null", "-"],
  );
  return { bytes, ssim: Number(words.match(/SSIM .*All:([\d.]+)/)?.[1]) };
}

async function ffmpeg(args: readonly string[]): Promise<string> {
  const { success, stderr } = await new Deno.Command("ffmpeg", {
    args: ["-y", "-hide_banner", "-nostats", ...args],
    stdin: "null",
  }).output();
  const words = new TextDecoder().decode(stderr);
  if (!success) throw new Error(`ffmpeg failed: ${words.slice(-500)}`);
  return words;
}

function row(name: string, crf: string, rows: readonly [Result, Result][]): string {
  const mean = (of: (pair: [Result, Result]) => number): number =>
    rows.reduce((sum, pair) => sum + of(pair), 0) / rows.length;
  const ratios = rows.map(([jpeg, video]) => jpeg.bytes / video.bytes).sort((a, b) => a - b);
  const pair = (of: (result: Result) => number, digits: number): string =>
    `${cell(mean(([jpeg]) => of(jpeg)), digits)} → ${cell(mean(([, video]) => of(video)), digits)}`;
  const range = `${cell(ratios[0] ?? 0)} to ${cell(ratios.at(-1) ?? 0)}`;
  const middle = cell(ratios[ratios.length >> 1] ?? 0);
  const [ssim, size] = [pair(({ ssim }) => ssim, 3), pair(({ bytes }) => bytes / 1000, 1)];
  return `| ${name} | ${crf} | ${ssim} | ${size} | ${middle} (${range}) |`;
}
