/**
 * Compares what imagescript and ffmpeg make of pictures at the same quality, and prints the tables of
 * docs/quality.md: `deno run -A tests/bench/measure_quality.ts PICTURE...`. Takes about two minutes.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- tables are its output
import { ffmpegQuality } from "../../lib/ffmpeg/ffmpeg_quality.ts";
import { encodeJpeg } from "../../lib/jpeg/imagescript/encode_jpeg.ts";
import { cell, type Table } from "./table.ts";

const WIDTH = 1280;
const HEIGHT = 720;
const QUALITY = 80;
const QUALITIES = [0, 1, 10, 20, 30, 40, 50, 60, 70, 80, 85, 90, 95, 100];
/** ffmpeg's own scale, and the whole of it. */
const STEPS = [1, 2, 3, 4, 5, 7, 10, 15, 31, 69];
const FORMATS = ["yuvj420p", "yuvj422p", "yuvj444p"];
const YUYV = ["-f", "rawvideo", "-pix_fmt", "yuyv422", "-s", `${WIDTH}x${HEIGHT}`];
/** How often each scene is encoded for its time. */
const ROUNDS = 25;

const COMPARED = ["KB", "SSIM Y", "SSIM all", "PSNR Y, dB", "PSNR all, dB"];

/** A camera's frame, as YUYV in a file and as wscam decodes it. */
interface Scene {
  name: string;
  path: string;
  rgba: Uint8Array;
}

/** How large a JPEG is, and how near to the camera's frame. */
interface Result {
  bytes: number;
  /** Luminance and all planes, in dB. */
  psnr: [number, number];
  /** Luminance and all planes. */
  ssim: [number, number];
}

if (Deno.args.length === 0) {
  console.error("Usage: deno run -A tests/bench/measure_quality.ts PICTURE...");
  Deno.exit(2);
}
const folder = await Deno.makeTempDir();
try {
  const scenes: Scene[] = [];
  for (const picture of Deno.args) scenes.push(await prepare(picture));
  for (const table of [await eachScene(scenes), await means(scenes), await otherWays(scenes)]) {
    print(table);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function prepare(picture: string): Promise<Scene> {
  const name = picture.replace(/^.*[/]|[.][^.]*$/g, "");
  const path = `${folder}/${name}.yuyv`;
  const size = `${WIDTH}:${HEIGHT}`;
  const filled = `scale=${size}:force_original_aspect_ratio=increase,crop=${size}`;
  await ffmpeg(["-i", picture, "-vf", filled, "-pix_fmt", "yuyv422", "-f", "rawvideo", path]);
  await ffmpeg([...YUYV, "-i", path, "-pix_fmt", "rgba", "-f", "rawvideo", `${path}.rgba`]);
  return { name, path, rgba: await Deno.readFile(`${path}.rgba`) };
}

async function eachScene(scenes: readonly Scene[]): Promise<Table> {
  const rows: string[][] = [];
  for (const scene of scenes) {
    const [ours, theirs] = await both(scene, QUALITY);
    rows.push([scene.name, ...compared(ours, theirs), cell(theirs.bytes / ours.bytes, 2)]);
  }
  return {
    title: `At ${QUALITY}`,
    head: ["scene", ...COMPARED, "size, ratio"],
    rows,
    note: "imagescript → ffmpeg.",
  };
}

async function means(scenes: readonly Scene[]): Promise<Table> {
  const rows: string[][] = [];
  for (const quality of QUALITIES) {
    const pairs: [Result, Result][] = [];
    for (const scene of scenes) pairs.push(await both(scene, quality));
    const ratios = pairs.map(([ours, theirs]) => theirs.bytes / ours.bytes);
    const range = `${cell(Math.min(...ratios), 2)} to ${cell(Math.max(...ratios), 2)}`;
    const means = compared(meanOf(pairs.map(([ours]) => ours)), meanOf(pairs.map(([, it]) => it)));
    rows.push([String(quality), ...means, `${cell(mean(ratios), 2)} (${range})`]);
  }
  return {
    title: "Other qualities, means over the scenes",
    head: ["quality", ...COMPARED, "size, ratio"],
    rows,
    note: "imagescript → ffmpeg. The ratio: its mean, and the least and most of any scene.",
  };
}

function compared(ours: Result, theirs: Result): string[] {
  const pair = (of: (result: Result) => number, digits: number): string =>
    `${cell(of(ours), digits)} → ${cell(of(theirs), digits)}`;
  return [
    pair(({ bytes }) => bytes / 1000, 0),
    pair(({ ssim }) => ssim[0], 3),
    pair(({ ssim }) => ssim[1], 3),
    pair(({ psnr }) => psnr[0], 1),
    pair(({ psnr }) => psnr[1], 1),
  ];
}

/** Other options of ffmpeg, and their costs. */
async function otherWays(scenes: readonly Scene[]): Promise<Table> {
  const rows: string[][] = [];
  const add = async (name: string, result: (scene: Scene) => Promise<Result>, ms: number) => {
    const results: Result[] = [];
    for (const scene of scenes) results.push(await result(scene));
    const { bytes, ssim, psnr } = meanOf(results);
    const fidelity = [...ssim.map((each) => cell(each, 3)), ...psnr.map((each) => cell(each))];
    rows.push([name, cell(bytes / 1000, 0), ...fidelity, cell(ms)]);
  };
  const addFfmpeg = async (name: string, args: readonly string[]) =>
    await add(name, (scene) => byFfmpeg(scene, args), await millisecondsEach(scenes, args));

  const [first] = scenes;
  if (first !== undefined) {
    const ms = await imagescriptMilliseconds(first);
    await add("imagescript", (scene) => byImagescript(scene, QUALITY), ms);
  }
  for (const format of FORMATS) {
    for (const huffman of ["default", "optimal"]) {
      const changed = { "-pix_fmt": format, "-huffman": huffman };
      await addFfmpeg(`ours, ${format}, ${huffman}`, withValues(ffmpegQuality(QUALITY), changed));
    }
  }
  for (const format of FORMATS) {
    for (const step of STEPS) {
      const bounds = ["-qmin", "1", "-qmax", "69"];
      await addFfmpeg(`q:v ${step}, ${format}`, ["-pix_fmt", format, ...bounds, "-q:v", `${step}`]);
    }
  }
  return {
    title: `Other ways, at ${QUALITY} where there is a quality`,
    head: ["way", ...COMPARED, "ms a frame"],
    rows,
    note: "Time: the processor's, from YUYV to JPEG; imagescript's is elapsed, from RGBA.",
  };
}

function withValues(args: readonly string[], values: Readonly<Record<string, string>>): string[] {
  return args.map((arg, i) => values[args[i - 1] ?? ""] ?? arg);
}

async function both(scene: Scene, quality: number): Promise<[Result, Result]> {
  return [await byImagescript(scene, quality), await byFfmpeg(scene, ffmpegQuality(quality))];
}

async function byImagescript(scene: Scene, quality: number): Promise<Result> {
  const picture = { data: scene.rgba, width: WIDTH, height: HEIGHT };
  await Deno.writeFile(`${folder}/x.jpg`, await encodeJpeg(picture, quality));
  return await compareWith(scene);
}

async function byFfmpeg(scene: Scene, args: readonly string[]): Promise<Result> {
  await ffmpeg([...YUYV, "-i", scene.path, ...encoder(args), "-f", "mjpeg", `${folder}/x.jpg`]);
  return await compareWith(scene);
}

function encoder(args: readonly string[]): string[] {
  return ["-c:v", "mjpeg", "-threads", "1", ...args];
}

/** In the camera's own sampling, so that neither gains by a finer or coarser one. */
async function compareWith({ path }: Scene): Promise<Result> {
  const filters = [
    "[0]format=yuvj422p,split[a][b]",
    "[1]format=yuvj422p,split[c][d]",
    "[c][a]psnr",
    "[d][b]ssim",
  ];
  const inputs = [...YUYV, "-i", path, "-i", `${folder}/x.jpg`];
  const said = await ffmpeg([...inputs, "-lavfi", filters.join(";"), "-f", "null", "-"]);
  const found = (pattern: RegExp): [number, number] => {
    const [, luma, all] = said.match(pattern) ?? [];
    return [Number(luma), Number(all)];
  };
  return {
    bytes: (await Deno.stat(`${folder}/x.jpg`)).size,
    psnr: found(/PSNR y:([0-9.]+).* average:([0-9.]+)/),
    ssim: found(/SSIM Y:([0-9.]+).* All:([0-9.]+)/),
  };
}

/** The difference of a long and a short run, so that starting up doesn't count. */
async function millisecondsEach(
  scenes: readonly Scene[],
  args: readonly string[],
): Promise<number> {
  const seconds = async (rounds: number): Promise<number> => {
    let total = 0;
    for (const { path } of scenes) {
      const input = ["-benchmark", "-stream_loop", String(rounds - 1), ...YUYV, "-i", path];
      const said = await ffmpeg([...input, ...encoder(args), "-f", "null", "-"]);
      const [, user, system] = said.match(/utime=([0-9.]+)s stime=([0-9.]+)s/) ?? [];
      total += Number(user) + Number(system);
    }
    return total;
  };
  return (await seconds(ROUNDS + 1) - await seconds(1)) * 1000 / (ROUNDS * scenes.length);
}

async function imagescriptMilliseconds({ rgba }: Scene): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < ROUNDS; i++) {
    await encodeJpeg({ data: rgba, width: WIDTH, height: HEIGHT }, QUALITY);
  }
  return (performance.now() - start) / ROUNDS;
}

function meanOf(results: readonly Result[]): Result {
  const over = (of: (result: Result) => number): number => mean(results.map(of));
  return {
    bytes: over(({ bytes }) => bytes),
    psnr: [over(({ psnr }) => psnr[0]), over(({ psnr }) => psnr[1])],
    ssim: [over(({ ssim }) => ssim[0]), over(({ ssim }) => ssim[1])],
  };
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

async function ffmpeg(args: readonly string[]): Promise<string> {
  const { success, stderr } = await new Deno.Command("ffmpeg", {
    args: ["-hide_banner", "-nostdin", "-nostats", "-y", ...args],
    stdin: "null",
  }).output();
  const said = new TextDecoder().decode(stderr);
  if (!success) throw new Error(`Cannot measure: ffmpeg ${args.join(" ")} said: ${said}`);
  return said;
}

function print({ title, head, rows, note }: Table): void {
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  console.log([`## ${title}`, "", ...lines, "", note, ""].join("\n"));
}
