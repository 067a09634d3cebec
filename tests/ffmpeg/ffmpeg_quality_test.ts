import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
  assertThrows,
} from "@std/assert";
import { ffmpegQuality } from "../../lib/ffmpeg/ffmpeg_quality.ts";
import { type Bitmap, encodeJpeg } from "../../lib/jpeg/imagescript/encode_jpeg.ts";
import { jpegSize } from "../../lib/jpeg/jpeg_size.ts";
import { testWith } from "../testutil/needs.ts";
import { createRandom } from "../testutil/random.ts";

const QUALITIES = Array.from({ length: 101 }, (_, quality) => quality);

function valueOf(option: string, args: readonly string[]): string {
  const at = args.indexOf(option);
  assert(at !== -1 && at === args.lastIndexOf(option), `${option} must be there once`);
  return args[at + 1] ?? "";
}

function table(option: string, quality: number): number[] {
  return valueOf(option, ffmpegQuality(quality)).split(",").map(Number);
}

for (const option of ["-intra_matrix", "-chroma_intra_matrix"]) {
  Deno.test(`ffmpegQuality() gives 64 steps that a baseline JPEG can hold in ${option}`, () => {
    for (const quality of QUALITIES) {
      const steps = table(option, quality);
      assertEquals(steps.length, 64);
      assert(steps.every((step) => Number.isInteger(step) && step >= 1 && step <= 255));
    }
    assertEquals(new Set(table(option, 100)), new Set([1]));
  });
}

Deno.test("ffmpegQuality() makes no step coarser and some finer for a higher quality", () => {
  for (const quality of QUALITIES.slice(1)) {
    const [lower, steps] = [quality - 1, quality].map((
      quality,
    ) => [...table("-intra_matrix", quality), ...table("-chroma_intra_matrix", quality)]);
    assert(lower !== undefined && steps !== undefined);
    assert(steps.every((step, i) => step <= (lower[i] ?? 0)), `at ${quality}`);
    // 0 is 1, and at 2 all steps are still at 255.
    if (quality > 2) assertLess(sum(steps), sum(lower), `at ${quality}`);
  }
});

Deno.test("ffmpegQuality() changes nothing but the steps", () => {
  const [at80, at20] = [ffmpegQuality(80), ffmpegQuality(20)];
  assertEquals(at80.filter((_, i) => at80[i] !== at20[i]).length, 2);
  assertEquals(valueOf("-pix_fmt", at80), "yuvj422p");
  assertEquals(valueOf("-q:v", at80), "8");
});

Deno.test("ffmpegQuality() takes 0 for 1, as imagescript does", () => {
  assertEquals(ffmpegQuality(0), ffmpegQuality(1));
});

Deno.test("ffmpegQuality() refuses what imagescript's encoder refuses", async (t) => {
  for (const quality of [-1, 101, 79.5, NaN, Infinity]) {
    await t.step(String(quality), () => {
      assertThrows(() => ffmpegQuality(quality), RangeError, `0 to 100, got ${quality}`);
    });
  }
});

testWith(["ffmpeg"], "ffmpegQuality() gives pictures as large as imagescript's", async (t) => {
  const scene = TEXTURED;
  for (const quality of [30, 50, 80, 90]) {
    await t.step(String(quality), async () => {
      const { length } = await encode(RGBA, scene.data, quality);
      const wanted = (await encodeJpeg(scene, quality)).length;
      assertGreater(length, 0.75 * wanted);
      assertLess(length, 1.25 * wanted);
    });
  }
});

testWith(["ffmpeg"], "ffmpegQuality() gives larger pictures for higher qualities", async () => {
  const scene = TEXTURED;
  let last = 0;
  for (const quality of [0, 10, 20, 30, 40, 50, 60, 70, 80, 85, 90, 95, 98, 99, 100]) {
    const jpeg = await encode(RGBA, scene.data, quality);
    assertEquals(jpegSize(jpeg), { width: WIDTH, height: HEIGHT });
    assertEquals((await decode(jpeg)).length, WIDTH * HEIGHT);
    assertGreater(jpeg.length, last, `at ${quality}`);
    last = jpeg.length;
  }
});

testWith(
  ["ffmpeg"],
  "ffmpegQuality() gives tables that the encoder takes as they are",
  async () => {
    for (const quality of [0, 1, 10, 50, 80, 99, 100]) {
      const jpeg = await encode(RGBA, TEXTURED.data, quality);
      // The encoder's first step, for the mean of a block, is always 8.
      const wanted = ["-intra_matrix", "-chroma_intra_matrix"]
        .map((option) => [8, ...table(option, quality).slice(1)].sort(ascending));
      const found = tablesOf(jpeg).map((steps) => steps.sort(ascending));
      // Two tables that are the same are written once.
      assertEquals(found, wanted.slice(0, found.length));
      assertEquals(wanted.at(-1), found.at(-1));
    }
  },
);

testWith(["ffmpeg"], "ffmpegQuality() keeps black black and white white", async (t) => {
  const limited = greyRamp(16, 235);
  const jpeg = await encode(["rawvideo", "-pix_fmt", "gray"], greyRamp(0, 255), 100);
  const cases = [
    ["limited YUYV", ["rawvideo", "-pix_fmt", "yuyv422"], interleaved(limited)],
    ["limited 4:2:2", ["rawvideo", "-pix_fmt", "yuv422p"], withGreyChroma(limited, 1)],
    ["limited 4:2:0", ["rawvideo", "-pix_fmt", "yuv420p"], withGreyChroma(limited, 1 / 2)],
    ["full-range MJPEG", ["image2pipe", "-c:v", "mjpeg"], jpeg],
  ] as const;
  for (const [name, input, bytes] of cases) {
    await t.step(name, async () => {
      const row = (await decode(await encode(input, bytes, 80))).subarray(0, WIDTH);
      assertLessOrEqual(row[0] ?? NaN, 2);
      assertAlmostEquals(row[WIDTH / 2] ?? NaN, 128, 2);
      assertGreaterOrEqual(row[WIDTH - 1] ?? NaN, 253);
    });
  }
});

const WIDTH = 640;
const HEIGHT = 360;
const RGBA = ["rawvideo", "-pix_fmt", "rgba"];

/** Colours that run into each other, edges, a fine weave and the noise of a sensor. */
function texturedScene(): Bitmap {
  const { below } = createRandom(80);
  const data = new Uint8Array(WIDTH * HEIGHT * 4);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const weave = x < WIDTH / 2 ? 24 * Math.sin(x / 2) * Math.cos(y / 3) : 0;
      const tile = (x >> 6) + (y >> 6) & 1 ? 30 : -30;
      const light = 128 + weave + tile + below(13) - 6;
      const red = 30 * Math.sin(x / 90);
      const blue = 30 * Math.cos(y / 70);
      const at = (y * WIDTH + x) * 4;
      data[at] = light + red;
      data[at + 1] = light - (red + blue) / 2;
      data[at + 2] = light + blue;
      data[at + 3] = 255;
    }
  }
  return { data, width: WIDTH, height: HEIGHT };
}

const TEXTURED = texturedScene();

/** From left to right. */
function greyRamp(from: number, to: number): Uint8Array {
  const level = (i: number) => Math.round(from + (to - from) * (i % WIDTH) / (WIDTH - 1));
  return Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => level(i));
}

function interleaved(luma: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: luma.length * 2 }, (_, i) => i % 2 ? 128 : luma[i >> 1] ?? 0);
}

function withGreyChroma(luma: Uint8Array, share: number): Uint8Array {
  const planes = new Uint8Array(luma.length * (1 + share)).fill(128);
  planes.set(luma);
  return planes;
}

/** A picture as our arguments make it. */
async function encode(
  input: readonly string[],
  bytes: Uint8Array,
  quality: number,
): Promise<Uint8Array> {
  const output = ["-c:v", "mjpeg", "-threads", "1", ...ffmpegQuality(quality), "-f", "mjpeg"];
  return await ffmpeg(bytes, ["-f", ...sized(input), "-i", "pipe:0", ...output, "pipe:1"]);
}

function sized(input: readonly string[]): readonly string[] {
  return input[0] === "rawvideo" ? [...input, "-video_size", `${WIDTH}x${HEIGHT}`] : input;
}

/** The grey levels of a JPEG, 0 to 255, by its default decoder. */
async function decode(jpeg: Uint8Array): Promise<Uint8Array> {
  const input = ["-f", "image2pipe", "-c:v", "mjpeg", "-i", "pipe:0"];
  return await ffmpeg(jpeg, [...input, "-pix_fmt", "gray", "-f", "rawvideo", "pipe:1"]);
}

async function ffmpeg(bytes: Uint8Array, args: readonly string[]): Promise<Uint8Array> {
  const child = new Deno.Command("ffmpeg", {
    args: ["-hide_banner", "-loglevel", "error", ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const sent = new Blob([Uint8Array.from(bytes)]).stream().pipeTo(child.stdin);
  const { success, stdout, stderr } = await child.output();
  await sent;
  assert(success, new TextDecoder().decode(stderr));
  return stdout;
}

/** The quantisation tables of a JPEG, in the file's order. */
function tablesOf(jpeg: Uint8Array): number[][] {
  const view = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.length);
  const tables: number[][] = [];
  for (let at = 2; view.getUint16(at) !== 0xffda; at += 2 + view.getUint16(at + 2)) {
    if (view.getUint16(at) !== 0xffdb) continue;
    const end = at + 2 + view.getUint16(at + 2);
    for (let from = at + 5; from < end; from += 65) {
      tables.push([...jpeg.subarray(from, from + 64)]);
    }
  }
  return tables;
}

function ascending(a: number, b: number): number {
  return a - b;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
