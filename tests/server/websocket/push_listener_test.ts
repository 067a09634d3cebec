import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import type { FedPicture } from "../../../lib/camera/jpeg_frames.ts";
import { withComment } from "../../../lib/jpeg/comment.ts";
import { MAX_PUSHED_BYTES } from "../../../lib/camera/push/pushed_picture.ts";
import { PushListener } from "../../../lib/server/websocket/push_listener.ts";
import { sizedJpeg } from "../../camera/push/sized_jpeg.ts";
import { drawJpeg } from "../../jpeg/jpegs.ts";
import { eventually } from "../../testutil/eventually.ts";
import { createRandom } from "../../testutil/random.ts";

function createBench({ acknowledges = true } = {}) {
  const clock = { now: 0 };
  const pictures: FedPicture[] = [];
  const sent: Record<string, unknown>[] = [];
  const ends: number[] = [];
  let broken = 0;
  const place = {
    put: (picture: FedPicture) => pictures.push(picture),
    break: () => broken++,
    leave: () => {},
  };
  const listener = new PushListener(place, {
    acknowledges,
    send: (text) => sent.push(JSON.parse(text)),
    end: (code) => ends.push(code),
    now: () => clock.now,
  });
  const of = (type: string) => sent.filter((each) => each.type === type);
  return { listener, clock, pictures, sent, of, ends, broken: () => broken };
}

async function file(seed = 0): Promise<ArrayBuffer> {
  return (await drawJpeg(32, 16, seed)).slice().buffer;
}

Deno.test("PushListener takes files and image texts, and acknowledges each", async () => {
  const { listener, pictures, sent } = createBench();
  const jpeg = await file();
  const timestamp = Date.now() / 1000 - 1;
  listener.hear(jpeg);
  const data = encodeBase64(new Uint8Array(jpeg));
  listener.hear(JSON.stringify({ type: "image", data, timestamp }));
  assertEquals(pictures.length, 2);
  assertEquals(pictures[1]?.timestamp, timestamp);
  assertEquals(sent, [{ type: "ack", sequence: 1 }, { type: "ack", sequence: 2 }]);
  const quiet = createBench({ acknowledges: false });
  quiet.listener.hear(jpeg);
  assertEquals([quiet.pictures.length, quiet.sent], [1, []]);
});

Deno.test("PushListener answers a ping, which is no picture", () => {
  const { listener, sent, broken } = createBench();
  listener.hear('{"type":"ping","id":7}');
  listener.hear('{"type":"ping","id":{}}');
  assertEquals(sent.map(({ type, id }) => [type, id]), [["pong", 7], ["pong", undefined]]);
  assertEquals(broken(), 0);
});

Deno.test("PushListener drops what is no picture, counts it, and says so once a second", async () => {
  const { listener, pictures, of, broken } = createBench();
  const half = (await file()).slice(0, 400);
  const odd = [
    new ArrayBuffer(0),
    half,
    "",
    "{}",
    "null",
    '{"type":"configure"}',
    '{"type":"image","data":1}',
    '{"type":"annotate"}',
  ];
  for (const each of odd) listener.hear(each);
  for (let seed = 1; seed <= 100; seed++) listener.hear(createRandom(seed).bytes(seed).buffer);
  assertEquals([pictures.length, broken(), of("ack").length], [0, 108, 108]);
  assertEquals(of("error").length, 1);
  assertStringIncludes(String(of("error")[0]?.message), "Cannot take picture: it must be a whole");
});

Deno.test("PushListener takes so many pictures a second, and ends a flood", async () => {
  const { listener, clock, pictures, ends, of } = createBench();
  const jpeg = await file();
  for (let i = 0; i < 600; i++) listener.hear(jpeg);
  assertEquals([pictures.length, ends], [150, []]);
  clock.now += 1000;
  for (let i = 0; i < 150; i++) listener.hear(jpeg);
  assertEquals([pictures.length, ends], [300, []]);
  for (let i = 0; i < 501; i++) listener.hear(jpeg);
  assertEquals([pictures.length, ends], [300, [1008]]);
  // Dropped pictures are acknowledged all the same, but later: a program that waits for that is
  // slowed down.
  assert(of("ack").length < 600);
  await eventually(() => of("ack").length === 1250);
});

Deno.test("PushListener takes so many bytes a second, and no message over the limit", async () => {
  const { listener, clock, pictures, ends } = createBench({ acknowledges: false });
  const small = sizedJpeg(new Uint8Array(await file()), 4000, 4000);
  const large = new Uint8Array(MAX_PUSHED_BYTES);
  large.set(small.subarray(0, -2));
  // Zeros are pixels, up to the end.
  large.set([0xff, 0xd9], large.length - 2);
  for (let i = 0; i < 6; i++) listener.hear(large.buffer);
  assertEquals([pictures.length, ends], [4, []]);
  for (let i = 0; i < 3; i++) listener.hear(large.buffer);
  assertEquals([pictures.length, ends.splice(0)], [4, [1008]]);
  clock.now += 1000;
  listener.hear(new ArrayBuffer(MAX_PUSHED_BYTES + 1));
  assertEquals(ends, [1009]);
});

Deno.test("PushListener parses no more than what stands around a picture", async () => {
  const { listener, pictures, broken } = createBench();
  const data = encodeBase64(new Uint8Array(await file()));
  // PHP writes a slash in this way.
  listener.hear(`{ "data" : "${data.replaceAll("/", "\\/")}", "type": "image" }`);
  assertEquals([pictures.length, broken()], [1, 0]);
  const start = performance.now();
  for (const each of ["[", '{"a":', '"data":"",[']) {
    listener.hear(each.repeat(15_000_000 / each.length));
    listener.hear(`{"type":"image","data":"${data}","more":${each.repeat(100_000)}`);
  }
  assertEquals([pictures.length, broken()], [1, 6]);
  // It was six seconds.
  assertLess(performance.now() - start, 3000);
});

Deno.test("PushListener drops pictures that are large or take long for what they show", async () => {
  const jpeg = new Uint8Array(await file());
  const padded = withComment(jpeg, "x".repeat(60_000));
  let large = padded;
  while (large.length < 1.1 * 1024 * 1024) large = withComment(large, "x".repeat(60_000));
  const scanAt = findScan(jpeg);
  const scan = jpeg.subarray(scanAt, -2);
  const endless = concat([
    sizedJpeg(jpeg, 8000, 8000).subarray(0, scanAt),
    ...Array.from({ length: 20 }, () => scan),
    jpeg.subarray(-2),
  ]);
  for (const [bytes, words] of [[large, /must be at most/], [endless, /too many scans/]] as const) {
    const { listener, pictures, sent } = createBench();
    listener.hear(bytes.slice().buffer);
    assertMatch(String(sent[0]?.message), words);
    assertEquals(pictures.length, 0);
  }
  const { listener, pictures } = createBench();
  listener.hear(padded.slice().buffer);
  assertEquals(pictures.length, 1);
});

function findScan(jpeg: Uint8Array): number {
  return jpeg.findIndex((byte, at) => byte === 0xff && jpeg[at + 1] === 0xda);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}
