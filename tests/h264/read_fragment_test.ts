import { assertEquals } from "@std/assert";
import { fragment } from "../../lib/h264/fragments.ts";
import { isInitialisation, movedFragment, readFragment } from "../../lib/h264/read_fragment.ts";
import { createRandom } from "../testutil/random.ts";

const SAMPLE = {
  sequence: 42,
  isKey: true,
  decodeTime: 90_000,
  duration: 3000,
  offset: 0,
  data: Uint8Array.of(1, 2, 3),
  timestamp: 1_700_000_000.25,
};

Deno.test("readFragment() reads what fragment() has written", () => {
  for (const isKey of [true, false]) {
    for (const timestamp of [1_700_000_000.25, 2_085_978_495, 2_085_978_496.5, 3_000_000_000]) {
      const read = readFragment(fragment({ ...SAMPLE, isKey, timestamp }));
      const times = { decodeTime: 90_000, duration: 3000 };
      assertEquals(read, { sequence: 42, isKey, timestamp, ...times });
    }
  }
});

Deno.test("readFragment() returns nothing for what is no fragment, and survives everything", () => {
  const whole = fragment(SAMPLE);
  for (let length = 0; length < whole.length - SAMPLE.data.length - 8; length++) {
    assertEquals(readFragment(whole.subarray(0, length)), undefined);
  }
  assertEquals(readFragment(new TextEncoder().encode("\xff\xd8 a picture")), undefined);
  const random = createRandom(5);
  for (let i = 0; i < 5000; i++) {
    const broken = whole.slice(0, random.below(whole.length + 1));
    for (let n = 0; n < 3 && broken.length > 0; n++) {
      broken[random.below(broken.length)] = random.below(256);
    }
    readFragment(broken);
  }
});

Deno.test("movedFragment() moves times, and nothing else", () => {
  const whole = fragment(SAMPLE);
  assertEquals(movedFragment(whole, -90_000), fragment({ ...SAMPLE, decodeTime: 0 }));
  assertEquals(movedFragment(Uint8Array.of(1, 2), 7), Uint8Array.of(1, 2));
});

Deno.test("isInitialisation() tells it from a fragment", () => {
  assertEquals(isInitialisation(fragment(SAMPLE)), false);
  assertEquals(isInitialisation(new Uint8Array()), false);
  assertEquals(isInitialisation(new TextEncoder().encode("\0\0\0\x08ftyp")), true);
});
