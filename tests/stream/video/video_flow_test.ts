import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { readFragment } from "../../../lib/h264/read_fragment.ts";
import { VideoFlow } from "../../../lib/stream/video/video_flow.ts";
import { VideoPicture, VideoTrack } from "../../../lib/stream/video/video_picture.ts";
import { FakeLink } from "../fake_viewer.ts";
import { drawConfig, drawVideo } from "./videos.ts";

/** A connection that takes nothing while it is stuck. */
class StickyLink extends FakeLink {
  isStuck = false;

  override send(message: string | Uint8Array<ArrayBuffer>): void {
    super.send(message);
    if (this.isStuck) this.pending += message.length;
  }
}

/** A viewer's flow, by a clock that a test sets. */
class Bench {
  readonly link = new StickyLink();
  readonly flow = new VideoFlow();
  track = new VideoTrack(drawConfig(), this);
  now = 0;
  ack = false;
  isSparse = false;
  ahead: number | undefined;

  /** Offers pictures of these numbers; every tenth is a key frame. Returns what became of each. */
  offer(...orders: readonly number[]): ("sent" | "missed" | "later" | "known")[] {
    return orders.map((order) => {
      this.now += 100;
      const { track, link, now, ack, isSparse, ahead } = this;
      const encoded = drawVideo(order + 1, { config: track.config, isKey: order % 10 === 0 });
      const times = { decodeTime: order * 9000, duration: 9000 };
      const picture = new VideoPicture(encoded, { camera: "door", track, order, ...times });
      const verdict = this.flow.offer(picture, { now, link, ack, isSparse, ahead });
      return typeof verdict === "number" ? "sent" : verdict;
    });
  }

  /** The numbers of the pictures that were sent; text and start as they are called. */
  get sent(): (number | string)[] {
    return this.link.messages.map((message) => {
      if (typeof message === "string") return JSON.parse(message).type;
      const read = readFragment(message);
      return read === undefined ? "start" : read.sequence - 1;
    });
  }
}

Deno.test("VideoFlow begins with a key frame, behind what tells how it is decoded", () => {
  const bench = new Bench();
  assertEquals(bench.offer(8, 9, 10, 11), ["missed", "missed", "sent", "sent"]);
  assertEquals(bench.sent, ["video", "start", 10, 11]);
});

Deno.test("VideoFlow sends no picture twice, and none after one that is missing", () => {
  const bench = new Bench();
  assertEquals(bench.offer(10, 11, 10, 11, 12), ["sent", "sent", "known", "known", "sent"]);
  assertEquals(bench.offer(14, 15, 20, 21), ["missed", "missed", "sent", "sent"]);
});

Deno.test("VideoFlow takes what the system hasn't taken for half a second for too much", () => {
  const bench = new Bench();
  bench.link.isStuck = true;
  bench.offer(10);
  assertEquals(bench.offer(11, 12, 13, 14, 15), ["sent", "sent", "sent", "sent", "sent"]);
  assertEquals(bench.offer(16, 17, 20), ["missed", "missed", "missed"]);
  bench.link.isStuck = false;
  bench.link.pending = 0;
  assertEquals(bench.offer(21, 30), ["missed", "sent"]);
});

Deno.test("VideoFlow goes on as long as what is pending is young", () => {
  const bench = new Bench();
  bench.offer(10);
  const each = bench.link.messages.at(-1)?.length ?? 0;
  bench.link.pending = 3 * each;
  assertEquals(bench.offer(...Array(60).keys().map((i) => 11 + i)).includes("missed"), false);
});

Deno.test("VideoFlow waits for a key frame when nothing is acknowledged for half a second", () => {
  const bench = new Bench();
  bench.ack = true;
  assertEquals(bench.offer(10, 11, 12, 13, 14, 15, 16).at(-1), "missed");
  // The key frame waits for the viewer as well.
  assertEquals(bench.offer(20), ["missed"]);
  bench.flow.acknowledge(99);
  assertEquals(bench.offer(30), ["missed"]);
  bench.flow.acknowledge(16);
  assertEquals(bench.offer(31, 40, 41), ["missed", "sent", "sent"]);
});

Deno.test("VideoFlow waits for a viewer that doesn't read, as its pings tell", () => {
  const bench = new Bench();
  const { link } = bench;
  bench.offer(10);
  link.isBehind = true;
  assertEquals(bench.offer(11, 12, 13, 14), ["sent", "sent", "sent", "missed"]);
  link.isBehind = false;
  assertEquals(bench.offer(15, 20), ["missed", "sent"]);
});

Deno.test("VideoFlow tells again how pictures are decoded when that changes, or the stream", () => {
  const bench = new Bench();
  bench.offer(10);
  bench.track = new VideoTrack(drawConfig(32, 24), bench);
  assertEquals(bench.offer(20), ["sent"]);
  // Another stream has numbers of its own.
  bench.track = new VideoTrack(drawConfig(), {});
  assertEquals(bench.offer(5, 10), ["missed", "sent"]);
  bench.flow.reset();
  assertEquals(bench.offer(11, 20), ["missed", "sent"]);
  const begun = ["video", "start"];
  assertEquals(bench.sent, [...begun, 10, ...begun, 20, ...begun, 10, ...begun, 20]);
});

Deno.test("VideoFlow sends key frames alone to who can't have the rate", () => {
  const bench = new Bench();
  bench.isSparse = true;
  assertEquals(bench.offer(10, 11, 19, 20, 21), ["sent", "known", "known", "sent", "known"]);
});

Deno.test("VideoFlow sends a slow link no more than it carries in half a second, once that shows", async (t) => {
  /**
   * The ages of pictures on arrival over a link that carries this many a second, in milliseconds.
   */
  function agesOver(perSecond: number, { ack }: { ack: boolean }): number[] {
    const bench = new Bench();
    bench.ack = ack;
    bench.link.isStuck = !ack;
    bench.offer(0);
    const [, , { length } = ""] = bench.link.messages;
    const way: { order: number; at: number }[] = [];
    const ages: number[] = [];
    let carried = 0;
    for (let order = 1; order < 300; order++) {
      carried += perSecond / 10;
      for (; carried >= 1 && way.length > 0; carried--) {
        const { order, at } = way.shift() ?? { order: 0, at: 0 };
        ages.push(bench.now - at);
        if (ack) bench.flow.acknowledge(order + 1);
        else bench.link.pending -= length;
      }
      if (way.length === 0) carried = 0;
      if (order === 1) bench.link.pending = 0;
      if (bench.offer(order)[0] === "sent") way.push({ order, at: bench.now });
    }
    return ages;
  }
  for (const ack of [true, false]) {
    await t.step(ack ? "acknowledged" : "as the system takes it", () => {
      const ages = agesOver(4, { ack });
      assertGreater(ages.length, 60);
      assertLess(Math.max(...ages.slice(ages.length / 2)), 1000);
      // A link that is fast enough carries each.
      assertGreater(agesOver(11, { ack }).length, 290);
    });
  }
});

Deno.test("VideoFlow gives somebody who joins its first picture, and more as the link takes it", () => {
  const bench = new Bench();
  bench.ahead = 1000;
  bench.link.pending = 300_000;
  assertEquals(bench.offer(10, 11, 11), ["sent", "later", "later"]);
  bench.link.pending = 0;
  assertEquals(bench.offer(11, 12), ["sent", "sent"]);
  // It is late like anybody else.
  bench.link.isStuck = true;
  assertEquals(bench.offer(13), ["sent"]);
  bench.now += 1000;
  assertEquals(bench.offer(14, 15), ["missed", "missed"]);
});

Deno.test("VideoFlow gives up on somebody who joins by a link that would show the past for long", () => {
  const bench = new Bench();
  bench.ahead = 2_000_000;
  bench.link.pending = 300_000;
  assertEquals(bench.offer(10, 11), ["sent", "later"]);
  // A hundred kilobytes in each 100 ms.
  bench.link.pending = 200_000;
  assertEquals(bench.offer(11), ["missed"]);
  bench.ahead = undefined;
  bench.link.pending = 0;
  assertEquals(bench.offer(12, 20), ["missed", "sent"]);
});

Deno.test("VideoFlow lets no more than 8 MB wait for anybody", () => {
  const bench = new Bench();
  bench.offer(10);
  bench.link.pending = 9 * 1024 * 1024;
  assertEquals(bench.offer(11), ["missed"]);
});
