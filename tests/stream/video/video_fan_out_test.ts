import { assert, assertEquals } from "@std/assert";
import type { Picture } from "../../../lib/stream/picture.ts";
import type { Recipient } from "../../../lib/stream/recipient.ts";
import { VideoFanOut } from "../../../lib/stream/video/video_fan_out.ts";
import { eventually } from "../../testutil/eventually.ts";
import { drawConfig, drawVideo } from "./videos.ts";

interface Bench {
  fanOut: VideoFanOut;
  recipients: Set<Recipient>;
  /** Hands on pictures of these numbers; every tenth is a key frame. */
  hand(...sequences: readonly number[]): void;
}

function createBench({ bytes = 1 } = {}): Bench {
  const recipients = new Set<Recipient>();
  const tally = { sent: 0, dropped: 0, leftOut: 0, bytes: 0 };
  const fanOut = new VideoFanOut({ camera: "door", recipients, tally, fps: () => 30 });
  const config = drawConfig();
  return {
    fanOut,
    recipients,
    hand(...sequences) {
      const data = new Uint8Array(bytes);
      for (const each of sequences) {
        fanOut.hand(drawVideo(each, { config, data, isKey: each % 10 === 0 }));
      }
    },
  };
}

/** A recipient that records the offers. */
function listener(): Recipient & { numbers: number[] } {
  const numbers: number[] = [];
  return {
    numbers,
    fps: null,
    offer: ({ sequence }: Picture) => numbers.push(sequence) > 0,
    fail() {},
  };
}

Deno.test("VideoFanOut offers each picture to each, in order, however many come at once", async () => {
  const { hand, recipients } = createBench();
  const all = Array.from({ length: 20 }, listener);
  for (const each of all) recipients.add(each);
  hand(10, 11, 12);
  hand(13);
  await eventually(() => all.every(({ numbers }) => numbers.length === 4));
  for (const { numbers } of all) assertEquals(numbers, [10, 11, 12, 13]);
});

Deno.test("VideoFanOut greets with the newest group of pictures", () => {
  const { hand, fanOut } = createBench();
  const early = listener();
  fanOut.greet(early);
  hand(10, 11, 12, 20, 21, 22);
  const late = listener();
  fanOut.greet(late);
  assertEquals([early.numbers, late.numbers], [[], [20, 21, 22]]);
  fanOut.clear();
  const last = listener();
  fanOut.greet(last);
  hand(23);
  assertEquals(last.numbers, []);
});

/** A recipient that takes this many pictures of a group at a time. */
function joiner(atATime: number): Recipient & { numbers: number[] } {
  const { numbers, ...rest } = listener();
  return {
    ...rest,
    numbers,
    join(group) {
      const more = group.map(({ sequence }) => sequence).filter((each) => !numbers.includes(each));
      numbers.push(...more.slice(0, atATime));
      return more.length > atATime;
    },
  };
}

Deno.test("VideoFanOut gives the rest of a group to those who can't take it at once", async (t) => {
  await t.step("with the pictures that come, in order", async () => {
    const { hand, fanOut, recipients } = createBench();
    hand(10, 11, 12, 13, 14);
    const slow = joiner(2);
    fanOut.greet(slow);
    recipients.add(slow);
    assertEquals(slow.numbers, [10, 11]);
    for (const each of [15, 16, 17]) {
      hand(each);
      await eventually(() => fanOut.last?.sequence === each && slow.numbers.length % 2 === 0);
    }
    await eventually(() => slow.numbers.length === 8);
    hand(18);
    await eventually(() => slow.numbers.includes(18));
    assertEquals(slow.numbers, [10, 11, 12, 13, 14, 15, 16, 17, 18]);
  });
  await t.step("until the next key frame", async () => {
    const { hand, fanOut, recipients } = createBench();
    hand(10, 11, 12, 13, 14);
    const slow = joiner(2);
    fanOut.greet(slow);
    recipients.add(slow);
    hand(20);
    await eventually(() => slow.numbers.includes(20));
    hand(21);
    await eventually(() => slow.numbers.includes(21));
    assertEquals(slow.numbers, [10, 11, 20, 21]);
  });
});

Deno.test("VideoFanOut keeps no group that is larger than it may be", () => {
  const { hand, fanOut } = createBench({ bytes: 2 * 1024 * 1024 });
  hand(10, 11, 12, 13, 14, 15);
  const late = listener();
  fanOut.greet(late);
  assertEquals(late.numbers, []);
  hand(20);
  fanOut.greet(late);
  assertEquals(late.numbers, [20]);
});

Deno.test("VideoFanOut begins with a key frame, and again when pictures are decoded otherwise", () => {
  const { fanOut } = createBench();
  const [one, other] = [drawConfig(), drawConfig(32, 24)];
  fanOut.hand(drawVideo(1, { config: one }));
  assertEquals(fanOut.last, undefined);
  fanOut.hand(drawVideo(2, { config: one, isKey: true }));
  fanOut.hand(drawVideo(3, { config: other }));
  assertEquals(fanOut.last?.sequence, 2);
  fanOut.hand(drawVideo(4, { config: other, isKey: true }));
  assert(fanOut.last);
  assertEquals([fanOut.last.sequence, fanOut.last.track.config], [4, other]);
});

Deno.test("VideoFanOut lets no more pictures wait than it may", async () => {
  const { hand, recipients } = createBench({ bytes: 32 * 1024 });
  const slow = Array.from({ length: 8 }, listener);
  for (const each of slow) recipients.add(each);
  hand(...Array.from({ length: 100 }, (_, i) => i + 10));
  await eventually(() => slow.every(({ numbers }) => numbers.includes(109)));
  for (const { numbers } of slow) assert(numbers.length < 70, `${numbers.length} pictures`);
});
