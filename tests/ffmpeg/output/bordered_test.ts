import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { getEventListeners } from "node:events";
import { FramePool } from "../../../lib/frame/frame.ts";
import { readBordered } from "../../../lib/ffmpeg/output/bordered.ts";
import {
  border,
  borderedFrame,
  bytesOf,
  byteStream,
  collect,
  concat,
  RecordingPool,
  rgbaPixels,
} from "./bordered_stream.ts";

const SIZES = [[1, 1], [5, 3], [2, 2]] as const;
const FRAMES = SIZES.map(([width, height], i) => borderedFrame(width, height, i));
const STREAM = concat(FRAMES);

function read(chunks: readonly Uint8Array[]): Promise<Awaited<ReturnType<typeof collect>>> {
  return collect(readBordered(byteStream(chunks).stream, { pool: new FramePool() }));
}

Deno.test("readBordered() yields size, pixels and number of each frame", async () => {
  const frames = await read([STREAM]);
  assertEquals(
    frames.map(({ width, height, sequence, pixels }) => ({ width, height, sequence, pixels })),
    SIZES.map(([width, height], i) => (
      { width, height, sequence: i + 1, pixels: rgbaPixels(width * height * 4, i) }
    )),
  );
});

Deno.test("readBordered() yields nothing when the stream is empty", async () => {
  assertEquals(await read([]), []);
});

Deno.test("readBordered() yields pictures that change their size, each with its own", async () => {
  const sizes = [[4, 4], [4, 4], [4, 7], [4, 2], [9, 2], [3, 8], [3, 8], [8, 3], [1, 1], [
    6,
    6,
  ]] as const;
  const frames = await read(sizes.map(([width, height], i) => borderedFrame(width, height, i)));
  assertEquals(
    frames.map(({ width, height, pixels }) => ({ width, height, pixels })),
    sizes.map(([width, height], i) => (
      { width, height, pixels: rgbaPixels(width * height * 4, i) }
    )),
  );
});

Deno.test("readBordered() throws TypeError when something else comes", async (t) => {
  const cases = {
    "PAM": ["P7\nWIDTH 2\n", "its pixels must be opaque, got 87"],
    "no border": [rgbaPixels(16, 0), "no border stands above it"],
    "transparency inside": [concat([border(2), rgbaPixels(8, 0), bytesOf("abcdefgh")]), "got 100"],
  } as const;
  for (const [name, [start, says]] of Object.entries(cases)) {
    await t.step(name, async () => {
      const bytes = typeof start === "string" ? bytesOf(start) : start;
      const { stream, isCancelled } = byteStream([bytes, STREAM]);
      const frames = collect(readBordered(stream, { pool: new FramePool() }));
      const error = await assertRejects(() => frames, TypeError);
      assertStringIncludes(error.message, says);
      assert(isCancelled());
    });
  }
});

Deno.test("readBordered() throws TypeError when a picture doesn't end", async (t) => {
  const cases = {
    "too wide": border(16_400),
    "too high": concat([border(1), rgbaPixels(4 * 16_400, 0)]),
    "zeros for ever": new Uint8Array(1e6),
  };
  for (const [name, bytes] of Object.entries(cases)) {
    await t.step(name, async () => {
      const pool = new RecordingPool();
      const frames = collect(readBordered(byteStream([bytes]).stream, { pool }));
      const error = await assertRejects(() => frames, TypeError);
      assertMatch(error.message, /Cannot read picture: it must end, got \d+x\d+ and more/);
      assertEquals(pool.taken, [], "nothing is allocated for it");
    });
  }
});

Deno.test("readBordered() tells the time when the row above a picture arrives", async () => {
  let clock = 1000;
  const top = Promise.withResolvers<void>();
  const pixels = Promise.withResolvers<void>();
  const now = () => {
    top.resolve();
    return clock;
  };
  const { stream } = byteStream([border(2), pixels.promise, rgbaPixels(8, 0), border(2)]);
  const frames = collect(readBordered(stream, { pool: new FramePool(), now }));
  await top.promise;
  clock = 5000;
  pixels.resolve();
  assertEquals((await frames).map(({ timestamp }) => timestamp), [1]);
});

Deno.test("readBordered() reads into the buffers of released frames", async () => {
  const pool = new RecordingPool();
  const ten = Array.from({ length: 10 }, (_, i) => borderedFrame(4, 4, i));
  await collect(readBordered(byteStream(ten).stream, { pool }));
  assertEquals(pool.taken.length, 10);
  assertEquals(pool.reused, 9, "all but the first");
});

Deno.test("readBordered() leaves the pixels of a held frame alone", async () => {
  const pool = new FramePool();
  const held = [];
  for await (const frame of readBordered(byteStream([STREAM, STREAM]).stream, { pool })) {
    held.push(frame.hold());
    frame.release();
  }
  const twice = [...SIZES, ...SIZES];
  for (const [i, { data }] of held.entries()) {
    const [width = 0, height = 0] = twice[i] ?? [];
    assertEquals(data, rgbaPixels(width * height * 4, i % SIZES.length));
  }
});

Deno.test("readBordered() cancels the stream when its reader stops early", async () => {
  const { stream, isCancelled } = byteStream([STREAM], { ends: false });
  for await (const frame of readBordered(stream, { pool: new FramePool() })) {
    assertEquals(frame.sequence, 1);
    break;
  }
  assert(isCancelled());
});

Deno.test("readBordered() yields nothing when its signal is aborted already", async () => {
  const { stream, isCancelled } = byteStream([STREAM], { ends: false });
  const signal = AbortSignal.abort();
  assertEquals(await collect(readBordered(stream, { pool: new FramePool(), signal })), []);
  assert(isCancelled());
});

Deno.test("readBordered() ends when its signal is aborted while it reads", async (t) => {
  const cuts = { "a border": 4, "the pixels": 6, "the next border": FRAMES[0]?.length ?? 0 };
  for (const [name, cut] of Object.entries(cuts)) {
    await t.step(name, async () => {
      const abort = new AbortController();
      const waits = Promise.withResolvers<void>();
      const start = STREAM.subarray(0, cut);
      // The second promise is asked for only once all bytes before it were taken.
      const never = { then: () => waits.resolve() } as unknown as Promise<void>;
      const { stream, isCancelled } = byteStream([start, never], { ends: false });
      const pool = new FramePool();
      const frames = collect(readBordered(stream, { pool, signal: abort.signal }));
      await waits.promise;
      abort.abort();
      assertEquals((await frames).length, name === "the next border" ? 1 : 0);
      assert(isCancelled());
      assertEquals(getEventListeners(abort.signal, "abort"), []);
    });
  }
});

Deno.test("readBordered() yields nothing more when its signal is aborted between two frames", async () => {
  const abort = new AbortController();
  const seen: number[] = [];
  const { stream, isCancelled } = byteStream([STREAM], { ends: false });
  for await (const frame of readBordered(stream, { pool: new FramePool(), signal: abort.signal })) {
    seen.push(frame.sequence);
    abort.abort();
  }
  assertEquals(seen, [1]);
  assert(isCancelled());
});

Deno.test("readBordered() leaves no listener on its signal when the stream ends", async () => {
  const { signal } = new AbortController();
  await collect(readBordered(byteStream([STREAM]).stream, { pool: new FramePool(), signal }));
  assertEquals(getEventListeners(signal, "abort"), []);
});

Deno.test("readBordered() passes on the failure of the stream", async () => {
  const failure = Promise.reject(new Error("pipe broken"));
  const { stream } = byteStream([STREAM.subarray(0, 90), failure]);
  await assertRejects(
    () => collect(readBordered(stream, { pool: new FramePool() })),
    Error,
    "pipe broken",
  );
});

Deno.test("readBordered() reads what a child process writes", async () => {
  const script = `
    const sizes = [[64, 48], [3, 5], [320, 240], [64, 48]];
    for (const [width, height] of sizes) {
      const pixels = new Uint8Array(width * height * 4).fill(width);
      for (let i = 3; i < pixels.length; i += 4) pixels[i] = 255;
      const border = new Uint8Array(width * 4);
      const all = new Uint8Array([...border, ...pixels, ...border]);
      for (let at = 0; at < all.length;) at += Deno.stdout.writeSync(all.subarray(at, at + 4999));
    }`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const frames = await collect(readBordered(child.stdout, { pool: new FramePool() }));
  assert((await child.status).success);
  assertEquals(
    frames.map(({ width, height }) => [width, height]),
    [[64, 48], [3, 5], [320, 240], [64, 48]],
  );
  for (const { width, pixels } of frames) {
    assert(pixels.every((byte, i) => byte === (i % 4 === 3 ? 255 : width % 256)));
  }
});

Deno.test("readBordered() lets a child process end when its reader stops early", async () => {
  const script = `
    const frame = new Uint8Array([${borderedFrame(1, 1)}]);
    try { while (true) Deno.stdout.writeSync(frame); } catch (error) {
      Deno.exit(error instanceof Deno.errors.BrokenPipe ? 3 : 4);
    }`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let frames = 0;
  for await (const frame of readBordered(child.stdout, { pool: new FramePool() })) {
    frame.release();
    if (++frames === 100) break;
  }
  assertEquals((await child.status).code, 3);
});
