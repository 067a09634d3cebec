import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { FramePool } from "../../../lib/frame/frame.ts";
import { readMpjpeg } from "../../../lib/ffmpeg/output/mpjpeg.ts";
import { wholeJpeg } from "../../../lib/jpeg/whole_jpeg.ts";
import { testWith } from "../../testutil/needs.ts";
import { createRandom, type Random } from "../../testutil/random.ts";
import {
  collectJpegs,
  drawJpeg,
  mpjpegOf,
  part,
  runFfmpeg,
  type SeenJpeg,
} from "../../jpeg/jpegs.ts";
import { byteStream, concat } from "./bordered_stream.ts";

const JPEGS = await Promise.all([1, 2, 3, 4, 5].map((seed) => drawJpeg(8, 8 * seed, seed)));
const PARTS = JPEGS.map((jpeg) => part(jpeg));
const STREAM = mpjpegOf(PARTS);
/** The beginning of each part, and the end of the last one. */
const BORDERS = [0, ...PARTS.map((_, i) => i + 1)]
  .map((count) => mpjpegOf(PARTS.slice(0, count)).length);

async function read(
  chunks: readonly Uint8Array[],
): Promise<{ frames: SeenJpeg[]; broken: number }> {
  let broken = 0;
  const options = { pool: new FramePool(), onBroken: () => broken++, now: () => 0 };
  const frames = await collectJpegs(readMpjpeg(byteStream(chunks).stream, options));
  return { frames, broken };
}

function jpegsOf(frames: readonly SeenJpeg[]): string[] {
  return frames.map(({ jpeg }) => jpeg.toBase64());
}

/** Cuts bytes into chunks of random lengths. */
function cut(bytes: Uint8Array, random: Random): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  const longest = random.pick([2, 5, 20, 80, 200, 2000]);
  for (let at = 0; at < bytes.length;) {
    const length = 1 + random.below(longest);
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

testWith(
  ["ffmpeg"],
  "readMpjpeg() yields the same at every split of ffmpeg's output",
  async (t) => {
    const args = ["-f", "lavfi", "-i", "testsrc2=s=16x16:r=10", "-frames:v", "3"];
    const stream = await runFfmpeg([...args, "-c:v", "mjpeg", "-f", "mpjpeg"]);
    const whole = await read([stream]);
    assertEquals([whole.frames.length, whole.broken], [3, 0]);
    await t.step("in two", async () => {
      for (let at = 0; at <= stream.length; at++) {
        const halves = [stream.subarray(0, at), stream.subarray(at)];
        assertEquals(await read(halves), whole, `split at ${at}`);
      }
    });
    await t.step("in many", async () => {
      for (let seed = 1; seed <= 100; seed++) {
        assertEquals(await read(cut(stream, createRandom(seed))), whole, `seed ${seed}`);
      }
    });
    await t.step("in single bytes", async () => {
      assertEquals(await read(Array.from(stream, (byte) => Uint8Array.of(byte))), whole);
    });
  },
);

Deno.test("readMpjpeg() yields whole pictures only when the stream is cut at any byte", async () => {
  const whole = await read([STREAM]);
  for (let at = 0; at <= STREAM.length; at++) {
    const complete = BORDERS.slice(1).filter((border) => border <= at).length;
    const { frames, broken } = await read([STREAM.subarray(0, at)]);
    assertEquals(frames, whole.frames.slice(0, complete), `cut at ${at}`);
    assertEquals(broken, 0, "what ends with its stream is not broken");
  }
});

/** Reads a stream in which a part was changed; every picture of another part must arrive. */
async function readChanged(
  bytes: Uint8Array,
  changed: number,
  { lost = 0, name }: { lost?: number; name: string },
): Promise<void> {
  const { frames, broken } = await read([bytes]);
  const jpegs = jpegsOf(frames);
  for (const [i, jpeg] of JPEGS.entries()) {
    if (i >= changed && i <= changed + lost) continue;
    assert(jpegs.includes(jpeg.toBase64()), `picture ${i} is there: ${name}`);
  }
  assertLessOrEqual(frames.length, JPEGS.length, name);
  if (frames.length < JPEGS.length) assertLessOrEqual(1, broken, `it is counted: ${name}`);
  for (const { jpeg } of frames) assert(wholeJpeg(Uint8Array.from(jpeg)), name);
}

Deno.test("readMpjpeg() loses one picture, or the next too, when any byte is flipped", async () => {
  const { below } = createRandom(7);
  // Bytes before the first boundary are lost, and nobody can know how many they were.
  for (let at = BORDERS[0] ?? 0; at < (BORDERS[4] ?? 0); at++) {
    const bytes = STREAM.slice();
    const bit = 1 << below(8);
    bytes[at] = (bytes[at] ?? 0) ^ bit;
    const changed = BORDERS.findLastIndex((border) => border <= at);
    const name = `byte ${at} of part ${changed}, bit ${bit}`;
    await readChanged(bytes, changed, { lost: 1, name });
  }
});

Deno.test("readMpjpeg() loses one picture when any of its own bytes is flipped", async () => {
  const { below } = createRandom(8);
  for (const [changed, jpeg] of JPEGS.entries()) {
    const end = (BORDERS[changed + 1] ?? 0) - 12;
    for (let at = end - jpeg.length; at < end; at++) {
      const bytes = STREAM.slice();
      bytes[at] = (bytes[at] ?? 0) ^ 1 << below(8);
      await readChanged(bytes, changed, { name: `byte ${at} of part ${changed}` });
    }
  }
});

Deno.test("readMpjpeg() loses one picture, or the next too, when bytes are missing or too many", async () => {
  const random = createRandom(9);
  for (let seed = 0; seed < 500; seed++) {
    const at = (BORDERS[1] ?? 0) + random.below((BORDERS[3] ?? 0) - (BORDERS[1] ?? 0));
    const changed = BORDERS.findLastIndex((border) => border <= at);
    const without = random.below(Math.min(60, (BORDERS[changed + 1] ?? 0) - at));
    const bytes = concat([
      STREAM.subarray(0, at),
      random.bytes(random.below(60)),
      STREAM.subarray(at + without),
    ]);
    await readChanged(bytes, changed, { lost: 1, name: `${without} bytes at ${at}` });
  }
});

Deno.test("readMpjpeg() ends when it is fed random bytes", async () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = createRandom(seed);
    const start = STREAM.subarray(0, random.below(STREAM.length));
    const { frames } = await read(cut(concat([start, random.bytes(random.below(3000))]), random));
    assertLessOrEqual(frames.length, JPEGS.length);
  }
});

Deno.test("readMpjpeg() finds its way back after random bytes", async () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = createRandom(seed);
    const bytes = concat([random.bytes(random.below(3000)), STREAM]);
    assertEquals((await read(cut(bytes, random))).frames.length, JPEGS.length, `seed ${seed}`);
  }
});
