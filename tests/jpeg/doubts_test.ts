import { assertEquals } from "@std/assert";
import { Doubts } from "../../lib/jpeg/doubts.ts";
import { concat } from "../ffmpeg/output/bordered_stream.ts";
import { drawJpeg } from "./jpegs.ts";

const EOI = Uint8Array.of(0xff, 0xd9);

Deno.test("Doubts finds half pictures that end well", async () => {
  const doubts = new Doubts();
  const whole = await drawJpeg(64, 64, 3);
  const half = concat([whole.subarray(0, whole.length * 2 / 3), EOI]);
  const seen = [half, whole, half, whole, whole, half].map((jpeg) =>
    doubts.clear(jpeg) !== undefined
  );
  assertEquals(seen, [false, true, false, true, true, false]);
});

Deno.test("Doubts takes smaller pictures that are whole", async () => {
  const doubts = new Doubts();
  for (const size of [128, 64, 8, 64]) {
    const jpeg = await drawJpeg(size, size);
    assertEquals(doubts.clear(jpeg), jpeg);
  }
});

Deno.test("Doubts cuts off the rest of an older picture, and looks at those that follow", async () => {
  const doubts = new Doubts();
  const whole = await drawJpeg(64, 64, 3);
  const odd = () => concat([whole.subarray(0, -2), whole.subarray(-300)]);
  for (const jpeg of [odd(), odd(), whole, odd()]) assertEquals(doubts.clear(jpeg), whole);
  const damaged = concat([whole.subarray(0, -40), whole.subarray(-30)]);
  assertEquals(doubts.clear(damaged), undefined, "it is hardly smaller");
});

Deno.test("Doubts drops a picture that has too much in its middle, and cuts nothing off it", async () => {
  const doubts = new Doubts({ now: () => 0 });
  const whole = await drawJpeg(256, 256, 3);
  assertEquals(doubts.clear(whole.slice()), whole);
  for (let at = 1000; at < whole.length - 1000; at += 97) {
    const twice = concat([whole.subarray(0, at), whole.subarray(at - 300)]);
    assertEquals(doubts.clear(twice)?.length, undefined, `at ${at} of ${whole.length}`);
    // Were they half of all, they would be taken for the habit of a careless camera.
    for (let i = 0; i < 2; i++) assertEquals(doubts.clear(whole.slice())?.length, whole.length);
  }
});

Deno.test("Doubts finds packets that are missing in the middle, of pictures as large as any", async () => {
  const doubts = new Doubts({ now: () => 0 });
  const whole = await drawJpeg(256, 256, 5);
  assertEquals(doubts.clear(whole), whole);
  for (let at = 1000; at < whole.length - 1000; at += 97) {
    const damaged = concat([whole.subarray(0, at), whole.subarray(at + 300)]);
    assertEquals(doubts.clear(damaged)?.length, undefined, `at ${at} of ${whole.length}`);
  }
});

Deno.test("Doubts looks at the first pictures, then spends a fifth of the time at most", async () => {
  const whole = await drawJpeg(64, 64, 6);
  let begun = 0;
  let asked = 0;
  // To look through one takes 20 ms: the clock is asked before and after.
  const doubts = new Doubts({ now: () => begun + 20 * asked++ });
  const look = (count: number): number => {
    let looked = 0;
    for (let i = 0; i < count; i++) {
      begun += 40;
      asked = 0;
      doubts.clear(whole);
      if (asked > 1) looked++;
    }
    return looked;
  };
  assertEquals(look(100), 100);
  assertEquals(look(60), 20);
});
