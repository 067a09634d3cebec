import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import type { CameraStatus } from "../../lib/camera/audience.ts";
import { Camera } from "../../lib/camera/camera.ts";
import { type Frame, FramePool } from "../../lib/frame/frame.ts";
import { sleep } from "../../lib/time/sleep.ts";
import { SourceError } from "../../lib/frame/source_error.ts";
import { EncoderError } from "../../lib/encoder/encoder_error.ts";
import { type EncodedFrame, Rendition } from "../../lib/encoder/rendition.ts";
import { createFakeSource, type FakeSource } from "../camera/fake_source.ts";
import { drawJpeg } from "../jpeg/jpegs.ts";
import { eventually } from "../testutil/eventually.ts";

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
  rendition: Rendition;
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
    rendition: new Rendition(camera, ({ sequence }) => {
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

interface Watcher {
  pictures: EncodedFrame[];
  statuses: CameraStatus[];
  sequences(): number[];
  stop(): void;
}

function subscribe(rendition: Rendition): Watcher {
  const pictures: EncodedFrame[] = [];
  const statuses: CameraStatus[] = [];
  const stop = rendition.subscribe({
    onPicture: (picture) => void pictures.push(picture),
    onStatus: (status) => void statuses.push(status),
  });
  return { pictures, statuses, stop, sequences: () => pictures.map(({ sequence }) => sequence) };
}

Deno.test("Rendition delivers what was encoded, with size, time and number", async () => {
  await using bench = createBench();
  const watcher = subscribe(bench.rendition);
  await bench.frames(1);
  await bench.jobs[0]?.finish();
  assertEquals(watcher.pictures, [
    { jpeg: Uint8Array.of(1), width: 2, height: 1, timestamp: 1000, sequence: 1 },
  ]);
  assertEquals(bench.rendition.counters.encoded, 1);
});

Deno.test("Rendition delivers no picture from before an outage after word of it", async () => {
  await using bench = createBench({ retryMs: [60_000] });
  const watcher = subscribe(bench.rendition);
  await bench.frames(3);
  bench.source.run.end();
  await eventually(() => bench.camera.status.state === "failed");
  for (const job of bench.jobs) await job.finish();
  assertEquals(watcher.sequences(), []);
  bench.rendition.retryNow();
  await eventually(() => bench.source.runs.length === 2);
  await bench.frames(1);
  await bench.jobs.at(-1)?.finish();
  assertEquals(watcher.sequences(), [4]);
});

Deno.test("Rendition encodes nothing while nobody wants it", async () => {
  await using bench = createBench();
  await settle();
  assertEquals(bench.source.runs.length, 0);
  const direct = bench.camera.subscribe({ onFrame() {}, onStatus() {} });
  await bench.frames(6);
  assertEquals(bench.jobs.length, 0);
  assertEquals(bench.source.released, 5, "all but the newest");
  direct();
});

Deno.test("Rendition begins with the newest frame of a camera that runs already", async () => {
  await using bench = createBench();
  bench.camera.subscribe({ onFrame() {}, onStatus() {} });
  await bench.frames(3);
  const watcher = subscribe(bench.rendition);
  await settle();
  await bench.jobs[0]?.finish();
  assertEquals(watcher.sequences(), [3]);
  subscribe(bench.rendition);
  assertEquals(bench.jobs.length, 1, "and encodes it once");
});

Deno.test("Rendition passes JPEG on as it is, in order, and counts it", async () => {
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
  const rendition = new Rendition(camera, ({ data }) => data);
  const watcher = subscribe(rendition);
  await eventually(() => watcher.pictures.length === 3);
  assertEquals(watcher.sequences(), [1, 2, 3]);
  for (const [i, { jpeg }] of watcher.pictures.entries()) assert(jpeg === jpegs[i], "not a copy");
  const { encoded, copied, failed } = rendition.counters;
  assertEquals({ encoded, copied, failed }, { encoded: 0, copied: 3, failed: 0 });
});

Deno.test("Rendition encodes once for all who want it", async () => {
  await using bench = createBench();
  const [first, second] = [subscribe(bench.rendition), subscribe(bench.rendition)];
  await bench.frames(1);
  await bench.jobs[0]?.finish();
  assertEquals(bench.jobs.length, 1);
  assert(first.pictures[0] !== undefined);
  assert(first.pictures[0] === second.pictures[0]);
});

Deno.test("Rendition keeps the order when the second is done first", async () => {
  await using bench = createBench();
  const watcher = subscribe(bench.rendition);
  await bench.frames(2);
  await bench.jobs[1]?.finish();
  assertEquals(watcher.sequences(), []);
  await bench.jobs[0]?.finish();
  assertEquals(watcher.sequences(), [1, 2]);
});

Deno.test("Rendition has two frames encoded at once, and keeps the newest waiting", async () => {
  await using bench = createBench();
  const watcher = subscribe(bench.rendition);
  await bench.frames(2);
  assertEquals(bench.jobs.map(({ sequence }) => sequence), [1, 2]);
  await bench.frames(3);
  assertEquals(bench.inFlight, 2);
  assertEquals(bench.rendition.counters.dropped, 2);
  await bench.jobs[0]?.finish();
  assertEquals(bench.jobs.map(({ sequence }) => sequence), [1, 2, 5]);
  assertEquals(bench.inFlight, 2);
  await bench.jobs[1]?.finish();
  await bench.jobs[2]?.finish();
  assertEquals(watcher.sequences(), [1, 2, 5]);
  assertEquals(bench.inFlight, 0);
  assertEquals(bench.source.released, 4, "all but the newest, which the camera keeps");
});

Deno.test("Rendition never has more than two frames encoded, nor holds more than three", async () => {
  await using bench = createBench();
  const watcher = subscribe(bench.rendition);
  let most = 0;
  for (let round = 0; round < 15; round++) {
    await bench.frames(1 + round % 3);
    most = Math.max(most, bench.inFlight);
    assertGreaterOrEqual(bench.source.released, bench.camera.counters.captured - 3);
    const done = bench.rendition.counters.encoded + bench.rendition.counters.failed;
    // Now the older of the two is done first, now the newer.
    await bench.jobs[Math.min(done, bench.jobs.length - 1)]?.finish();
  }
  assertEquals(most, 2);
  assertEquals(watcher.sequences(), watcher.sequences().toSorted((a, b) => a - b));
});

Deno.test("Rendition keeps no heap of pictures when the first is slow", async () => {
  await using bench = createBench();
  const watcher = subscribe(bench.rendition);
  await bench.frames(2);
  for (let i = 1; i < 10; i++) {
    await bench.jobs[i]?.finish();
    await bench.frames(1);
  }
  assertEquals(watcher.sequences(), []);
  await bench.jobs[0]?.finish();
  // Those done wait for the first: they are in flight too, or nothing bounds them.
  assertGreaterOrEqual(3, watcher.pictures.length);
});

Deno.test("Rendition counts a frame that the encoder refuses, and goes on", async () => {
  await using bench = createBench();
  const watcher = subscribe(bench.rendition);
  await bench.frames(3);
  await bench.jobs[0]?.fail();
  await bench.jobs[1]?.finish();
  await bench.jobs[2]?.finish();
  assertEquals(watcher.sequences(), [2, 3]);
  const { encoded, failed, dropped } = bench.rendition.counters;
  assertEquals({ encoded, failed, dropped }, { encoded: 2, failed: 1, dropped: 0 });
  assertEquals(bench.source.released, 2);
});

Deno.test("Rendition goes on when the encoder throws at once", async () => {
  const source = createFakeSource();
  await using camera = new Camera(source, { fps: 1e9, lingerMs: 0 });
  const rendition = new Rendition(camera, () => {
    throw new RangeError("no");
  });
  const watcher = subscribe(rendition);
  await eventually(() => source.runs.length === 1);
  for (let i = 0; i < 4; i++) source.run.frame();
  await eventually(() => rendition.counters.failed === 4);
  assertEquals(watcher.pictures, []);
  assertEquals(source.released, 3);
});

Deno.test("Rendition releases the waiting frame when the last subscriber leaves", async () => {
  await using bench = createBench();
  const watcher = subscribe(bench.rendition);
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

Deno.test("Rendition begins again when somebody comes back", async () => {
  await using bench = createBench();
  subscribe(bench.rendition).stop();
  const watcher = subscribe(bench.rendition);
  await bench.frames(1);
  await bench.jobs[0]?.finish();
  assertEquals(watcher.pictures.length, 1);
});

Deno.test("Rendition passes the camera's status on", async () => {
  await using bench = createBench();
  assertEquals(bench.rendition.status, { state: "closed" });
  const watcher = subscribe(bench.rendition);
  await bench.frames(1);
  bench.source.run.end(new SourceError("gone", "was unplugged"));
  await eventually(() => watcher.statuses.some(({ state }) => state === "failed"));
  assertEquals(
    watcher.statuses.slice(0, 3).map(({ state }) => state),
    ["opening", "live", "failed"],
  );
  await bench.jobs[0]?.finish();
});

Deno.test("Rendition encodes at no more than its rate, and all again when that is lifted", async () => {
  await using bench = createBench();
  const wish = { fps: 0.1 };
  const pictures: EncodedFrame[] = [];
  bench.rendition.subscribe({
    get fps() {
      return wish.fps;
    },
    onPicture: (picture) => void pictures.push(picture),
    onStatus: () => {},
  });
  assertEquals(bench.rendition.fps, 0.1);
  for (let i = 0; i < 10; i++) await bench.frames(1);
  assertEquals(bench.jobs.map(({ sequence }) => sequence), [1]);
  assertEquals(bench.source.released, 8, "the one that is encoded and the newest are held");
  // What was wanted already begins no new count.
  bench.rendition.adapt();
  await bench.frames(1);
  assertEquals(bench.jobs.length, 1);
  const stop = bench.rendition.subscribe({ onPicture() {}, onStatus() {} });
  assertEquals(bench.rendition.fps, Infinity, "another one wants all of them");
  stop();
  assertEquals(bench.rendition.fps, 0.1);
  wish.fps = Infinity;
  bench.rendition.adapt();
  await bench.frames(1);
  assertEquals(bench.jobs.map(({ sequence }) => sequence), [1, 12]);
  for (const job of bench.jobs) await job.finish();
  assertEquals(pictures.map(({ sequence }) => sequence), [1, 12]);
});

Deno.test("Rendition tells the size that a picture was made", async () => {
  const source = createFakeSource();
  await using camera = new Camera(source, { fps: 1e9, lingerMs: 0 });
  const jpeg = await drawJpeg(24, 16);
  const rendition = new Rendition(camera, () => jpeg);
  const watcher = subscribe(rendition);
  await eventually(() => source.runs.length === 1);
  source.run.frame();
  await eventually(() => watcher.pictures.length === 1);
  assertEquals(watcher.pictures[0], { jpeg, width: 24, height: 16, timestamp: 1000, sequence: 1 });
  watcher.stop();
});

Deno.test("Rendition has failed while its encoder can't work, and is live when another can", async () => {
  const source = createFakeSource();
  await using camera = new Camera(source, { fps: 1e9, lingerMs: 60_000 });
  const jpeg = await drawJpeg(24, 16);
  let isThere = false;
  let tries = 0;
  const rendition = new Rendition(camera, () => {
    tries++;
    if (isThere) return Promise.resolve(jpeg);
    throw new EncoderError("Cannot load imagescript: it isn't there");
  });
  const observed: string[] = [];
  rendition.observe(({ state }) => observed.push(state));
  const watcher = subscribe(rendition);
  await eventually(() => source.runs.length === 1);
  for (let i = 0; i < 20; i++) {
    source.run.frame();
    await settle();
  }
  assertEquals(watcher.statuses.map(({ state }) => state), ["opening", "live", "failed"]);
  assertEquals(observed, ["opening", "live", "failed"]);
  const { status } = rendition;
  assert(status.state === "failed");
  assertEquals(status.reason, "can't be shown: cannot load imagescript: it isn't there");
  assertEquals(camera.status.state, "live");
  assertEquals([tries, rendition.counters.failed, rendition.counters.dropped], [1, 1, 19]);
  assertEquals(source.released, 19, "all but the newest");
  watcher.stop();
  assertEquals(rendition.status.state, "live", "nobody wants what can't be made");
  isThere = true;
  const next = subscribe(rendition);
  await eventually(() => next.pictures.length === 1);
  assertEquals(next.statuses, []);
});
