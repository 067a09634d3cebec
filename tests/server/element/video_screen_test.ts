import { assertEquals } from "@std/assert";
import { fragment, initialisation, TIMESCALE } from "../../../lib/h264/fragments.ts";
import { Tally } from "../../../lib/server/element/tally.js";
import { FakeTime } from "./fake_performance.ts";

const MIME = 'video/mp4; codecs="avc1.42C01F"';
const CONFIG = {
  record: new Uint8Array([1, 2, 3]),
  codec: "avc1.42C01F",
  width: 640,
  height: 480,
  reorderFrames: 0,
};

/** A browser's decoder that decodes when it is told to. */
class FakeDecoder {
  static newest: FakeDecoder | undefined;
  state = "configured";
  readonly #output: (frame: object) => void;
  readonly #waiting: number[] = [];

  constructor({ output }: { output: (frame: object) => void }) {
    this.#output = output;
    FakeDecoder.newest = this;
  }

  get decodeQueueSize(): number {
    return this.#waiting.length;
  }

  configure(): void {}

  decode({ timestamp }: { timestamp: number }): void {
    this.#waiting.push(timestamp);
  }

  close(): void {
    this.state = "closed";
  }

  work(): void {
    for (const timestamp of this.#waiting.splice(0)) {
      this.#output({ displayWidth: 640, displayHeight: 480, timestamp, close() {} });
    }
  }
}

class FakeCanvas {
  width = 0;
  height = 0;
  getContext(): object {
    return { drawImage() {} };
  }
}

// A browser without MediaSource.
Object.assign(globalThis, {
  VideoDecoder: FakeDecoder,
  EncodedVideoChunk: class {
    constructor(chunk: object) {
      Object.assign(this, chunk);
    }
  },
  HTMLCanvasElement: FakeCanvas,
  document: { hidden: false },
});
const { VideoScreen } = await import("../../../lib/server/element/video/video_screen.js");

/** A screen, and a stream to it of pictures this many seconds apart. */
function start(interval: number) {
  const time = new FakeTime();
  const shown: number[] = [];
  let stalls = 0;
  const screen = new VideoScreen(new FakeCanvas() as never, new Tally(), {
    mayDecode: () => true,
    onTaken() {},
    onShown: ({ sequence }: { sequence: number | null }) => shown.push(sequence ?? NaN),
    onStalled: () => stalls++,
  });
  let sequence = 0;
  const begin = (): void => {
    screen.describe(MIME);
    screen.take(initialisation(CONFIG), performance.now());
  };
  begin();
  return {
    screen,
    time,
    shown,
    begin,
    stalls: () => stalls,
    /** Sends pictures, which all arrive now. */
    send(count: number, isKey = sequence === 0): void {
      for (let i = 0; i < count; i++) {
        const bytes = fragment({
          sequence: ++sequence,
          data: new Uint8Array(10),
          isKey: isKey && i === 0,
          decodeTime: Math.round(sequence * interval * TIMESCALE),
          duration: Math.round(interval * TIMESCALE),
          offset: 0,
          timestamp: 1_700_000_000 + sequence * interval,
        });
        screen.take(bytes, performance.now());
      }
    },
    work: () => FakeDecoder.newest?.work(),
    [Symbol.dispose]: () => time.restore(),
  };
}

Deno.test("VideoScreen decodes all of the burst with which a stream starts", () => {
  using stream = start(1 / 30);
  stream.send(240);
  assertEquals(FakeDecoder.newest?.decodeQueueSize, 240);
  stream.work();
  assertEquals(stream.shown.at(-1), 240);
  stream.send(1);
  stream.work();
  assertEquals(stream.shown.at(-1), 241);
});

Deno.test("VideoScreen goes on with a key frame when a decoder falls behind", () => {
  using stream = start(1 / 30);
  stream.send(1);
  stream.work();
  stream.time.add(10_000);
  stream.send(100);
  assertEquals(FakeDecoder.newest?.decodeQueueSize, 16, "half a second");
  stream.work();
  stream.send(5);
  stream.work();
  assertEquals(stream.shown.at(-1), 17);
  stream.send(5, true);
  stream.work();
  assertEquals(stream.shown.slice(-5), [107, 108, 109, 110, 111]);
});

Deno.test("VideoScreen doesn't take a slow stream, or one that comes back, for a stalled one", async (t) => {
  await t.step("a picture every five seconds", () => {
    using stream = start(5);
    for (let i = 0; i < 5; i++) {
      stream.send(1);
      stream.time.add(100);
      stream.screen.tick(performance.now());
      stream.work();
      stream.time.add(4900);
      stream.screen.tick(performance.now());
    }
    assertEquals([stream.shown.length, stream.stalls()], [5, 0]);
  });
  await t.step("pictures again, when the last ones before were not painted", () => {
    using stream = start(0.1);
    for (const pauseMs of [0, 1400, 2000, 2900, 3100, 20_000]) {
      stream.time.add(pauseMs);
      for (let i = 0; i < 20; i++) {
        stream.send(1, i === 0);
        stream.time.add(50);
        stream.screen.tick(performance.now());
        if (i < 18) stream.work();
        stream.time.add(50);
        stream.screen.tick(performance.now());
      }
      assertEquals(stream.stalls(), 0, `after ${pauseMs} ms`);
    }
  });
  await t.step("pictures again after a minute", () => {
    using stream = start(1 / 30);
    stream.send(30);
    stream.time.add(60_000);
    stream.screen.tick(performance.now());
    stream.begin();
    stream.send(1, true);
    stream.screen.tick(performance.now());
    assertEquals(stream.stalls(), 0);
  });
});

Deno.test("VideoScreen tells when pictures come and none is painted", () => {
  using stream = start(0.1);
  for (let i = 0; i < 40; i++) {
    stream.send(1, i % 10 === 0);
    stream.time.add(100);
    stream.screen.tick(performance.now());
    if (stream.stalls() > 0) break;
  }
  assertEquals(stream.stalls(), 1);
});
