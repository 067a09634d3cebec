import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { readFlv } from "../../../lib/ffmpeg/output/flv.ts";
import { encodeFlv, unitsOf } from "../../h264/video.ts";
import { testWith } from "../../testutil/needs.ts";
import { byteStream } from "./bordered_stream.ts";
import { createRandom } from "../../testutil/random.ts";

const HEADER = [0x46, 0x4c, 0x56, 1, 1, 0, 0, 0, 9];

/** A tag, preceded by the length of the previous one, which readers ignore. */
function tag(type: number, body: readonly number[], { ms = 0, size = body.length } = {}): number[] {
  const bytes = [size >> 16, size >> 8, size].map((byte) => byte & 255);
  const time = [ms >> 16, ms >> 8, ms, ms >> 24].map((byte) => byte & 255);
  return [0, 0, 0, 0, type, ...bytes, ...time, 0, 0, 0, ...body];
}

function flv(...tags: readonly (readonly number[])[]): Uint8Array {
  return Uint8Array.from([...HEADER, ...tags.flat()]);
}

testWith(["ffmpeg"], "readFlv() reads the same at every split", async () => {
  const stream = await encodeFlv({ frames: 3 });
  const whole = await unitsOf(stream);
  assertEquals(whole.units.map(({ isKey }) => isKey), [true, false, false]);
  for (let at = 0; at <= stream.length; at += at < 600 ? 1 : 37) {
    const halves = [stream.subarray(0, at), stream.subarray(at)];
    assertEquals(await unitsOf(...halves), whole, `split at ${at}`);
  }
});

Deno.test("readFlv() takes times that step back, wrap and are long, and offsets below zero", async () => {
  const picture = (kind: number, ...offset: number[]) => [kind, 1, ...offset, 9];
  const { units } = await unitsOf(flv(
    tag(9, picture(0x17, 0, 0, 80), { ms: 0x01020304 }),
    tag(9, picture(0x27, 0xff, 0xff, 0xfe), { ms: 3 }),
    tag(9, picture(0x27, 0, 0, 0), { ms: -1 }),
  ));
  assertEquals(units.map(({ decodeMs }) => decodeMs), [0x01020304, 3, 0xffffffff]);
  assertEquals(units.map(({ offsetMs }) => offsetMs), [80, -2, 0]);
});

Deno.test("readFlv() passes over sound, data and what is empty", async () => {
  const { units, config } = await unitsOf(flv(
    tag(8, [0xaf, 1, 2]),
    tag(18, [2, 0, 1]),
    tag(9, [0x17, 2, 0, 0, 0]),
    tag(9, [0x17, 1, 0, 0, 0]),
    tag(9, [0x17, 1, 0, 0, 0, 5]),
  ));
  assertEquals(config, undefined);
  assertEquals(units.map(({ data }) => [...data]), [[5]]);
});

Deno.test("readFlv() drops what the end cuts", async () => {
  const stream = flv(tag(9, [0x17, 1, 0, 0, 0, 5]), tag(9, [0x27, 1, 0, 0, 0, 6]));
  for (let length = 0; length < stream.length; length++) {
    const { units } = await unitsOf(stream.subarray(0, length));
    assert(units.length <= 1);
  }
});

Deno.test("readFlv() refuses what it can't be, before it takes memory for it", async (t) => {
  const cases: [string, Uint8Array][] = [
    ["no FLV", Uint8Array.from([..."RIFF123456789"].map((c) => c.charCodeAt(0)))],
    ["a header of another length", Uint8Array.from([...HEADER.slice(0, 8), 200])],
    ["a tag of 16,777,215 bytes", flv(tag(9, [], { size: 0xffffff }))],
    ["H.263", flv(tag(9, [0x12, 1, 0, 0, 0, 0]))],
    ["a tag too short for its head", flv(tag(9, [0x17, 1]))],
    ["another kind of packet", flv(tag(9, [0x17, 7, 0, 0, 0, 0]))],
    ["a configuration of 20,000 bytes", flv(tag(9, [0x17, 0, 0, 0, 0, ...Array(20_000).fill(0)]))],
  ];
  for (const [name, stream] of cases) {
    await t.step(name, async () => {
      await assertRejects(() => unitsOf(stream), TypeError, "Cannot read video: ");
    });
  }
});

Deno.test("readFlv() survives everything", async () => {
  const stream = flv(tag(9, [0x17, 0, 0, 0, 0, 1]), tag(9, [0x17, 1, 0, 0, 0, 5]), tag(8, [1]));
  const random = createRandom(3);
  for (let i = 0; i < 2000; i++) {
    const broken = stream.slice();
    for (let n = 0; n <= random.below(5); n++) {
      broken[random.below(broken.length)] = random.below(256);
    }
    try {
      await unitsOf(broken);
    } catch (error) {
      assertInstanceOf(error, TypeError);
    }
  }
});

Deno.test("readFlv() ends with its signal", async () => {
  const controller = new AbortController();
  controller.abort();
  for await (const _ of readFlv(byteStream([flv()]).stream, { signal: controller.signal })) {
    throw new Error("Nothing may come");
  }
});
