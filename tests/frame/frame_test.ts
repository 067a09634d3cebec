import { assert, assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import { Frame, FramePool } from "../../lib/frame/frame.ts";

const INFO = { width: 2, height: 1, timestamp: 12.5 };

function takeFrame(pool: FramePool): Frame {
  return pool.frame(new Uint8Array(pool.take(8)), INFO);
}

Deno.test("Frame has what it was made with", () => {
  const data = new Uint8Array(8);
  const frame = new Frame(data, { ...INFO, sequence: 7 }, () => {});
  assertStrictEquals(frame.data, data);
  const { width, height, timestamp, sequence } = frame;
  assertEquals({ width, height, timestamp, sequence }, { ...INFO, sequence: 7 });
});

Deno.test("release() gives the buffer back once, with the last holder", () => {
  const freed: ArrayBuffer[] = [];
  const frame = new Frame(
    new Uint8Array(8),
    { ...INFO, sequence: 1 },
    (buffer) => freed.push(buffer),
  );
  assertStrictEquals(frame.hold(), frame);
  frame.hold();
  frame.release();
  frame.release();
  assertEquals(freed.length, 0);
  frame.release();
  assertEquals(freed.length, 1);
  assertStrictEquals(freed[0], frame.data.buffer);
});

Deno.test("release() changes nothing when nobody holds the frame any more", () => {
  let freed = 0;
  const frame = new Frame(new Uint8Array(8), { ...INFO, sequence: 1 }, () => freed++);
  for (let i = 0; i < 3; i++) frame.release();
  assertEquals(freed, 1, "a buffer must not be in the pool twice");
});

Deno.test("take() gives a buffer of exactly that size", () => {
  const pool = new FramePool();
  assertEquals([0, 1, 8, 1000].map((size) => pool.take(size).byteLength), [0, 1, 8, 1000]);
});

Deno.test("take() gives the buffer of a released frame", () => {
  const pool = new FramePool();
  const frame = takeFrame(pool);
  const { buffer } = frame.data;
  frame.release();
  assertStrictEquals(pool.take(8), buffer);
  assertNotEquals(pool.take(8), undefined);
  assert(pool.take(8) !== buffer, "only once");
});

Deno.test("take() gives no buffer that somebody holds", () => {
  const pool = new FramePool();
  const frame = takeFrame(pool).hold();
  frame.release();
  assert(pool.take(8) !== frame.data.buffer);
});

Deno.test("take() lets go of buffers of another size", () => {
  const pool = new FramePool();
  const old = [takeFrame(pool), takeFrame(pool)];
  for (const frame of old) frame.release();
  assertEquals(pool.take(16).byteLength, 16);
  const taken = [pool.take(8), pool.take(8)];
  assert(old.every(({ data }) => !taken.includes(data.buffer)));
});

Deno.test("give() takes a buffer that never became a frame", () => {
  const pool = new FramePool();
  const buffer = pool.take(8);
  pool.give(buffer);
  assertStrictEquals(pool.take(8), buffer);
});

Deno.test("FramePool keeps a few buffers only", () => {
  const pool = new FramePool();
  const frames = Array.from({ length: 100 }, () => takeFrame(pool));
  const own = new Set(frames.map(({ data }) => data.buffer));
  for (const frame of frames) frame.release();
  const reused = Array.from({ length: 100 }, () => pool.take(8)).filter((each) => own.has(each));
  assert(reused.length >= 2 && reused.length <= 10, `${reused.length} of 100 were kept`);
});

Deno.test("FramePool counts its frames from 1, also over clear()", () => {
  const pool = new FramePool();
  const numbers = [takeFrame(pool).sequence, takeFrame(pool).sequence];
  pool.clear();
  assertEquals([...numbers, takeFrame(pool).sequence], [1, 2, 3]);
});

Deno.test("clear() lets go of free buffers", () => {
  const pool = new FramePool();
  const frame = takeFrame(pool);
  frame.release();
  pool.clear();
  assert(pool.take(8) !== frame.data.buffer);
});
