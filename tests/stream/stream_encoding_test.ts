import { assert, assertEquals } from "@std/assert";
import { Camera } from "../../lib/camera/camera.ts";
import { type Frame, FramePool } from "../../lib/frame/frame.ts";
import { sleep } from "../../lib/time/sleep.ts";
import { Stream } from "../../lib/stream/stream.ts";
import { createFakeSource } from "../camera/fake_source.ts";
import { Collector, encoderOf } from "./collector.ts";
import { eventually } from "../testutil/eventually.ts";
import { createBench, OPTIONS, settle } from "./stream_bench.ts";

Deno.test("Stream delivers what was encoded, with size, time and number", async () => {
  await using bench = createBench();
  const watcher = new Collector(bench.stream);
  await bench.frames(1);
  await bench.jobs[0]?.finish();
  assertEquals(watcher.pictures, [
    { codec: "jpeg", data: Uint8Array.of(1), width: 2, height: 1, timestamp: 1000, sequence: 1 },
  ]);
  assertEquals(bench.stream.counters.encoded, 1);
});

Deno.test("Stream delivers no picture from before an outage after word of it", async () => {
  await using bench = createBench({ retryMs: [60_000] });
  const watcher = new Collector(bench.stream);
  await bench.frames(3);
  bench.source.run.end();
  await eventually(() => bench.camera.status.state === "failed");
  for (const job of bench.jobs) await job.finish();
  assertEquals(watcher.sequences, []);
  bench.camera.retryNow();
  await eventually(() => bench.source.runs.length === 2);
  await bench.frames(1);
  await bench.jobs.at(-1)?.finish();
  assertEquals(watcher.sequences, [4]);
});

Deno.test("Stream encodes nothing while nobody wants it", async () => {
  await using bench = createBench();
  await settle();
  assertEquals(bench.source.runs.length, 0);
  const direct = bench.camera.subscribe({ onFrame() {}, onStatus() {} });
  await bench.frames(6);
  assertEquals(bench.jobs.length, 0);
  assertEquals(bench.source.released, 5, "all but the newest");
  direct();
});

Deno.test("Stream begins with the newest frame of a camera that runs already", async () => {
  await using bench = createBench();
  bench.camera.subscribe({ onFrame() {}, onStatus() {} });
  await bench.frames(3);
  const watcher = new Collector(bench.stream);
  await settle();
  await bench.jobs[0]?.finish();
  assertEquals(watcher.sequences, [3]);
  new Collector(bench.stream);
  assertEquals(bench.jobs.length, 1, "and encodes it once");
});

Deno.test("Stream passes JPEG on as it is, in order, and counts it", async () => {
  const pool = new FramePool();
  const info = { width: 2, height: 1, timestamp: 1 };
  const jpegs = [1, 2, 3].map((each) => Uint8Array.of(each));
  const source = {
    async *frames({ signal }: { signal: AbortSignal }): AsyncGenerator<Frame, void> {
      for (const jpeg of jpegs) yield pool.jpeg(jpeg, info);
      await sleep(60_000, signal);
    },
  };
  await using camera = new Camera(source, { fps: 1e9 });
  const stream = new Stream(camera, encoderOf(({ data }) => data), OPTIONS);
  const watcher = new Collector(stream);
  await eventually(() => watcher.pictures.length === 3);
  assertEquals(watcher.sequences, [1, 2, 3]);
  for (const [i, { data }] of watcher.pictures.entries()) assert(data === jpegs[i], "not a copy");
  const { encoded, copied, failed } = stream.counters;
  assertEquals({ encoded, copied, failed }, { encoded: 0, copied: 3, failed: 0 });
});

Deno.test("Stream encodes once for all who want it", async () => {
  await using bench = createBench();
  const [first, second] = [new Collector(bench.stream), new Collector(bench.stream)];
  await bench.frames(1);
  await bench.jobs[0]?.finish();
  assertEquals(bench.jobs.length, 1);
  assert(first.pictures[0] !== undefined);
  assert(first.pictures[0] === second.pictures[0]);
});

Deno.test("Stream goes on when the encoder throws at once", async () => {
  const source = createFakeSource();
  await using camera = new Camera(source, { fps: 1e9, lingerMs: 0 });
  const stream = new Stream(camera, {
    encode() {
      throw new RangeError("no");
    },
    stop: () => Promise.resolve(),
  }, OPTIONS);
  const watcher = new Collector(stream);
  await eventually(() => source.runs.length === 1);
  for (let i = 0; i < 4; i++) source.run.frame();
  await eventually(() => stream.counters.failed === 4);
  assertEquals(watcher.pictures, []);
  assertEquals(source.released, 3);
});
