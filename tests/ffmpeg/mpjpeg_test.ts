import { assert, assertEquals, assertGreater, assertLessOrEqual, assertRejects } from "@std/assert";
import { getEventListeners } from "node:events";
import { FramePool } from "../../lib/frame/frame.ts";
import { readMpjpeg } from "../../lib/ffmpeg/mpjpeg.ts";
import { testWith } from "../testutil/needs.ts";
import { createRandom } from "../testutil/random.ts";
import {
  BOUNDARY,
  collectJpegs,
  drawJpeg,
  mpjpegOf,
  part,
  partHeader,
  runFfmpeg,
  type SeenJpeg,
} from "../jpeg/jpegs.ts";
import { bytesOf, byteStream, concat } from "./bordered_stream.ts";

const MAX_PART = 32 * 1024 * 1024;
const [A, B, C, D] = await Promise.all([
  drawJpeg(16, 8, 1),
  drawJpeg(24, 16, 2),
  drawJpeg(8, 24, 3),
  drawJpeg(16, 16, 4),
]);
const STREAM = mpjpegOf([A, B, C].map((jpeg) => part(jpeg)));

/** Reads a stream that ends. */
async function read(
  chunks: readonly Uint8Array[],
): Promise<{ frames: SeenJpeg[]; names: string; broken: number }> {
  const pool = new FramePool();
  let broken = 0;
  const { stream } = byteStream(chunks);
  const frames = await collectJpegs(readMpjpeg(stream, { pool, onBroken: () => broken++ }));
  return { frames, names: namesOf(frames), broken };
}

/** Names our pictures: `AC?` for the first, the third, and one that is none of ours. */
function namesOf(frames: readonly SeenJpeg[]): string {
  const known = new Map([A, B, C, D].map((jpeg, i) => [jpeg.toBase64(), "ABCD"[i]]));
  return frames.map(({ jpeg }) => known.get(jpeg.toBase64()) ?? "?").join("");
}

Deno.test("readMpjpeg() yields size, file and number of each picture", async () => {
  const { frames, broken } = await read([STREAM]);
  assertEquals(
    frames.map(({ width, height, sequence, jpeg }) => ({ width, height, sequence, jpeg })),
    [
      { width: 16, height: 8, sequence: 1, jpeg: A },
      { width: 24, height: 16, sequence: 2, jpeg: B },
      { width: 8, height: 24, sequence: 3, jpeg: C },
    ],
  );
  assertEquals(broken, 0);
});

Deno.test("readMpjpeg() yields nothing when there is no part", async (t) => {
  const streams = {
    "nothing": "",
    "one boundary": "--ffmpeg\r\n",
    "no boundary": "hello\r\n".repeat(99),
    "another boundary": "--myboundary\r\n" + partHeader(4) + "abcd\r\n--myboundary\r\n",
  };
  for (const [name, text] of Object.entries(streams)) {
    await t.step(name, async () => {
      assertEquals(await read([bytesOf(text)]), { frames: [], names: "", broken: 0 });
    });
  }
});

testWith(["ffmpeg"], "readMpjpeg() yields what ffmpeg encodes", async () => {
  const args = ["-f", "lavfi", "-i", "testsrc2=s=96x64:r=10", "-frames:v", "9", "-c:v", "mjpeg"];
  const { frames, broken } = await read([await runFfmpeg([...args, "-f", "mpjpeg"])]);
  assertEquals(concat(frames.map(({ jpeg }) => jpeg)), await runFfmpeg([...args, "-f", "mjpeg"]));
  assertEquals(frames.map(({ width, height }) => [width, height]), Array(9).fill([96, 64]));
  assertEquals(broken, 0);
});

testWith(["ffmpeg"], "readMpjpeg() yields what ffmpeg copies, byte for byte", async () => {
  const args = ["-f", "mjpeg", "-i", "pipe:0", "-c:v", "copy", "-f", "mpjpeg"];
  const { names } = await read([await runFfmpeg(args, concat([A, B, C, D]))]);
  assertEquals(names, "ABCD");
});

testWith(["ffmpeg"], "readMpjpeg() frames parts as ffmpeg does", async () => {
  const args = ["-f", "lavfi", "-i", "testsrc2=s=16x16:r=10", "-frames:v", "1", "-c:v", "mjpeg"];
  const jpeg = await runFfmpeg([...args, "-f", "mjpeg"]);
  const stream = await runFfmpeg([...args, "-f", "mpjpeg"]);
  assertEquals(stream, mpjpegOf([part(jpeg)]), "the tests make parts like its own");
});

Deno.test("readMpjpeg() takes headers in any case, in any order", async (t) => {
  const { length } = B;
  const headers = [
    `Content-Type: image/jpeg\r\nContent-Length: ${length}\r\n\r\n`,
    `content-length:${length}\r\n\r\n`,
    `CONTENT-LENGTH:   ${length}\r\nX-Timestamp: 0.000000\r\nContent-Type: image/jpeg\r\n\r\n`,
    partHeader(`0000${length}`),
  ];
  for (const header of headers) {
    await t.step(header.split("\r\n").join(" "), async () => {
      const other = concat([bytesOf(header), B, bytesOf(BOUNDARY)]);
      assertEquals((await read([mpjpegOf([part(A), other, part(C)])])).names, "ABC");
    });
  }
});

/** Faults of one part. */
const BROKEN: Record<string, Uint8Array> = {
  "a picture that is cut, of the stated length": part(B.subarray(0, -40)),
  "a picture that is cut and filled up with zeros": part(B.slice().fill(0, -40)),
  "a picture without its beginning": part(B.subarray(2)),
  "half a picture and a whole one": part(concat([B.subarray(0, -200), C])),
  "text": part(bytesOf("404 Not Found")),
  "one byte": part(bytesOf("x")),
  "a boundary": part(bytesOf("\r\n--ffmpeg")),
  "random bytes": part(createRandom(1).bytes(5000)),
  "no size": part(Uint8Array.of(0xff, 0xd8, 0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9)),
  "length 0": part(B, 0),
  "length 0, and nothing": part(new Uint8Array(), 0),
  "a negative length": part(B, -1),
  "a negative length of the right size": part(B, -B.length),
  "a length that is no number": part(B, "many"),
  "a length in hex": part(B, "0x3a8"),
  "a length with a fraction": part(B, `${B.length}.5`),
  "a length with an exponent": part(B, "1e3"),
  "two lengths in one": part(B, `${B.length}, ${B.length}`),
  "an empty length": part(B, ""),
  "a length of 40 MB": part(B, 40_000_000),
  "a length of 1 GB": part(B, 999_999_999),
  "a length beyond 64 bits": part(B, "9".repeat(30)),
  "a length just beyond the bound": part(B, MAX_PART + 1),
  "no length": concat([bytesOf("Content-type: image/jpeg\r\n\r\n"), B, bytesOf(BOUNDARY)]),
  "no header": concat([bytesOf("\r\n"), B, bytesOf(BOUNDARY)]),
  "no header and no line end": concat([B, bytesOf(BOUNDARY)]),
  "a header that is too long": concat([bytesOf("X-Y: z\r\n".repeat(80)), part(B)]),
  "garbage between parts": concat([bytesOf("garbage, and more of it\r\n"), bytesOf(BOUNDARY)]),
  "much garbage between parts": concat([createRandom(2).bytes(200_000), bytesOf(BOUNDARY)]),
};

Deno.test("readMpjpeg() cuts off what stands behind a picture", async () => {
  const behind = [C, C.subarray(0, 300), Uint8Array.of(10), new Uint8Array(500)];
  const parts = behind.map((bytes) => part(concat([B, bytes])));
  const seen = await read([mpjpegOf([part(A), ...parts, part(D)])]);
  assertEquals([seen.names, seen.broken], ["ABBBBD", 0]);
});

for (const [name, broken] of Object.entries(BROKEN)) {
  Deno.test(`readMpjpeg() goes on after a broken part: ${name}`, async () => {
    const stream = mpjpegOf([part(A), part(B), broken, part(C), part(D)]);
    const seen = await read([stream]);
    assertEquals(seen.names, "ABCD");
    assertEquals(seen.frames.map(({ sequence }) => sequence), [1, 2, 3, 4]);
    // A few lines before a header could be a part of it.
    if (name !== "garbage between parts") assertEquals(seen.broken, 1);
  });
}

Deno.test("readMpjpeg() goes on after a length that is too short", async (t) => {
  for (const by of [1, 2, 5, 10, 11, 12, 13, 20, 100, 300, B.length - 1]) {
    await t.step(`by ${by}`, async () => {
      const stream = mpjpegOf([part(A), part(B, B.length - by), part(C), part(D)]);
      const seen = await read([stream]);
      assertEquals(seen.names, "ACD");
      assertEquals(seen.broken, 1);
    });
  }
});

Deno.test("readMpjpeg() goes on after a length that is too long", async (t) => {
  const next = concat([bytesOf(BOUNDARY), part(C)]).length;
  for (const by of [1, 2, 5, 10, 11, 12, 13, 20, 60, 100, 300, next - 12, next, next + 30]) {
    await t.step(`by ${by}`, async () => {
      const stream = mpjpegOf([part(A), part(B, B.length + by), part(C), part(D), part(A)]);
      const seen = await read([stream]);
      // A piece that lies wholly in a part's stated length may be taken for a part of it.
      const isFramed = by === next - 12;
      const wanted = by < next - 12 ? "ACDA" : isFramed ? "ABDA" : "ADA";
      assertEquals(seen.names, wanted);
      assertEquals(seen.broken, isFramed ? 0 : 1);
    });
  }
});

Deno.test("readMpjpeg() goes on after a header without end", async (t) => {
  for (const length of [100, 400, 490, 495, 500, 505, 512, 520, 600, 100_000]) {
    await t.step(`of ${length} bytes`, async () => {
      const broken = concat([bytesOf("X".repeat(length)), bytesOf(BOUNDARY)]);
      const seen = await read([mpjpegOf([part(A), part(B), broken, part(C), part(D)])]);
      assertEquals(seen.names, "ABCD");
    });
  }
});

Deno.test("readMpjpeg() drops a part that doesn't end, and what came before it arrives", async (t) => {
  const whole = mpjpegOf([part(A), part(B)]);
  const rests = {
    "in its header": bytesOf("Content-ty"),
    "after its header": bytesOf(partHeader(C.length)),
    "in its picture": part(C).subarray(0, 200),
    "before its boundary": part(C).subarray(0, -12),
    "in its boundary": part(C).subarray(0, -1),
  };
  for (const [name, rest] of Object.entries(rests)) {
    await t.step(name, async () => {
      assertEquals((await read([concat([whole, rest])])).names, "AB");
    });
  }
});

/** A stream that tells how much memory its reader holds ready. */
function watchedStream(
  chunks: Iterable<Uint8Array<ArrayBuffer>>,
): { stream: ReadableStream<Uint8Array<ArrayBuffer>>; asked: number[] } {
  const asked: number[] = [];
  const iterator = chunks[Symbol.iterator]();
  const stream = new ReadableStream({
    type: "bytes",
    pull(controller): void {
      asked.push(controller.byobRequest?.view?.buffer.byteLength ?? 0);
      const { value, done } = iterator.next();
      if (!done) return controller.enqueue(value);
      controller.close();
      controller.byobRequest?.respond(0);
    },
  });
  return { stream, asked };
}

Deno.test("readMpjpeg() takes no more memory than its bound, whatever is stated", async (t) => {
  for (const length of [MAX_PART + 1, 40_000_000, 999_999_999, "99999999999999999999"]) {
    await t.step(String(length), async () => {
      const { stream, asked } = watchedStream([mpjpegOf([part(A, length), part(B)]).slice()]);
      const frames = await collectJpegs(readMpjpeg(stream, { pool: new FramePool() }));
      assertEquals(namesOf(frames), "B");
      assertLessOrEqual(Math.max(...asked), 128 * 1024);
    });
  }
  await t.step("the bound itself", async () => {
    const { stream, asked } = watchedStream([mpjpegOf([part(A, MAX_PART), part(B)]).slice()]);
    assertEquals(await collectJpegs(readMpjpeg(stream, { pool: new FramePool() })), []);
    assertLessOrEqual(Math.max(...asked), MAX_PART + BOUNDARY.length);
  });
});

Deno.test("readMpjpeg() lets a part of 40 MB pass, and goes on", async (t) => {
  function* chunks(length: number, jpeg: Uint8Array): Generator<Uint8Array<ArrayBuffer>> {
    yield mpjpegOf([part(A), bytesOf(partHeader(length)), jpeg]).slice();
    const megabyte = createRandom(3).bytes(1 << 20);
    for (let sent = jpeg.length; sent < length; sent += megabyte.length) {
      yield megabyte.slice(0, length - sent);
    }
    yield concat([bytesOf(BOUNDARY), part(B), part(C)]);
  }
  for (const length of [40_000_000, MAX_PART]) {
    await t.step(`${length} bytes`, async () => {
      let broken = 0;
      const { stream, asked } = watchedStream(chunks(length, D.subarray(0, 600)));
      const options = { pool: new FramePool(), onBroken: () => broken++ };
      const frames = await collectJpegs(readMpjpeg(stream, options));
      assertEquals(namesOf(frames), "ABC");
      assertEquals(broken, 1);
      assertLessOrEqual(Math.max(...asked), MAX_PART + BOUNDARY.length);
    });
  }
});

Deno.test("readMpjpeg() gives up what is garbage without end", async (t) => {
  const megabyte = createRandom(4).bytes(1 << 20);
  function* garbage(start: Uint8Array): Generator<Uint8Array<ArrayBuffer>> {
    yield start.slice();
    while (true) yield megabyte.slice();
  }
  for (const [name, start] of Object.entries({ "from the start": megabyte, "later": STREAM })) {
    await t.step(name, async () => {
      const { stream } = watchedStream(garbage(start));
      const reading = collectJpegs(readMpjpeg(stream, { pool: new FramePool() }));
      await assertRejects(() => reading, TypeError, "Cannot read picture: none begins in ");
    });
  }
});

/** A wait that tells when all bytes before it were taken. */
function pause(): { taken: Promise<void>; goOn: () => void; chunk: Promise<void> } {
  const taken = Promise.withResolvers<void>();
  const { promise, resolve } = Promise.withResolvers<void>();
  const then: Promise<void>["then"] = (...handlers) => {
    taken.resolve();
    return promise.then(...handlers);
  };
  return { taken: taken.promise, goOn: resolve, chunk: { then } as unknown as Promise<void> };
}

Deno.test("readMpjpeg() tells the time when a part's own header arrives", async () => {
  let clock = 1000;
  const [beforeHeader, inHeader, inPicture] = [pause(), pause(), pause()];
  const second = part(B);
  const { stream } = byteStream([
    // As ffmpeg writes: the boundary comes with the picture before it.
    mpjpegOf([part(A)]),
    beforeHeader.chunk,
    second.subarray(0, 20),
    inHeader.chunk,
    second.subarray(20, 100),
    inPicture.chunk,
    second.subarray(100),
  ]);
  const frames = collectJpegs(readMpjpeg(stream, { pool: new FramePool(), now: () => clock }));
  for (const [wait, time] of [[beforeHeader, 2000], [inHeader, 3000], [inPicture, 4000]] as const) {
    await wait.taken;
    clock = time;
    wait.goOn();
  }
  assertEquals((await frames).map(({ timestamp }) => timestamp), [1, 3]);
});

Deno.test("readMpjpeg() keeps the picture of a frame that is held", async () => {
  const held = [];
  const { stream } = byteStream([STREAM, STREAM.subarray(10)]);
  for await (const frame of readMpjpeg(stream, { pool: new FramePool() })) {
    held.push(frame.hold());
    frame.release();
  }
  assertEquals(held.map(({ data }) => data.length), [A, B, C, A, B, C].map(({ length }) => length));
  assertEquals(concat(held.map(({ data }) => data)), concat([A, B, C, A, B, C]));
});

Deno.test("readMpjpeg() cancels the stream when its reader stops early", async () => {
  const { stream, isCancelled } = byteStream([STREAM], { ends: false });
  for await (const { sequence } of readMpjpeg(stream, { pool: new FramePool() })) {
    assertEquals(sequence, 1);
    break;
  }
  assert(isCancelled());
});

Deno.test("readMpjpeg() yields nothing when its signal is aborted already", async () => {
  const { stream, isCancelled } = byteStream([STREAM], { ends: false });
  const signal = AbortSignal.abort();
  assertEquals(await collectJpegs(readMpjpeg(stream, { pool: new FramePool(), signal })), []);
  assert(isCancelled());
});

Deno.test("readMpjpeg() ends when its signal is aborted while it reads", async (t) => {
  const first = mpjpegOf([part(A)]);
  const cuts: Record<string, [Uint8Array, number]> = {
    "nothing": [new Uint8Array(), 0],
    "garbage at the start": [bytesOf("garbage"), 0],
    "a header": [concat([first, part(B).subarray(0, 10)]), 1],
    "a picture": [concat([first, part(B).subarray(0, 200)]), 1],
    "a boundary": [concat([first, part(B).subarray(0, -3)]), 1],
    "the next header": [first, 1],
    "garbage after a broken part": [concat([first, part(B, -1).subarray(0, 200)]), 1],
  };
  for (const [name, [start, count]] of Object.entries(cuts)) {
    await t.step(name, async () => {
      const abort = new AbortController();
      const wait = pause();
      const { stream, isCancelled } = byteStream([start, wait.chunk], { ends: false });
      const options = { pool: new FramePool(), signal: abort.signal };
      const frames = collectJpegs(readMpjpeg(stream, options));
      await wait.taken;
      abort.abort();
      assertEquals((await frames).length, count);
      assert(isCancelled());
      assertEquals(getEventListeners(abort.signal, "abort"), []);
    });
  }
});

Deno.test("readMpjpeg() yields nothing more when its signal is aborted between two", async () => {
  const abort = new AbortController();
  const seen: number[] = [];
  const { stream, isCancelled } = byteStream([STREAM], { ends: false });
  const options = { pool: new FramePool(), signal: abort.signal };
  for await (const { sequence } of readMpjpeg(stream, options)) {
    seen.push(sequence);
    abort.abort();
  }
  assertEquals(seen, [1]);
  assert(isCancelled());
});

Deno.test("readMpjpeg() leaves no listener on its signal when the stream ends", async () => {
  const { signal } = new AbortController();
  const { stream } = byteStream([STREAM]);
  await collectJpegs(readMpjpeg(stream, { pool: new FramePool(), signal }));
  assertEquals(getEventListeners(signal, "abort"), []);
});

Deno.test("readMpjpeg() passes on the failure of the stream", async () => {
  const failure = Promise.reject(new Error("pipe broken"));
  const { stream } = byteStream([STREAM.subarray(0, 90), failure]);
  await assertRejects(
    () => collectJpegs(readMpjpeg(stream, { pool: new FramePool() })),
    Error,
    "pipe broken",
  );
});

testWith(["ffmpeg"], "readMpjpeg() lets ffmpeg end when its reader stops early", async () => {
  const child = new Deno.Command("ffmpeg", {
    args: "-v quiet -f lavfi -i testsrc2=s=64x64 -c:v mjpeg -f mpjpeg pipe:1".split(" "),
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let frames = 0;
  for await (const frame of readMpjpeg(child.stdout, { pool: new FramePool() })) {
    frame.release();
    if (++frames === 50) break;
  }
  await child.status;
  assertGreater(frames, 49);
});
