import { assertEquals, assertLess } from "@std/assert";
import { ffmpegVersion } from "../../lib/ffmpeg/ffmpeg_version.ts";
import { PictureDecoder } from "../../lib/ffmpeg/picture_decoder.ts";
import { FramePool } from "../../lib/frame/frame.ts";
import { drawJpeg } from "../jpeg/jpegs.ts";
import { testWith } from "../testutil/needs.ts";
import { concat } from "./output/bordered_stream.ts";

/** Much longer than anything here takes. */
const LIMIT_MS = 120_000;
const SIZE = { width: 128, height: 96 };

testWith(
  ["ffmpeg"],
  "PictureDecoder leaves out damaged pictures at once, and goes on",
  async (t) => {
    const whole = await drawJpeg(SIZE.width, SIZE.height, 1);
    const middle = whole.length >> 1;
    const damaged = concat([whole.subarray(0, middle), whole.subarray(middle + 500)]);
    for (const encoder of ["imagescript", "ffmpeg"] as const) {
      await t.step(encoder, async () => {
        const version = await ffmpegVersion("ffmpeg");
        const pool = new FramePool();
        const capture = { quality: 80, rotate: "0", flip: undefined } as const;
        const options = { ...capture, ffmpeg: "ffmpeg", version, encoder, pool, limitMs: LIMIT_MS };
        await using decoder = new PictureDecoder(options);
        let timestamp = 0;
        for (const jpeg of [whole, damaged, whole, whole, damaged, whole]) {
          const begun = performance.now();
          const frame = await decoder.decode({ ...SIZE, jpeg, timestamp: ++timestamp });
          assertEquals(frame?.timestamp, jpeg === whole ? timestamp : undefined);
          frame?.release();
          assertLess(performance.now() - begun, LIMIT_MS / 2, "it isn't waited for");
        }
      });
    }
  },
);

testWith(["ffmpeg"], "PictureDecoder.close() waits for an end that is under way", async () => {
  const version = await ffmpegVersion("ffmpeg");
  const pool = new FramePool();
  const decoder = new PictureDecoder({ ffmpeg: "ffmpeg", version, encoder: "imagescript", pool });
  const jpeg = await drawJpeg(SIZE.width, SIZE.height);
  (await decoder.decode({ ...SIZE, jpeg, timestamp: 1 }))?.release();
  const order: string[] = [];
  const first = decoder.close().then(() => order.push("first"));
  await decoder.close();
  order.push("second");
  await first;
  assertEquals(order, ["first", "second"]);
});
