import { assert, assertEquals, assertGreater, assertRejects } from "@std/assert";
import { getEventListeners } from "node:events";
import { readMpjpeg } from "../../../lib/ffmpeg/output/mpjpeg.ts";
import { FramePool } from "../../../lib/frame/frame.ts";
import { collectJpegs, mpjpegOf, part } from "../../jpeg/jpegs.ts";
import { testWith } from "../../testutil/needs.ts";
import { bytesOf, byteStream, concat } from "./bordered_stream.ts";
import { A, B, pause, STREAM } from "./mpjpeg_read.ts";

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
