import { assertEquals } from "@std/assert";
import { FramePool } from "../../lib/frame/frame.ts";
import { readSource } from "../../lib/camera/read_source.ts";
import { SourceError } from "../../lib/frame/source_error.ts";
import { FROZEN, type Source } from "../../lib/camera/source.ts";
import { createFakeClock, type FakeClock } from "../testutil/fake_clock.ts";
import { createFakeSource, type FakeSource } from "./fake_source.ts";

interface Reading {
  source: FakeSource;
  clock: FakeClock;
  abort: AbortController;
  /** Frames, by when they came, and failures. */
  seen: unknown[];
  done: Promise<void>;
}

function read(of: Partial<Source> = {}): Reading {
  const source = Object.assign(createFakeSource(), of);
  const clock = createFakeClock();
  const abort = new AbortController();
  const seen: unknown[] = [];
  const done = readSource(source, {
    pool: new FramePool(),
    signal: abort.signal,
    frozenMs: 5000,
    clock,
    onFrame: (frame) => {
      seen.push(clock.now());
      frame.release();
    },
    onFailure: ({ code, reason }) => seen.push(`${code}: ${reason}`),
  });
  return { source, clock, abort, seen, done };
}

Deno.test("readSource() hands over frames, and tells why they end", async (t) => {
  const cases: Record<string, [error: unknown, reason: string]> = {
    "for no reason": [undefined, "ended: ended"],
    "for the source's reason": [new SourceError("gone", "was unplugged"), "gone: was unplugged"],
    "for an error": [new TypeError("no such thing"), "failed: failed: no such thing"],
  };
  for (const [name, [error, reason]] of Object.entries(cases)) {
    await t.step(name, async () => {
      const { source, clock, seen, done } = read();
      await clock.advance(1000);
      source.run.frame();
      await clock.advance(1000);
      source.run.end(error);
      await done;
      assertEquals(seen, [1000, reason]);
      await clock.advance(60_000);
      assertEquals([seen.length, clock.sleepers], [2, 0]);
    });
  }
});

Deno.test("readSource() hands over no picture that comes after its end", async () => {
  const abort = new AbortController();
  const size = { width: 2, height: 1 };
  const avc = { record: new Uint8Array(), codec: "avc1.42C01F", reorderFrames: 0, ...size };
  const about = { ...size, timestamp: 1, isKey: true, config: avc, offsetMs: 0 };
  const numbers: number[] = [];
  const source: Source = {
    // deno-lint-ignore require-yield -- it gives only pictures that are passed on
    async *frames({ video }) {
      await Promise.resolve();
      for (const sequence of [1, 2]) {
        video?.onPicture({ ...about, data: new Uint8Array(), sequence });
        abort.abort();
      }
    },
  };
  await readSource(source, {
    pool: new FramePool(),
    signal: abort.signal,
    frozenMs: 5000,
    clock: createFakeClock(),
    video: {
      isWanted: () => true,
      wantsFrames: () => false,
      onPicture: ({ sequence }) => void numbers.push(sequence),
    },
    onFrame: (frame) => frame.release(),
    onFailure() {},
  });
  assertEquals(numbers, [1], "another capture may have been asked for");
});

Deno.test("readSource() tells of a source that is frozen before that has ended, and only that", async () => {
  const { source, clock, seen, done } = read();
  const { promise, resolve } = Promise.withResolvers<void>();
  source.beforeEnd = () => promise;
  await clock.advance(1000);
  source.run.frame();
  await clock.advance(4999);
  assertEquals(seen.length, 1);
  await clock.advance(1);
  assertEquals(seen, [1000, "frozen: is frozen: no picture for 5 s"]);
  assertEquals([source.run.signal.reason, source.run.isOver], [FROZEN, false]);
  resolve();
  await done;
  assertEquals(seen.length, 2);
});

Deno.test("readSource() waits longer for a source whose rate nobody knows here", async () => {
  const { source, clock, seen, done } = read({ gapMs: 30_000 });
  source.run.frame();
  await clock.advance(29_999);
  assertEquals(seen, [0]);
  await clock.advance(1);
  assertEquals(seen, [0, "frozen: is frozen: no picture for 30 s"]);
  await done;
});

Deno.test("readSource() tells early that all pictures are broken, however long opening may take", async () => {
  const { source, clock, seen, done } = read({ openMs: 20_000 });
  await clock.advance(7000);
  assertEquals(seen, []);
  for (let i = 0; i < 6; i++) {
    source.run.broken();
    await clock.advance(1000);
  }
  await done;
  assertEquals(seen, ["broken: sends only pictures that aren't whole, or are too large"]);
});

Deno.test("readSource() tells of no failure when its signal is aborted", async () => {
  const { source, clock, abort, seen, done } = read();
  await clock.advance(1000);
  source.run.frame();
  await clock.advance(0);
  abort.abort();
  await done;
  await clock.advance(60_000);
  assertEquals(seen, [1000]);
  assertEquals(clock.sleepers, 0);
});
