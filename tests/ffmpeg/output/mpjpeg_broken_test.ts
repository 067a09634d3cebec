import { assertEquals, assertLessOrEqual, assertRejects } from "@std/assert";
import { readMpjpeg } from "../../../lib/ffmpeg/output/mpjpeg.ts";
import { FramePool } from "../../../lib/frame/frame.ts";
import { BOUNDARY, collectJpegs, mpjpegOf, part, partHeader } from "../../jpeg/jpegs.ts";
import { createRandom } from "../../testutil/random.ts";
import { bytesOf, concat } from "./bordered_stream.ts";
import { A, B, C, D, namesOf, read, STREAM } from "./mpjpeg_read.ts";

const MAX_PART = 32 * 1024 * 1024;

/** Faults of one part. */
const BROKEN: Record<string, Uint8Array> = {
  "a picture that is cut, of the stated length": part(B.subarray(0, -40)),
  "a picture that is cut and filled up with zeros": part(B.slice().fill(0, -40)),
  "a picture without its beginning": part(B.subarray(2)),
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

Deno.test("readMpjpeg() yields the whole picture behind half a one", async () => {
  const seen = await read([mpjpegOf([part(A), part(concat([B.subarray(0, -200), C])), part(D)])]);
  assertEquals([seen.names, seen.broken], ["ACD", 0]);
});

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
