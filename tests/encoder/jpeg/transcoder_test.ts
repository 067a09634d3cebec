import { assert, assertEquals, assertGreater, assertLess, assertRejects } from "@std/assert";
import { Transcoder } from "../../../lib/encoder/jpeg/transcoder.ts";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { decodeJpeg } from "../../jpeg/jpegs.ts";
import { eventually } from "../../testutil/eventually.ts";
import { testWith } from "../../testutil/needs.ts";
import { drawJpegFrame, jpegFrame, scalersTo } from "../frames.ts";

const LINUX = Deno.build.os === "linux";

function createTranscoder({ width = null as number | null, quality = 80 } = {}): Transcoder {
  return new Transcoder({ ffmpeg: "ffmpeg", width, quality });
}

/** The mean of all colours of a picture. */
async function meanOf(jpeg: Uint8Array): Promise<number> {
  const { data } = await decodeJpeg(jpeg);
  return data.reduce((sum, value) => sum + value, 0) / data.length;
}

testWith(["ffmpeg"], "Transcoder makes pictures of exactly the width", async (t) => {
  const cases: [width: number | null, number, number][] = [
    [16, 16, 12],
    [101, 101, 76],
    [159, 159, 119],
    [160, 160, 120],
    [161, 160, 120],
    [null, 160, 120],
  ];
  const frame = await drawJpegFrame(160, 120);
  for (const [width, ...size] of cases) {
    await t.step(String(width), async () => {
      await using transcoder = createTranscoder({ width });
      const made = jpegSize(await transcoder.transcode(frame));
      assertEquals([made?.width, made?.height], size);
    });
  }
});

testWith(["ffmpeg"], "Transcoder makes the picture that it was given", async () => {
  await using transcoder = createTranscoder({ width: 80, quality: 90 });
  for (const seed of [1, 2, 3]) {
    const frame = await drawJpegFrame(160, 120, seed);
    const made = await transcoder.transcode(frame);
    assertLess(Math.abs(await meanOf(made) - await meanOf(frame.data)), 4);
  }
});

testWith(["ffmpeg"], "Transcoder keeps the order of what it is given at once", async () => {
  await using transcoder = createTranscoder({ width: 48 });
  const frames = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => drawJpegFrame(96, 64, seed)));
  const done: number[] = [];
  const made = await Promise.all(frames.map(async (frame, i) => {
    const jpeg = await transcoder.transcode(frame);
    done.push(i);
    return jpeg;
  }));
  assertEquals(done, [0, 1, 2, 3, 4, 5]);
  for (const [i, jpeg] of made.entries()) {
    const source = await meanOf(frames[i]?.data ?? jpeg);
    assertLess(Math.abs(await meanOf(jpeg) - source), 4, `picture ${i}`);
  }
});

testWith(["ffmpeg"], "Transcoder makes smaller files of a lower quality", async () => {
  const frame = await drawJpegFrame(160, 120);
  const sizes = [];
  for (const quality of [0, 30, 60, 95]) {
    await using transcoder = createTranscoder({ quality });
    sizes.push((await transcoder.transcode(frame)).length);
  }
  assertEquals(sizes, sizes.toSorted((a, b) => a - b));
  assertGreater(sizes[3] ?? 0, 2 * (sizes[0] ?? 0));
});

testWith(["ffmpeg"], "Transcoder goes on with pictures of another size", async () => {
  await using transcoder = createTranscoder({ width: 40 });
  const sizes = [];
  for (const [width, height] of [[80, 60], [80, 60], [80, 40], [20, 10], [80, 60]] as const) {
    const made = jpegSize(await transcoder.transcode(await drawJpegFrame(width, height)));
    sizes.push([made?.width, made?.height]);
  }
  assertEquals(sizes, [[40, 30], [40, 30], [40, 20], [20, 10], [40, 30]]);
});

testWith(["ffmpeg"], "Transcoder has one ffmpeg at a time", async () => {
  if (!LINUX) return;
  await using transcoder = createTranscoder({ width: 47 });
  for (const height of [60, 60, 40, 60]) {
    await transcoder.transcode(await drawJpegFrame(80, height));
    assertEquals((await scalersTo(47)).length, 1);
  }
});

testWith(["ffmpeg"], "Transcoder rejects what is no picture, and goes on", async () => {
  await using transcoder = createTranscoder({ width: 40 });
  const size = { width: 80, height: 60 };
  const whole = await drawJpegFrame(80, 60);
  const garbage = jpegFrame(new Uint8Array(500).fill(7), size);
  await transcoder.transcode(whole);
  await assertRejects(() => transcoder.transcode(garbage), Error, "Cannot encode picture");
  assertEquals(jpegSize(await transcoder.transcode(whole))?.width, 40);
  await assertRejects(() => transcoder.transcode(jpegFrame(new Uint8Array(), size)), Error);
  assertEquals(jpegSize(await transcoder.transcode(whole))?.width, 40);
});

testWith(["ffmpeg"], "Transcoder makes what it can of a picture that is damaged", async () => {
  await using transcoder = createTranscoder({ width: 40 });
  const { data } = await drawJpegFrame(80, 60);
  const size = { width: 80, height: 60 };
  const cut = Uint8Array.of(...data.subarray(0, Math.round(data.length * 0.7)), 0xff, 0xd9);
  const noisy = data.map((byte, i) => i > data.length * 0.6 && i % 50 === 0 ? byte ^ 0x15 : byte);
  for (const damaged of [cut, noisy]) {
    const made = await transcoder.transcode(jpegFrame(damaged, size));
    assertEquals(jpegSize(made), { width: 40, height: 30 });
  }
});

testWith(["ffmpeg"], "Transcoder goes on when its ffmpeg is killed", async () => {
  if (!LINUX) return;
  await using transcoder = createTranscoder({ width: 41 });
  const frame = await drawJpegFrame(80, 60);
  await transcoder.transcode(frame);
  const [pid] = await scalersTo(41);
  assert(pid);
  Deno.kill(pid, "SIGKILL");
  await eventually(() => transcoder.transcode(frame).catch(() => undefined));
});

Deno.test("Transcoder says so when ffmpeg isn't there, each time", async () => {
  await using transcoder = new Transcoder({ ffmpeg: "/no/such/ffmpeg", width: 40, quality: 80 });
  const frame = await drawJpegFrame(80, 60);
  for (let i = 0; i < 3; i++) await assertRejects(() => transcoder.transcode(frame));
});

testWith(["ffmpeg"], "Transcoder takes an ffmpeg that is there later", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const ffmpeg = `${directory}/ffmpeg`;
    await using transcoder = new Transcoder({ ffmpeg, width: 40, quality: 80 });
    const frame = await drawJpegFrame(80, 60);
    await assertRejects(() => transcoder.transcode(frame));
    await Deno.writeTextFile(ffmpeg, '#!/bin/sh\nexec ffmpeg "$@"\n', { mode: 0o755 });
    assertEquals(jpegSize(await transcoder.transcode(frame))?.width, 40);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

testWith(["ffmpeg"], "Transcoder.close() ends its ffmpeg, whatever it is at", async (t) => {
  if (!LINUX) return;
  const [first, second] = [await drawJpegFrame(640, 480), await drawJpegFrame(320, 240)];
  for (const ticks of [0, 1, 2, 3, 5, 10, 30]) {
    await t.step(`after ${ticks} ms`, async () => {
      const transcoder = createTranscoder({ width: 43 });
      // Another size has another ffmpeg started.
      const all = [first, second, first].map((frame) => transcoder.transcode(frame));
      const settled = Promise.allSettled(all);
      // This stops it, whatever it is doing by then.
      await new Promise((resolve) => setTimeout(resolve, ticks));
      await transcoder.close();
      await transcoder.close();
      await settled;
      assertEquals(await scalersTo(43), []);
      await assertRejects(() => transcoder.transcode(first), Error, "its last viewer has left");
    });
  }
});

Deno.test("Transcoder.close() needs no start", async () => {
  const transcoder = createTranscoder();
  await transcoder.close();
  await transcoder[Symbol.asyncDispose]();
});

testWith(
  ["ffmpeg"],
  "Transcoder starts no ffmpeg for each of many pictures that none can read",
  async () => {
    const directory = await Deno.makeTempDir();
    try {
      const ffmpeg = `${directory}/ffmpeg`;
      const count = `${directory}/count`;
      const script = `#!/bin/sh\necho "$*" >> ${count}\nexec ffmpeg "$@"\n`;
      await Deno.writeTextFile(ffmpeg, script, { mode: 0o755 });
      await using transcoder = new Transcoder({ ffmpeg, width: 44, quality: 80 });
      const garbage = jpegFrame(new Uint8Array(500).fill(7), { width: 80, height: 60 });
      const begun = performance.now();
      for (let i = 0; i < 100; i++) await assertRejects(() => transcoder.transcode(garbage), Error);
      const seconds = (performance.now() - begun) / 1000;
      const calls = (await Deno.readTextFile(count)).trim().split("\n");
      assertEquals(calls.filter((each) => each === "-version").length, 1);
      // Five, one a second, and the question for the version.
      assertLess(calls.length, 8 + seconds);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

testWith(["ffmpeg"], "Transcoder.close() waits for an end that is under way", async () => {
  const transcoder = createTranscoder({ width: 48 });
  await transcoder.transcode(await drawJpegFrame(96, 64));
  const order: string[] = [];
  const first = transcoder.close().then(() => order.push("first"));
  await transcoder.close();
  order.push("second");
  await first;
  assertEquals(order, ["first", "second"]);
});
