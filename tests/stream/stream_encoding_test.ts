import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { Camera } from "../../lib/camera/camera.ts";
import { type Frame, FramePool } from "../../lib/frame/frame.ts";
import { sleep } from "../../lib/time/sleep.ts";
import { SourceError } from "../../lib/frame/source_error.ts";
import { EncoderError } from "../../lib/encoder/encoder_error.ts";
import { JpegEncoder } from "../../lib/encoder/jpeg/jpeg_encoder.ts";
import { Stream } from "../../lib/stream/stream.ts";
import { createFakeSource, type FakeSource } from "../camera/fake_source.ts";
import { drawJpeg } from "../jpeg/jpegs.ts";
import { Collector, encoderOf } from "./collector.ts";
import { eventually } from "../testutil/eventually.ts";

const OPTIONS = { name: "door", quality: null, width: null };

/** One frame that is being encoded. */
interface Job {
  sequence: number;
  /** The encoder is done with it. */
  finish(): Promise<void>;
  /** The encoder refuses it. */
  fail(): Promise<void>;
}

interface Bench extends AsyncDisposable {
  source: FakeSource;
  camera: Camera;
  stream: Stream;
  /** What the stream says of its state. */
  states: string[];
  /** Everything that was ever given to the encoder. */
  jobs: Job[];
  /** How many it works on. */
  inFlight: number;
  /** Lets the camera take so many frames. */
  frames(count: number): Promise<void>;
}

/** Lets everything happen that is due by now. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve, 0));
}

function createBench({ retryMs = [1] }: { retryMs?: number[] } = {}): Bench {
  const source = createFakeSource();
  const camera = new Camera(source, { fps: 1e9, lingerMs: 0, retryMs });
  const bench: Bench = {
    source,
    camera,
    jobs: [],
    inFlight: 0,
    states: [],
    stream: new Stream(
      camera,
      encoderOf(({ sequence }) => {
        bench.inFlight++;
        const { promise, resolve, reject } = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
        const end = async (how: () => void): Promise<void> => {
          bench.inFlight--;
          how();
          await settle();
        };
        bench.jobs.push({
          sequence,
          finish: () => end(() => resolve(Uint8Array.of(sequence))),
          fail: () => end(() => reject(new Error("refused"))),
        });
        return promise;
      }),
      { ...OPTIONS, onStatus: ({ state }) => void bench.states.push(state) },
    ),
    async frames(count) {
      await eventually(() => source.runs.length > 0);
      const before = camera.counters.captured;
      for (let i = 0; i < count; i++) source.run.frame();
      await eventually(() => camera.counters.captured === before + count);
      await settle();
    },
    [Symbol.asyncDispose]: () => camera.close(),
  };
  return bench;
}

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

Deno.test("Stream keeps the order when the second is done first", async () => {
  await using bench = createBench();
  const watcher = new Collector(bench.stream);
  await bench.frames(2);
  await bench.jobs[1]?.finish();
  assertEquals(watcher.sequences, []);
  await bench.jobs[0]?.finish();
  assertEquals(watcher.sequences, [1, 2]);
});

Deno.test("Stream has two frames encoded at once, and keeps the newest waiting", async () => {
  await using bench = createBench();
  const watcher = new Collector(bench.stream);
  await bench.frames(2);
  assertEquals(bench.jobs.map(({ sequence }) => sequence), [1, 2]);
  await bench.frames(3);
  assertEquals(bench.inFlight, 2);
  assertEquals(bench.stream.counters.skipped, 2);
  await bench.jobs[0]?.finish();
  assertEquals(bench.jobs.map(({ sequence }) => sequence), [1, 2, 5]);
  assertEquals(bench.inFlight, 2);
  await bench.jobs[1]?.finish();
  await bench.jobs[2]?.finish();
  assertEquals(watcher.sequences, [1, 2, 5]);
  assertEquals(bench.inFlight, 0);
  assertEquals(bench.source.released, 4, "all but the newest, which the camera keeps");
});

Deno.test("Stream never has more than two frames encoded, nor holds more than three", async () => {
  await using bench = createBench();
  const watcher = new Collector(bench.stream);
  let most = 0;
  for (let round = 0; round < 15; round++) {
    await bench.frames(1 + round % 3);
    most = Math.max(most, bench.inFlight);
    assertGreaterOrEqual(bench.source.released, bench.camera.counters.captured - 3);
    const done = bench.stream.counters.encoded + bench.stream.counters.failed;
    // Now the older of the two is done first, now the newer.
    await bench.jobs[Math.min(done, bench.jobs.length - 1)]?.finish();
  }
  assertEquals(most, 2);
  assertEquals(watcher.sequences, watcher.sequences.toSorted((a, b) => a - b));
});

Deno.test("Stream keeps no heap of pictures when the first is slow", async () => {
  await using bench = createBench();
  const watcher = new Collector(bench.stream);
  await bench.frames(2);
  for (let i = 1; i < 10; i++) {
    await bench.jobs[i]?.finish();
    await bench.frames(1);
  }
  assertEquals(watcher.sequences, []);
  await bench.jobs[0]?.finish();
  // Those done wait for the first: they are in flight too, or nothing bounds them.
  assertGreaterOrEqual(3, watcher.pictures.length);
});

Deno.test("Stream counts a frame that the encoder refuses, and goes on", async () => {
  await using bench = createBench();
  const watcher = new Collector(bench.stream);
  await bench.frames(3);
  await bench.jobs[0]?.fail();
  await bench.jobs[1]?.finish();
  await bench.jobs[2]?.finish();
  assertEquals(watcher.sequences, [2, 3]);
  const { encoded, failed, skipped } = bench.stream.counters;
  assertEquals({ encoded, failed, skipped }, { encoded: 2, failed: 1, skipped: 0 });
  assertEquals(bench.source.released, 2);
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
  // What was wanted already begins no new count.
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
