import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { getEventListeners } from "node:events";
import { FramePool } from "../../lib/frame/frame.ts";
import { readPam } from "../../lib/ffmpeg/pam.ts";
import { MAX_PIXELS } from "../../lib/jpeg/shown_size.ts";
import {
  bytesOf,
  byteStream,
  collect,
  concat,
  pamFrame,
  pamHeader,
  pamPixels,
  RecordingPool,
} from "./pam_stream.ts";

const SIZES = [[1, 1], [5, 3], [2, 2]] as const;
const FRAMES = SIZES.map(([width, height], i) => pamFrame(width, height, i));
const STREAM = concat(FRAMES);

function read(chunks: readonly Uint8Array[]): Promise<Awaited<ReturnType<typeof collect>>> {
  return collect(readPam(byteStream(chunks).stream, { pool: new FramePool() }));
}

Deno.test("readPam() yields size, pixels and number of each frame", async () => {
  const frames = await read([STREAM]);
  assertEquals(
    frames.map(({ width, height, sequence, pixels }) => ({ width, height, sequence, pixels })),
    SIZES.map(([width, height], i) => (
      { width, height, sequence: i + 1, pixels: pamPixels(width * height * 4, i) }
    )),
  );
});

Deno.test("readPam() yields nothing when the stream is empty", async () => {
  assertEquals(await read([]), []);
});

Deno.test("readPam() takes comments and fields in any order", async (t) => {
  const headers = {
    "comments": "P7\n# made by hand\nWIDTH 2\n#\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\n" +
      "TUPLTYPE RGB_ALPHA\n# WIDTH 9\nENDHDR\n",
    "another order": "P7\nTUPLTYPE RGB_ALPHA\nMAXVAL 255\nDEPTH 4\nHEIGHT 1\nWIDTH 2\nENDHDR\n",
    "a comment that ends like a header": "P7\nWIDTH 2\nHEIGHT 1\n# ENDHD\nDEPTH 4\nMAXVAL 255\n" +
      "TUPLTYPE RGB_ALPHA\nENDHDR\n",
    "leading zeros": pamHeader("0002", "01"),
  };
  for (const [name, header] of Object.entries(headers)) {
    await t.step(name, async () => {
      const frames = await read([bytesOf(header), pamPixels(8, 3), pamFrame(1, 1)]);
      assertEquals(frames.map(({ width, height }) => [width, height]), [[2, 1], [1, 1]]);
      assertEquals(frames[0]?.pixels, pamPixels(8, 3));
    });
  }
});

Deno.test("readPam() throws TypeError when a header isn't one of RGBA", async (t) => {
  const good = pamHeader(2, 1);
  const headers = {
    "other magic": good.replace("P7", "P6"),
    "no width": good.replace("WIDTH 2\n", "#IDTH 2\n"),
    "no height": good.replace("HEIGHT 1\n", "# EIGHT 1\n"),
    "no depth": good.replace("DEPTH 4\n", "# PTH 4\n"),
    "no maximum": good.replace("MAXVAL 255\n", "# AXVAL 255\n"),
    "no tuple type": good.replace("TUPLTYPE RGB_ALPHA\n", "# UPLTYPE RGB_ALPHA\n"),
    "RGB": good.replace("DEPTH 4", "DEPTH 3").replace("RGB_ALPHA", "RGB      "),
    "16 bits": good.replace("MAXVAL 255", "MAXVAL 65535"),
    "width 0": pamHeader("0", 1),
    "height 0": pamHeader(1, "0"),
    "negative": pamHeader("-2", "-1"),
    "fraction": pamHeader("1.5", "2"),
    "no number": pamHeader("two", 1),
    "nothing": pamHeader("", "11"),
    "infinite": pamHeader("Infinity", 1),
    "large exponent": pamHeader("1e9", 1),
    "too wide": pamHeader(16_385, 1),
    "too high": pamHeader(1, 16_385),
    "too many pixels": pamHeader(16_384, 4051),
    "beyond 64 bits": pamHeader("99999999999999999999", "99999999999999999999"),
  };
  for (const [name, header] of Object.entries(headers)) {
    await t.step(name, async () => {
      const pool = new RecordingPool();
      const { stream, isCancelled } = byteStream([bytesOf(header + "\n".repeat(67)), STREAM]);
      const error = await assertRejects(() => collect(readPam(stream, { pool })), TypeError);
      assertStringIncludes(error.message, "Cannot read picture: header must be RGBA in PAM, got");
      assertEquals(pool.taken, [], "nothing is allocated for it");
      assert(isCancelled());
    });
  }
});

Deno.test("readPam() asks for no more memory than its bound", async () => {
  const pool = new RecordingPool();
  const asked: number[] = [];
  pool.onTake = (size) => {
    asked.push(size);
    throw new RangeError("enough");
  };
  const { stream } = byteStream([bytesOf(pamHeader(16_384, 4050))]);
  await assertRejects(() => collect(readPam(stream, { pool })), RangeError, "enough");
  assertEquals(asked, [MAX_PIXELS * 4]);
});

Deno.test("readPam() throws TypeError when a header doesn't end", async (t) => {
  for (const text of ["#".repeat(600), "P7\n" + "# long\n".repeat(90) + pamHeader(1, 1)]) {
    await t.step(text.slice(0, 8), async () => {
      await assertRejects(() => read([bytesOf(text)]), TypeError, "header too long");
    });
  }
});

Deno.test("readPam() tells the time when the header arrives", async () => {
  let clock = 1000;
  const pool = new RecordingPool();
  const header = Promise.withResolvers<void>();
  const pixels = Promise.withResolvers<void>();
  pool.onTake = () => header.resolve();
  const { stream } = byteStream([bytesOf(pamHeader(1, 1)), pixels.promise, pamPixels(4, 0)]);
  const frames = collect(readPam(stream, { pool, now: () => clock }));
  await header.promise;
  clock = 5000;
  pixels.resolve();
  assertEquals((await frames).map(({ timestamp }) => timestamp), [1]);
});

Deno.test("readPam() reads into the buffers of released frames", async () => {
  const pool = new RecordingPool();
  const ten = Array.from({ length: 10 }, (_, i) => pamFrame(4, 4, i));
  await collect(readPam(byteStream(ten).stream, { pool }));
  assertEquals(pool.taken.length, 10);
  assertEquals(pool.reused, 9, "all but the first");
});

Deno.test("readPam() leaves the pixels of a held frame alone", async () => {
  const pool = new FramePool();
  const held = [];
  for await (const frame of readPam(byteStream([STREAM, STREAM]).stream, { pool })) {
    held.push(frame.hold());
    frame.release();
  }
  const twice = [...SIZES, ...SIZES];
  for (const [i, { data }] of held.entries()) {
    const [width = 0, height = 0] = twice[i] ?? [];
    assertEquals(data, pamPixels(width * height * 4, i % SIZES.length));
  }
});

Deno.test("readPam() cancels the stream when its reader stops early", async () => {
  const { stream, isCancelled } = byteStream([STREAM], { ends: false });
  for await (const frame of readPam(stream, { pool: new FramePool() })) {
    assertEquals(frame.sequence, 1);
    break;
  }
  assert(isCancelled());
});

Deno.test("readPam() yields nothing when its signal is aborted already", async () => {
  const { stream, isCancelled } = byteStream([STREAM], { ends: false });
  const signal = AbortSignal.abort();
  assertEquals(await collect(readPam(stream, { pool: new FramePool(), signal })), []);
  assert(isCancelled());
});

Deno.test("readPam() ends when its signal is aborted while it reads", async (t) => {
  const cuts = { "a header": 20, "the pixels": 67, "the next header": FRAMES[0]?.length ?? 0 };
  for (const [name, cut] of Object.entries(cuts)) {
    await t.step(name, async () => {
      const abort = new AbortController();
      const waits = Promise.withResolvers<void>();
      const start = STREAM.subarray(0, cut);
      // The second promise is asked for only once all bytes before it were taken.
      const never = { then: () => waits.resolve() } as unknown as Promise<void>;
      const { stream, isCancelled } = byteStream([start, never], { ends: false });
      const pool = new FramePool();
      const frames = collect(readPam(stream, { pool, signal: abort.signal }));
      await waits.promise;
      abort.abort();
      assertEquals((await frames).length, name === "the next header" ? 1 : 0);
      assert(isCancelled());
      assertEquals(getEventListeners(abort.signal, "abort"), []);
    });
  }
});

Deno.test("readPam() yields nothing more when its signal is aborted between two frames", async () => {
  const abort = new AbortController();
  const seen: number[] = [];
  const { stream, isCancelled } = byteStream([STREAM], { ends: false });
  for await (const frame of readPam(stream, { pool: new FramePool(), signal: abort.signal })) {
    seen.push(frame.sequence);
    abort.abort();
  }
  assertEquals(seen, [1]);
  assert(isCancelled());
});

Deno.test("readPam() leaves no listener on its signal when the stream ends", async () => {
  const { signal } = new AbortController();
  await collect(readPam(byteStream([STREAM]).stream, { pool: new FramePool(), signal }));
  assertEquals(getEventListeners(signal, "abort"), []);
});

Deno.test("readPam() passes on the failure of the stream", async () => {
  const failure = Promise.reject(new Error("pipe broken"));
  const { stream } = byteStream([STREAM.subarray(0, 90), failure]);
  await assertRejects(
    () => collect(readPam(stream, { pool: new FramePool() })),
    Error,
    "pipe broken",
  );
});

Deno.test("readPam() reads what a child process writes", async () => {
  const script = `
    const sizes = [[64, 48], [3, 5], [320, 240], [64, 48]];
    for (const [width, height] of sizes) {
      const pixels = new Uint8Array(width * height * 4).fill(width);
      const header = "P7\\nWIDTH " + width + "\\nHEIGHT " + height +
        "\\nDEPTH 4\\nMAXVAL 255\\nTUPLTYPE RGB_ALPHA\\nENDHDR\\n";
      const all = new Uint8Array([...new TextEncoder().encode(header), ...pixels]);
      for (let at = 0; at < all.length;) at += Deno.stdout.writeSync(all.subarray(at, at + 4999));
    }`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const frames = await collect(readPam(child.stdout, { pool: new FramePool() }));
  assert((await child.status).success);
  assertEquals(
    frames.map(({ width, height }) => [width, height]),
    [[64, 48], [3, 5], [320, 240], [64, 48]],
  );
  for (const { width, pixels } of frames) assert(pixels.every((byte) => byte === width % 256));
});

Deno.test("readPam() lets a child process end when its reader stops early", async () => {
  const script = `
    const frame = new TextEncoder().encode(${JSON.stringify(pamHeader(1, 1) + "abcd")});
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
  for await (const frame of readPam(child.stdout, { pool: new FramePool() })) {
    frame.release();
    if (++frames === 100) break;
  }
  assertEquals((await child.status).code, 3);
});
