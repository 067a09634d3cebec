import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { readComment } from "../../../lib/jpeg/comment.ts";
import type { ImageMessage } from "../../../lib/protocol/message.ts";
import type { Tally } from "../../../lib/stream/recipient.ts";
import type { ViewerOptions } from "../../../lib/stream/viewer/viewer.ts";
import { FakeViewer } from "../fake_viewer.ts";
import { drawPicture } from "../pictures.ts";
import { createRandom } from "../../testutil/random.ts";

/** A viewer, by a clock that a test sets, with the tally of its stream. */
interface Bench {
  viewer: FakeViewer;
  tally: Tally;
  /** In milliseconds. */
  clock: number;
  /** Offers it the picture of this number, and tells whether it was sent. */
  offer(sequence: number): boolean;
  /** The numbers of the pictures that it was sent. */
  sent(): number[];
}

function createBench(options: ViewerOptions = {}): Bench {
  const time = { clock: 0 };
  const bench: Bench = {
    get clock() {
      return time.clock;
    },
    set clock(ms) {
      time.clock = ms;
    },
    tally: { sent: 0, dropped: 0, leftOut: 0, bytes: 0 },
    viewer: new FakeViewer({ ...options, now: () => time.clock }),
    offer: (sequence) => bench.viewer.offer(drawPicture({ sequence }), bench.tally),
    sent: () =>
      bench.viewer.messages.map((message) => {
        if (typeof message !== "string") return JSON.parse(readComment(message) ?? "").sequence;
        const { sequence, timestamp }: ImageMessage = JSON.parse(message);
        return sequence ?? timestamp;
      }),
  };
  return bench;
}

Deno.test("Viewer tells what was done for it", () => {
  const bench = createBench({ address: "192.0.2.5:51234" });
  const { viewer, tally } = bench;
  assertEquals(viewer.stats, {
    address: "192.0.2.5:51234",
    fps: 0,
    sent: 0,
    dropped: 0,
    leftOut: 0,
    bytes: 0,
    age: null,
  });
  for (let sequence = 1; sequence <= 5; sequence++) {
    bench.clock += 100;
    const picture = drawPicture({ sequence, timestamp: Date.now() / 1000 - 2 });
    assert(viewer.offer(picture, tally));
  }
  viewer.pending = 1;
  assert(!bench.offer(6));
  const { age, ...rest } = viewer.stats;
  const bytes = viewer.texts.join("").length;
  const done = { sent: 5, dropped: 1, leftOut: 0, bytes };
  assertEquals(rest, { address: "192.0.2.5:51234", fps: 10, ...done });
  assertEquals(tally, done);
  assert(age !== null && age >= 2 && age < 60);
});

Deno.test("Viewer is sent a picture once", () => {
  const { viewer, tally } = createBench();
  const picture = drawPicture();
  assertEquals([viewer.offer(picture, tally), viewer.offer(picture, tally)], [true, false]);
  assertEquals(viewer.texts.length, 1);
});

Deno.test("Viewer goes on when the camera's clock is set back, and never back to an older picture", () => {
  const { viewer, tally } = createBench({ form: "numbered" });
  const [first, second, third] = [3600, 10, 11].map((timestamp, i) => {
    return drawPicture({ sequence: i + 1, timestamp });
  });
  assert(first && second && third);
  assert(viewer.offer(first, tally) && viewer.offer(third, tally));
  assertEquals(viewer.offer(second, tally), false);
});

Deno.test("Viewer tells a rate that falls when nothing is sent any more", () => {
  const bench = createBench();
  for (; bench.clock < 1000; bench.clock += 100) bench.offer(bench.clock + 1);
  assertEquals(bench.viewer.stats.fps, 10);
  bench.clock += 4900;
  assertEquals(bench.viewer.stats.fps, 0.2);
  for (; bench.clock < 6800; bench.clock += 100) bench.offer(bench.clock + 1);
  assertEquals(bench.viewer.stats.fps, 10);
});

Deno.test("Viewer is sent pictures at its rate, within 5 %, whatever the camera's", async (t) => {
  for (const camera of [120, 60, 30, 29.97, 25, 10]) {
    for (const fps of [120, 60, 24, 20, 15, 7, 3, 1, 0.5, 0.1]) {
      await t.step(`${fps} of ${camera}`, () => {
        // Enough of them for 5 % to be one.
        const seconds = Math.max(10, 40 / fps);
        const bench = createBench({ fps });
        const random = createRandom(camera * fps);
        for (let sequence = 1; sequence <= seconds * camera; sequence++) {
          // A fifth of a frame time, to and fro.
          bench.clock = (sequence + (random.below(1000) / 1000 - 0.5) / 5) * 1000 / camera;
          bench.offer(sequence);
        }
        const wanted = Math.min(fps, camera) * seconds;
        // The first picture comes at once.
        assertLess(Math.abs(bench.tally.sent - 1 - wanted), 0.05 * wanted + 1);
        assertEquals(bench.tally.dropped, 0, "a picture that isn't its turn is not missed");
      });
    }
  }
});

Deno.test("Viewer that was busy when its turn came gets the next picture that it can take", () => {
  const bench = createBench({ fps: 1 });
  for (let sequence = 1; sequence <= 40; sequence++, bench.clock += 100) {
    bench.viewer.pending = sequence >= 11 && sequence < 14 ? 1 : 0;
    bench.offer(sequence);
  }
  assertEquals(bench.sent(), [1, 14, 21, 31]);
  assertEquals(bench.tally.dropped, 1);
});

Deno.test("Viewer that acknowledges has two pictures on their way at most, and the newest next", () => {
  const bench = createBench({ ack: true, form: "numbered" });
  for (let sequence = 1; sequence <= 10; sequence++) bench.offer(sequence);
  assertEquals(bench.sent(), [1, 2]);
  bench.viewer.acknowledge(1);
  assertEquals(bench.sent(), [1, 2, 10], "at once, and the newest");
  bench.offer(11);
  bench.viewer.acknowledge(10);
  assertEquals(bench.sent(), [1, 2, 10, 11], "who has the third has the second");
  bench.offer(12);
  assertEquals(bench.sent(), [1, 2, 10, 11, 12]);
});

Deno.test("Viewer waits for the next picture when nothing waits for it", () => {
  const bench = createBench({ ack: true, form: "numbered" });
  bench.offer(1);
  bench.offer(2);
  bench.viewer.acknowledge(1);
  bench.viewer.acknowledge(2);
  assertEquals(bench.sent(), [1, 2]);
  bench.offer(3);
  assertEquals(bench.sent(), [1, 2, 3]);
});

Deno.test("Viewer takes no acknowledgement of what it wasn't sent, nor twice", () => {
  const bench = createBench({ ack: true, form: "numbered" });
  for (const sequence of [5, 6, 7]) bench.offer(sequence);
  for (const sequence of [0, 4, 7, 8, -1, Number.MAX_SAFE_INTEGER]) {
    bench.viewer.acknowledge(sequence);
  }
  assertEquals(bench.sent(), [5, 6]);
  bench.viewer.acknowledge(5);
  bench.offer(8);
  for (let i = 0; i < 3; i++) bench.viewer.acknowledge(5);
  assertEquals(bench.sent(), [5, 6, 7]);
});

Deno.test("Viewer that never acknowledged may acknowledge as it likes", () => {
  const bench = createBench();
  for (let sequence = 1; sequence <= 5; sequence++) {
    bench.offer(sequence);
    bench.viewer.acknowledge(sequence);
  }
  assertEquals(bench.sent(), [1, 2, 3, 4, 5]);
});

Deno.test("Viewer that acknowledges is sent nothing while its connection takes nothing", () => {
  const bench = createBench({ ack: true, form: "numbered" });
  for (const sequence of [1, 2, 3]) bench.offer(sequence);
  bench.viewer.pending = 1;
  bench.viewer.acknowledge(2);
  assertEquals(bench.sent(), [1, 2]);
  bench.viewer.pending = 0;
  bench.offer(4);
  assertEquals(bench.sent(), [1, 2, 4]);
});

Deno.test("Viewer never has more than two on their way when it acknowledges at random", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = createRandom(seed);
    const bench = createBench({ ack: true, form: "numbered" });
    let arrived = 0;
    let sequence = 0;
    for (let i = 0; i < 200; i++) {
      if (random.below(3) > 0) bench.offer(++sequence);
      const onTheirWay = bench.sent().slice(arrived);
      assert(onTheirWay.length <= 2);
      if (random.below(3) > 0 || onTheirWay.length === 0) continue;
      arrived++;
      bench.viewer.acknowledge(onTheirWay[0] ?? 0);
    }
    const sent = bench.sent();
    assertEquals(sent, [...new Set(sent)].toSorted((a, b) => a - b), "in order, each once");
  }
});

Deno.test("Viewer that acknowledges nothing for 30 s is disconnected", () => {
  const bench = createBench({ ack: true, form: "numbered" });
  for (const sequence of [1, 2, 3]) bench.offer(sequence);
  bench.clock = 29_000;
  bench.viewer.acknowledge(1);
  for (bench.clock = 29_000; bench.clock < 60_000; bench.clock += 10_000) bench.offer(bench.clock);
  bench.clock = 59_000;
  assertEquals(bench.viewer.drops, [], "30 s, not more");
  bench.clock = 59_001;
  bench.offer(bench.clock);
  assertEquals(bench.viewer.drops, ["No picture was read for 30 s"]);
});

Deno.test("Viewer that takes longer than 30 s for a picture gets it whole", () => {
  for (const ack of [false, true]) {
    const bench = createBench({ ack });
    for (const sequence of [1, 2]) bench.offer(sequence);
    bench.viewer.pending = 1000;
    bench.viewer.isTaking = true;
    for (; bench.clock < 100_000; bench.clock += 1000) bench.offer(3 + bench.clock);
    assertEquals(bench.viewer.drops, []);
    bench.viewer.isTaking = false;
    bench.offer(200_000);
    assertEquals(bench.viewer.drops, ["No picture was read for 30 s"]);
  }
});

Deno.test("Viewer isn't disconnected for the time in which there were no pictures", () => {
  const bench = createBench();
  bench.offer(1);
  bench.clock = 60_000;
  // The answer to a command is on its way when pictures come again.
  bench.viewer.pending = 50;
  for (const sequence of [2, 3]) assert(!bench.offer(sequence));
  bench.viewer.pending = 0;
  assert(bench.offer(4));
  assertEquals(bench.viewer.drops, []);
});

Deno.test("Viewer gets its pictures in another way when that is set", () => {
  const bench = createBench({ ack: true, form: "numbered" });
  for (const sequence of [1, 2, 3]) bench.offer(sequence);
  bench.viewer.delivery = { fps: null, form: "file", ack: false };
  bench.offer(4);
  bench.offer(5);
  assertEquals(bench.sent(), [1, 2, 4, 5]);
  assert(typeof bench.viewer.messages.at(-1) !== "string");
  bench.viewer.delivery = { fps: 1, form: "text", ack: false };
  for (let sequence = 6; sequence <= 20; sequence++, bench.clock += 100) bench.offer(sequence);
  assertEquals(bench.sent().slice(4), [6, 16]);
});

Deno.test("Viewer keeps its beat when its rate is set to what it was", () => {
  const bench = createBench({ fps: 10 });
  for (let sequence = 1; sequence <= 100; sequence++, bench.clock += 10) {
    bench.viewer.delivery = { fps: 10, form: "text", ack: false };
    bench.offer(sequence);
  }
  assertAlmostEquals(bench.tally.sent, 10, 1);
});

Deno.test("Viewer is sent no picture that is older than its last one, until it is reset", () => {
  const bench = createBench();
  bench.offer(5);
  assert(!bench.offer(4));
  assertEquals(bench.sent(), [5]);
  bench.viewer.reset();
  assert(bench.offer(3));
  assertEquals(bench.sent(), [5, 3]);
});
