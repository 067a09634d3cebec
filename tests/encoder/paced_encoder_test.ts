import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { EncoderError } from "../../lib/jpeg/encoder_error.ts";
import { PacedEncoder } from "../../lib/encoder/paced_encoder.ts";
import { FramePool } from "../../lib/frame/frame.ts";
import { noCounts } from "../../lib/stream/stream_counters.ts";

const INFO = { width: 2, height: 1, timestamp: 1000 };

/** One frame that is being encoded. */
interface Job {
  sequence: number;
  /** The encoder is done with it. */
  finish(): Promise<void>;
  /** The encoder refuses it. */
  fail(error?: Error): Promise<void>;
}

/** Lets everything happen that is due by now. */
async function settle(): Promise<void> {
  for (let i = 0; i < 8; i++) await Promise.resolve();
}

function createBench() {
  const pool = new FramePool();
  const jobs: Job[] = [];
  const counters = noCounts();
  const bench = {
    counters,
    jobs,
    /** The numbers of the pictures that came out. */
    pictures: [] as number[],
    inFlight: 0,
    /** How often it told how the encoder is. */
    told: 0,
    held: 0,
    stopped: 0,
    encoder: new PacedEncoder({
      encode(frame) {
        bench.inFlight++;
        const { width, height, timestamp, sequence } = frame;
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        const end = async (how: () => void): Promise<void> => {
          bench.inFlight--;
          how();
          await settle();
        };
        jobs.push({
          sequence,
          finish: () => end(resolve),
          fail: (error = new Error("refused")) => end(() => reject(error)),
        });
        const data = Uint8Array.of(sequence);
        return promise.then(() => ({ codec: "jpeg", data, width, height, timestamp, sequence }));
      },
      stop: () => Promise.resolve(void bench.stopped++),
    }, {
      counters,
      onPicture: ({ sequence }) => void bench.pictures.push(sequence),
      onHealth: () => void bench.told++,
    }),
    /** Gives it this many frames. */
    frames(count: number): void {
      for (let i = 0; i < count; i++) {
        const frame = pool.frame(new Uint8Array(pool.take(8)), INFO);
        const { release } = frame;
        bench.held++;
        frame.release = () => {
          bench.held--;
          release.call(frame);
        };
        bench.encoder.take(frame);
      }
    },
  };
  return bench;
}

Deno.test("PacedEncoder keeps the order when the second is done first", async () => {
  const bench = createBench();
  bench.frames(2);
  await bench.jobs[1]?.finish();
  assertEquals(bench.pictures, []);
  await bench.jobs[0]?.finish();
  assertEquals(bench.pictures, [1, 2]);
});

Deno.test("PacedEncoder has two frames encoded at once, and keeps the newest waiting", async () => {
  const bench = createBench();
  bench.frames(2);
  assertEquals(bench.jobs.map(({ sequence }) => sequence), [1, 2]);
  bench.frames(3);
  assertEquals([bench.inFlight, bench.held, bench.counters.skipped], [2, 3, 2]);
  await bench.jobs[0]?.finish();
  assertEquals(bench.jobs.map(({ sequence }) => sequence), [1, 2, 5]);
  assertEquals(bench.inFlight, 2);
  await bench.jobs[1]?.finish();
  await bench.jobs[2]?.finish();
  assertEquals(bench.pictures, [1, 2, 5]);
  assertEquals([bench.inFlight, bench.held, bench.counters.encoded], [0, 0, 3]);
});

Deno.test("PacedEncoder never has more than two frames encoded, nor holds more than three", async () => {
  const bench = createBench();
  let most = 0;
  for (let round = 0; round < 15; round++) {
    bench.frames(1 + round % 3);
    most = Math.max(most, bench.inFlight);
    assertGreaterOrEqual(3, bench.held);
    // Now the older of the two is done first, now the newer.
    await bench.jobs[Math.min(bench.counters.encoded, bench.jobs.length - 1)]?.finish();
  }
  assertEquals(most, 2);
  assertEquals(bench.pictures, bench.pictures.toSorted((a, b) => a - b));
});

Deno.test("PacedEncoder keeps no heap of pictures when the first is slow", async () => {
  const bench = createBench();
  bench.frames(2);
  for (let i = 1; i < 10; i++) {
    await bench.jobs[i]?.finish();
    bench.frames(1);
  }
  assertEquals(bench.pictures, []);
  await bench.jobs[0]?.finish();
  // Those done wait for the first: they are in flight too, or nothing bounds them.
  assertGreaterOrEqual(3, bench.pictures.length);
});

Deno.test("PacedEncoder counts a frame that the encoder refuses, and goes on", async () => {
  const bench = createBench();
  bench.frames(3);
  await bench.jobs[0]?.fail();
  await bench.jobs[1]?.finish();
  await bench.jobs[2]?.finish();
  assertEquals(bench.pictures, [2, 3]);
  const { encoded, failed, skipped } = bench.counters;
  assertEquals({ encoded, failed, skipped }, { encoded: 2, failed: 1, skipped: 0 });
  assertEquals([bench.held, bench.told], [0, 0], "one broken picture is no broken encoder");
});

Deno.test("PacedEncoder tells once that nothing can be encoded, and takes no frame then", async () => {
  const bench = createBench();
  bench.frames(2);
  await bench.jobs[0]?.fail(new EncoderError("Cannot encode: no encoder"));
  assertEquals([bench.told, bench.encoder.failure?.code], [1, "encoder"]);
  bench.frames(1);
  assertEquals([bench.jobs.length, bench.held, bench.counters.skipped], [2, 1, 1]);
  await bench.jobs[1]?.finish();
  assertEquals([bench.told, bench.encoder.failure, bench.pictures], [2, undefined, [2]]);
});

Deno.test("PacedEncoder.rest() hands on nothing, and forgets how it went", async () => {
  const bench = createBench();
  bench.frames(3);
  bench.encoder.rest();
  assertEquals(bench.held, 2, "what waited was released");
  for (const job of bench.jobs) await job.finish();
  assertEquals([bench.pictures, bench.held], [[], 0]);
  bench.frames(1);
  await bench.jobs.at(-1)?.finish();
  assertEquals(bench.pictures, [4]);
  bench.frames(1);
  await bench.jobs.at(-1)?.fail(new EncoderError("Cannot encode: no encoder"));
  assertEquals(bench.encoder.failure?.code, "encoder");
  bench.encoder.rest();
  assertEquals(bench.encoder.failure, undefined);
});

Deno.test("PacedEncoder.stop() begins nothing more, and goes on with the next frame", async () => {
  const bench = createBench();
  bench.frames(3);
  await bench.encoder.stop();
  assertEquals([bench.stopped, bench.held], [1, 2], "what waited was released");
  for (const job of bench.jobs) await job.finish();
  assertEquals([bench.jobs.length, bench.pictures, bench.held], [2, [1, 2], 0]);
  bench.frames(1);
  await bench.jobs.at(-1)?.finish();
  assertEquals(bench.pictures, [1, 2, 4]);
});

Deno.test("PacedEncoder.pass() hands on what needs no encoding, and counts it", async () => {
  const bench = createBench();
  const size = { width: 2, height: 1, reorderFrames: 0 };
  const config = { record: new Uint8Array(), codec: "avc1.42C01F", ...size };
  const picture = { ...INFO, data: Uint8Array.of(1), sequence: 7, config, offsetMs: 0 };
  for (const isKey of [true, false]) bench.encoder.pass({ ...picture, isKey });
  assertEquals(bench.pictures, [7, 7]);
  assertEquals([bench.counters.copied, bench.counters.keys, bench.counters.encoded], [2, 1, 0]);
  await bench.encoder.stop();
  assertEquals(bench.stopped, 1);
});
