import { assert, assertEquals, assertLess } from "@std/assert";
import { FramePool } from "../../../lib/frame/frame.ts";
import { decode } from "../../h264/video.ts";
import { testWith } from "../../testutil/needs.ts";
import { createEncoder, ENCODER, fileOf, frames } from "./h264_bench.ts";

testWith(
  ENCODER,
  "H264Encoder makes one picture of each frame, in order",
  async (t) => {
    for (const format of ["rgba", "jpeg"] as const) {
      await t.step(format, async () => {
        const encoder = createEncoder();
        const given = await frames(30, { format });
        const begun = performance.now();
        const made = await Promise.all(
          given.map((frame) => encoder.encode(frame)),
        );
        assertEquals(
          made.map(({ sequence, timestamp }) => [sequence, timestamp]),
          given.map(({ sequence, timestamp }) => [sequence, timestamp]),
        );
        const [first, ...others] = made.map(({ isKey }) => isKey);
        assertEquals(first, true);
        // One a second: a busy machine takes some for all of them.
        const seconds = (performance.now() - begun) / 1000;
        assertLess(others.filter(Boolean).length, 1 + seconds);
        const decoded = await decode(await fileOf(made));
        assertEquals(decoded, {
          frames: 30,
          width: 160,
          height: 120,
          complaints: "",
        });
        await encoder.stop();
      });
    }
  },
);

testWith(
  ENCODER,
  "H264Encoder gives each picture before the next frame comes",
  async () => {
    const encoder = createEncoder();
    for (const frame of await frames(5, { format: "jpeg" })) {
      await encoder
        .encode(frame);
    }
    await encoder.stop();
  },
);

testWith(
  ENCODER,
  "H264Encoder makes pictures of any size, cut to even sides",
  async (t) => {
    const cases: [
      from: [number, number],
      width: number | null,
      to: [number, number],
    ][] = [
      [[161, 121], null, [160, 120]],
      [[162, 122], null, [162, 122]],
      [[160, 121], null, [160, 120]],
      [[160, 120], 81, [80, 60]],
      [[160, 120], 1000, [160, 120]],
      [[50, 333], 17, [16, 112]],
      [[16, 16], null, [16, 16]],
    ];
    for (const format of ["rgba", "jpeg"] as const) {
      for (const [[width, height], narrower, to] of cases) {
        await t.step(
          `${format} ${width}x${height} to ${to.join("x")}`,
          async () => {
            const encoder = createEncoder({ width: narrower });
            const made = [];
            for (const frame of await frames(2, { width, height, format })) {
              made.push(await encoder.encode(frame));
            }
            assertEquals(made.map(({ width, height }) => [width, height]), [
              to,
              to,
            ]);
            const { complaints, ...decoded } = await decode(await fileOf(made));
            assertEquals(complaints, "");
            assertEquals([decoded.width, decoded.height], to);
            await encoder.stop();
          },
        );
      }
    }
  },
);

testWith(
  ENCODER,
  "H264Encoder goes on with frames of another size and quality",
  async () => {
    let quality = 80;
    const encoder = createEncoder({ defaultQuality: () => quality });
    const pool = new FramePool();
    const [first] = await frames(1, { pool });
    const [wide] = await frames(1, { width: 200, pool });
    assert(first && wide);
    const before = await encoder.encode(first);
    const after = await encoder.encode(wide);
    assertEquals([before.width, after.width], [160, 200]);
    assertEquals([before.isKey, after.isKey], [true, true]);
    assert(before.config !== after.config);
    quality = 5;
    const worse = await encoder.encode(wide);
    assertLess(worse.data.length, after.data.length);
    await encoder.stop();
  },
);

testWith(
  ENCODER,
  "H264Encoder has a key frame a second, whatever the rate",
  async () => {
    const encoder = createEncoder();
    const keys: number[] = [];
    const began = performance.now();
    for (const frame of await frames(26)) {
      const { isKey } = await encoder.encode(frame);
      if (isKey) keys.push(Math.round((performance.now() - began) / 100) / 10);
      // Ten a second, or fewer on a busy machine.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await encoder.stop();
    assert(keys.length >= 3, `key frames at ${keys}`);
  },
);
