import { assert, assertEquals, assertInstanceOf, assertLessOrEqual } from "@std/assert";
import { FramePool } from "../../../lib/frame/frame.ts";
import { readBordered } from "../../../lib/ffmpeg/output/bordered.ts";
import { MAX_PIXELS } from "../../../lib/jpeg/shown_size.ts";
import { createRandom } from "../../testutil/random.ts";
import {
  borderedFrame,
  byteStream,
  collect,
  concat,
  RecordingPool,
  type Seen,
} from "./bordered_stream.ts";

const FRAMES = [[1, 1], [5, 3], [2, 2], [2, 2]]
  .map(([width = 0, height = 0], i) => borderedFrame(width, height, i));
const STREAM = concat(FRAMES);
/** The end of each frame. */
const ENDS = FRAMES.map((_, i) => concat(FRAMES.slice(0, i + 1)).length);

async function read(chunks: readonly Uint8Array[]): Promise<Seen[]> {
  const pool = new FramePool();
  return await collect(readBordered(byteStream(chunks).stream, { pool, now: () => 0 }));
}

/** Reads a stream that may be broken; returns the frames before it broke. */
async function readBroken(bytes: Uint8Array): Promise<{ frames: Seen[]; error: unknown }> {
  const pool = new RecordingPool();
  const { stream, isCancelled } = byteStream([bytes]);
  const frames: Seen[] = [];
  let error: unknown;
  try {
    await collect(readBordered(stream, { pool }), frames);
  } catch (thrown) {
    error = thrown;
    assertInstanceOf(error, TypeError);
    assert(isCancelled());
  }
  for (const size of pool.taken) assertLessOrEqual(size, MAX_PIXELS * 4 * 2);
  return { frames, error };
}

Deno.test("readBordered() yields the same frames at every split in two", async () => {
  const whole = await read([STREAM]);
  assertEquals(whole.length, FRAMES.length);
  for (let at = 0; at <= STREAM.length; at++) {
    const halves = [STREAM.subarray(0, at), STREAM.subarray(at)];
    assertEquals(await read(halves), whole, `split at ${at}`);
  }
});

Deno.test("readBordered() yields the same frames at random splits in many", async () => {
  const whole = await read([STREAM]);
  for (let seed = 1; seed <= 100; seed++) {
    const random = createRandom(seed);
    const chunks: Uint8Array[] = [];
    const longest = random.pick([2, 5, 20, 80, 200]);
    for (let at = 0; at < STREAM.length;) {
      const length = 1 + random.below(longest);
      chunks.push(STREAM.subarray(at, at + length));
      at += length;
    }
    assertEquals(await read(chunks), whole, `seed ${seed}`);
  }
});

Deno.test("readBordered() yields the same frames when bytes come one at a time", async () => {
  const single = Array.from(STREAM, (byte) => Uint8Array.of(byte));
  assertEquals(await read(single), await read([STREAM]));
});

Deno.test("readBordered() yields whole frames only when the stream is cut at any byte", async () => {
  const whole = await read([STREAM]);
  for (let cut = 0; cut <= STREAM.length; cut++) {
    const complete = ENDS.filter((end) => end <= cut).length;
    assertEquals(await read([STREAM.subarray(0, cut)]), whole.slice(0, complete), `cut at ${cut}`);
  }
});

Deno.test("readBordered() throws TypeError or goes on when any bit is wrong", async () => {
  let refused = 0;
  for (let at = 0; at < STREAM.length; at++) {
    const before = ENDS.filter((end) => end <= at).length;
    for (let bit = 0; bit < 8; bit++) {
      const broken = STREAM.slice();
      broken[at] = (broken[at] ?? 0) ^ 1 << bit;
      const { frames, error } = await readBroken(broken);
      assertLessOrEqual(before, frames.length, `frames before byte ${at} are yielded`);
      if (error !== undefined) refused++;
    }
  }
  // The alpha of a pixel, which tells whether it belongs to a border, can't change unnoticed.
  assertLessOrEqual(FRAMES.length * 8, refused);
});

Deno.test("readBordered() throws TypeError or ends when bytes are missing or too many", async () => {
  for (let at = 0; at < STREAM.length; at++) {
    const rest = STREAM.subarray(at);
    await readBroken(concat([STREAM.subarray(0, at), rest.subarray(1)]));
    await readBroken(concat([STREAM.subarray(0, at), Uint8Array.of(0x0a), rest]));
    await readBroken(concat([STREAM.subarray(0, at), new TextEncoder().encode("9"), rest]));
  }
});

Deno.test("readBordered() throws TypeError or ends when it is fed random bytes", async () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = createRandom(seed);
    const start = STREAM.subarray(0, random.below(STREAM.length));
    const { frames } = await readBroken(concat([start, random.bytes(random.below(2000))]));
    assertLessOrEqual(frames.length, FRAMES.length);
  }
});
