import { assert, assertEquals } from "@std/assert";
import { Camera } from "../../lib/camera/camera.ts";
import { SourceError } from "../../lib/frame/source_error.ts";
import { EncoderError } from "../../lib/jpeg/encoder_error.ts";
import { JpegEncoder } from "../../lib/encoder/jpeg/jpeg_encoder.ts";
import { Stream } from "../../lib/stream/stream.ts";
import { createFakeSource } from "../camera/fake_source.ts";
import { drawJpeg } from "../jpeg/jpegs.ts";
import { Collector, encoderOf } from "./collector.ts";
import { eventually } from "../testutil/eventually.ts";
import { createBench, OPTIONS, settle } from "./stream_bench.ts";

Deno.test("Stream releases the waiting frame when the last subscriber leaves", async () => {
  await using bench = createBench();
  const watcher = new Collector(bench.stream);
  await bench.frames(3);
  watcher.stop();
  watcher.stop();
  assertEquals(bench.source.released, 0, "two are encoded, the camera keeps the third");
  await bench.jobs[0]?.finish();
  await bench.jobs[1]?.finish();
  assertEquals(bench.jobs.length, 2);
  assertEquals(watcher.pictures, []);
  await eventually(() => bench.camera.status.state === "closed");
  assertEquals(bench.source.released, 3);
});

Deno.test("Stream begins again when somebody comes back", async () => {
  await using bench = createBench();
  new Collector(bench.stream).stop();
  const watcher = new Collector(bench.stream);
  await bench.frames(1);
  await bench.jobs[0]?.finish();
  assertEquals(watcher.pictures.length, 1);
});

Deno.test("Stream passes the camera's status on", async () => {
  await using bench = createBench();
  assertEquals(bench.stream.status, { state: "closed" });
  const watcher = new Collector(bench.stream);
  await bench.frames(1);
  bench.source.run.end(new SourceError("gone", "was unplugged"));
  await eventually(() => bench.states.includes("failed"));
  assertEquals(bench.states.slice(0, 3), ["opening", "live", "failed"]);
  assertEquals(watcher.failures, ["was unplugged"]);
  await bench.jobs[0]?.finish();
});

Deno.test("Stream encodes at no more than its rate, and all again when that is lifted", async () => {
  await using bench = createBench();
  const slow = new Collector(bench.stream, 0.1);
  assertEquals(bench.stream.fps, 0.1);
  for (let i = 0; i < 10; i++) await bench.frames(1);
  assertEquals(bench.jobs.map(({ sequence }) => sequence), [1]);
  assertEquals(bench.source.released, 8, "the one that is encoded and the newest are held");
  // A stream that was wanted already begins no new count.
  bench.stream.adapt();
  await bench.frames(1);
  assertEquals(bench.jobs.length, 1);
  const fast = new Collector(bench.stream);
  assertEquals(bench.stream.fps, Infinity, "another one wants all of them");
  fast.stop();
  assertEquals(bench.stream.fps, 0.1);
  slow.fps = null;
  bench.stream.adapt();
  await bench.frames(1);
  assertEquals(bench.jobs.map(({ sequence }) => sequence), [1, 12]);
  for (const job of bench.jobs) await job.finish();
  assertEquals(slow.sequences, [1, 12]);
});

Deno.test("Stream tells the size that a picture was made", async () => {
  const source = createFakeSource({ width: 48, height: 32 });
  await using camera = new Camera(source, { fps: 1e9, lingerMs: 0 });
  const shape = { quality: 80, width: 24 };
  const encoder = new JpegEncoder({ ...shape, defaultQuality: () => 80, ffmpeg: "ffmpeg" });
  const stream = new Stream(camera, encoder, { name: "door", ...shape });
  const watcher = new Collector(stream);
  await eventually(() => source.runs.length === 1);
  source.run.frame();
  await eventually(() => watcher.pictures.length === 1);
  const [{ width, height, sequence } = {}] = watcher.pictures;
  assertEquals([width, height, sequence], [24, 16, 1]);
  watcher.stop();
});

Deno.test("Stream has failed while its encoder can't work, and is live when another can", async () => {
  const source = createFakeSource();
  await using camera = new Camera(source, { fps: 1e9, lingerMs: 60_000 });
  const jpeg = await drawJpeg(24, 16);
  let isThere = false;
  let tries = 0;
  const observed: string[] = [];
  const encoder = encoderOf(() => {
    tries++;
    if (isThere) return Promise.resolve(jpeg);
    throw new EncoderError("Cannot load imagescript: it isn't there");
  });
  const stream = new Stream(camera, encoder, {
    ...OPTIONS,
    onStatus: ({ state }) => observed.push(state),
  });
  const watcher = new Collector(stream);
  await eventually(() => source.runs.length === 1);
  for (let i = 0; i < 20; i++) {
    source.run.frame();
    await settle();
  }
  assertEquals(watcher.failures.length, 1);
  assertEquals(observed, ["opening", "live", "failed"]);
  const { status } = stream;
  assert(status.state === "failed");
  assertEquals(status.reason, "can't be shown: cannot load imagescript: it isn't there");
  assertEquals(camera.status.state, "live");
  assertEquals([tries, stream.counters.failed, stream.counters.skipped], [1, 1, 19]);
  assertEquals(source.released, 19, "all but the newest");
  watcher.stop();
  assertEquals(stream.status.state, "live", "nobody wants what can't be made");
  isThere = true;
  const next = new Collector(stream);
  await eventually(() => next.pictures.length === 1);
  assertEquals([next.failures, observed.length], [[], 3]);
});
