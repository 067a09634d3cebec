import { assertEquals, assertRejects } from "@std/assert";
import { NewestFrame } from "../../../../lib/camera/ffmpeg/video/newest_frame.ts";
import { type Frame, FramePool } from "../../../../lib/frame/frame.ts";

/** A place for a frame, by a clock that only the test moves; and frames that tell whether somebody holds them. */
function setUp() {
  const clock = { ms: 0 };
  const freed: number[] = [];
  const pool = new FramePool();
  return {
    clock,
    freed,
    place: new NewestFrame(() => clock.ms),
    frame(timestamp: number): Frame {
      const frame = pool.frame(new Uint8Array(4), { width: 1, height: 1, timestamp });
      const { release } = frame;
      frame.release = () => {
        freed.push(timestamp);
        release.call(frame);
      };
      return frame;
    },
  };
}

Deno.test("NewestFrame gives the newest frame, and frees those before it", async () => {
  const { place, frame, freed } = setUp();
  const awaited = place.take();
  place.put(frame(1));
  assertEquals((await awaited)?.timestamp, 1);
  place.put(frame(2));
  place.put(frame(3));
  assertEquals(freed, [2]);
  assertEquals((await place.take())?.timestamp, 3);
});

Deno.test("NewestFrame leaves out frames more than half a second behind the pictures that have come", async () => {
  const { place, frame, freed, clock } = setUp();
  place.put(frame(10));
  await place.take();
  // A stall: pictures of two seconds come in a heap, and are decoded one after the other.
  for (let i = 1; i <= 20; i++) place.hear({ timestamp: 10 + i / 10 });
  const shown: number[] = [];
  for (let i = 1; i <= 20; i++) {
    clock.ms += 10;
    const timestamp = 10 + i / 10;
    place.put(frame(timestamp));
    if (!freed.includes(timestamp)) shown.push((await place.take())?.timestamp ?? NaN);
  }
  assertEquals(shown, [11.5, 11.6, 11.7, 11.8, 11.9, 12]);
  assertEquals(freed.length, 14);
});

Deno.test("NewestFrame gives one late frame a second where none comes in time", async () => {
  const { place, frame, freed, clock } = setUp();
  const shown: number[] = [];
  for (let i = 0; i < 50; i++) {
    clock.ms += 100;
    place.hear({ timestamp: i / 10 });
    const timestamp = i / 10 - 3;
    place.put(frame(timestamp));
    if (!freed.includes(timestamp)) shown.push((await place.take())?.timestamp ?? NaN);
  }
  assertEquals(shown, [-3, -2, -1, 0, 1]);
});

Deno.test("NewestFrame frees what it has at its end, and tells why that came", async () => {
  const { place, frame, freed } = setUp();
  place.put(frame(1));
  place.end();
  place.put(frame(2));
  assertEquals([await place.take(), freed], [undefined, [1, 2]]);
  const failed = setUp().place;
  const awaited = failed.take();
  failed.end(new TypeError("broken"));
  await assertRejects(() => awaited, TypeError, "broken");
});
