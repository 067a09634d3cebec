import { assertEquals, assertLess, assertLessOrEqual, assertRejects } from "@std/assert";
import { FittingEncoder } from "../../../lib/encoder/jpeg/fitting_encoder.ts";
import { encodeJpeg } from "../../../lib/jpeg/imagescript/encode_jpeg.ts";
import { type Frame, FramePool } from "../../../lib/frame/frame.ts";
import { noise } from "../../testutil/picture/noise.ts";
import { testWith } from "../../testutil/needs.ts";
import { jpegFrame } from "../frames.ts";

const SIZE = { width: 320, height: 240 };

function noiseFrame(): Frame {
  return new FramePool().frame(noise(SIZE), { ...SIZE, timestamp: 1 });
}

async function noiseJpeg(): Promise<Frame> {
  return jpegFrame(await encodeJpeg({ data: noise(SIZE), ...SIZE }, 90), SIZE);
}

function create({ maxBytes, ffmpeg = "ffmpeg" }: { maxBytes: number; ffmpeg?: string }) {
  return new FittingEncoder({ maxBytes, defaultQuality: () => 80, ffmpeg });
}

/** How often the first component, which is brightness, is sampled for each colour (ITU T.81, B.2.2). */
function samplingOf(jpeg: Uint8Array): number | undefined {
  const hex = jpeg.toHex();
  const at = hex.search(/ffc0001108/) / 2;
  return jpeg[at + 11];
}

testWith(
  ["ffmpeg"],
  "FittingEncoder takes colours' resolution first, and keeps the size",
  async () => {
    const whole = await encodeJpeg({ data: noise(SIZE), ...SIZE }, 80);
    for (const frame of [noiseFrame(), await noiseJpeg()]) {
      const encoder = create({ maxBytes: 0.95 * whole.length });
      const { data, width, height } = await encoder.encode(frame);
      await encoder.stop();
      assertLess(data.length, 0.95 * whole.length);
      assertEquals([width, height, samplingOf(data)], [320, 240, 0x22]);
    }
  },
);

testWith(["ffmpeg"], "FittingEncoder makes pictures fit, whatever they come as", async () => {
  for (const maxBytes of [50_000, 20_000, 5000]) {
    for (const frame of [noiseFrame(), await noiseJpeg()]) {
      const encoder = create({ maxBytes });
      const { data } = await encoder.encode(frame);
      await encoder.stop();
      assertLessOrEqual(data.length, maxBytes);
    }
  }
});

Deno.test("FittingEncoder makes pixels fit without an ffmpeg", async () => {
  const encoder = create({ maxBytes: 20_000, ffmpeg: "/nowhere/ffmpeg" });
  const pictures = await Promise.all([encoder.encode(noiseFrame()), encoder.encode(noiseFrame())]);
  for (const { data } of pictures) assertLessOrEqual(data.length, 20_000);
  await assertRejects(async () => await encoder.encode(await noiseJpeg()));
  await encoder.stop();
});

Deno.test("FittingEncoder gives pictures back what they have lost when they are calm", async () => {
  const encoder = create({ maxBytes: 20_000, ffmpeg: "/nowhere/ffmpeg" });
  const small = await encoder.encode(noiseFrame());
  const black = new Uint8Array(SIZE.width * SIZE.height * 4);
  const calm = new FramePool().frame(black, { ...SIZE, timestamp: 1 });
  let width = small.width;
  for (let i = 0; i < 1000 && width < SIZE.width; i++) ({ width } = await encoder.encode(calm));
  assertEquals(width, SIZE.width);
  await encoder.stop();
});
