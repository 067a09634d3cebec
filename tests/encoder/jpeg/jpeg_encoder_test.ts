import { assert, assertEquals, assertGreater, assertStrictEquals } from "@std/assert";
import type { RenditionShape } from "../../../lib/encoder/encoder.ts";
import { JpegEncoder } from "../../../lib/encoder/jpeg/jpeg_encoder.ts";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { testWith } from "../../testutil/needs.ts";
import { drawFrame, drawJpegFrame, scalersTo } from "../frames.ts";

function createEncoder(shape: Partial<RenditionShape> = {}, ffmpeg = "ffmpeg"): JpegEncoder {
  const defaultQuality = (): number => 80;
  return new JpegEncoder({ quality: null, width: null, ...shape, defaultQuality, ffmpeg });
}

Deno.test("JpegEncoder encodes pixels at the width that is asked for", async (t) => {
  const frame = drawFrame(60, 40);
  const cases: [number | null, number, number][] = [
    [null, 60, 40],
    [16, 16, 11],
    [59, 59, 39],
    [60, 60, 40],
    [61, 60, 40],
    [8192, 60, 40],
  ];
  for (const [width, ...size] of cases) {
    await t.step(String(width), async () => {
      const jpeg = jpegSize((await createEncoder({ width }).encode(frame)).data);
      assertEquals([jpeg?.width, jpeg?.height], size);
    });
  }
});

Deno.test("JpegEncoder takes the default quality where none is asked for", async () => {
  const frame = drawFrame(60, 40);
  const own = await createEncoder().encode(frame);
  assertEquals(await createEncoder({ quality: 80 }).encode(frame), own);
  const worst = await createEncoder({ quality: 0 }).encode(frame);
  assertGreater(own.data.length, worst.data.length);
});

Deno.test("JpegEncoder passes JPEG on as it is where that will do", async () => {
  const frame = await drawJpegFrame(60, 40);
  for (const width of [null, 60, 61, 8192]) {
    const picture = await createEncoder({ width }, "/no/such/ffmpeg").encode(frame);
    assertStrictEquals(picture.data, frame.data);
  }
});

testWith(
  ["ffmpeg"],
  "JpegEncoder makes other JPEG files through ffmpeg, and stops it",
  async () => {
    const frame = await drawJpegFrame(60, 40);
    const narrow = createEncoder({ width: 31 });
    const poor = createEncoder({ quality: 5 });
    const [small, bad] = await Promise.all([narrow.encode(frame), poor.encode(frame)]);
    assertEquals([small.width, bad.width], [31, 60]);
    assertGreater(frame.data.length, bad.data.length);
    await Promise.all([narrow.stop(), poor.stop()]);
    if (Deno.build.os === "linux") assertEquals(await scalersTo(31), []);
    assert((await narrow.encode(frame)).data.length > 0, "and it begins again");
    await narrow.stop();
    await narrow.stop();
    if (Deno.build.os === "linux") assertEquals(await scalersTo(31), []);
  },
);

testWith(["ffmpeg"], "JpegEncoder keeps to its width when the camera's changes", async () => {
  const encoder = createEncoder({ quality: 50, width: 40 });
  const widths = [];
  for (const width of [30, 60, 20, 90]) {
    const { data } = await encoder.encode(await drawJpegFrame(width, 20));
    widths.push(jpegSize(data)?.width);
  }
  assertEquals(widths, [30, 40, 20, 40]);
  await encoder.stop();
});

Deno.test("JpegEncoder.stop() waits for pixels that are being encoded", async (t) => {
  const cases = { "as they come": null, "scaled before": 320 };
  for (const [name, width] of Object.entries(cases)) {
    await t.step(name, async () => {
      const encoder = createEncoder({ width });
      let done = 0;
      const encodings = [drawFrame(1280, 720), drawFrame(640, 480)].map(async (frame) => {
        await Promise.allSettled([encoder.encode(frame)]);
        done++;
      });
      await encoder.stop();
      // Native code reads a frame's memory until then.
      assertEquals(done, 2);
      await Promise.all(encodings);
    });
  }
});
