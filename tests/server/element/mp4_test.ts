import { assertEquals } from "@std/assert";
import { fragment, initialisation, TIMESCALE } from "../../../lib/h264/fragments.ts";
import {
  decoderConfigOf,
  kindOfMp4,
  pictureOf,
  readFragment,
  timescaleOf,
} from "../../../lib/server/element/video/mp4.js";

const CONFIG = {
  record: new Uint8Array([1, 2, 3]),
  codec: "avc1.42C01F",
  width: 640,
  height: 480,
  reorderFrames: 0,
};
const SAMPLE = {
  sequence: 7,
  data: new Uint8Array(100),
  isKey: true,
  decodeTime: 2 ** 33 + 5,
  duration: 3000,
  offset: 0,
  timestamp: 1_234_567_890.123,
};

Deno.test("timescaleOf() reads what the server writes", () => {
  const bytes = initialisation(CONFIG);
  assertEquals(kindOfMp4(bytes), "init");
  assertEquals(timescaleOf(bytes), TIMESCALE);
});

Deno.test("decoderConfigOf() and pictureOf() give what a decoder takes", () => {
  assertEquals(decoderConfigOf(initialisation(CONFIG)), CONFIG.record);
  const data = Uint8Array.from({ length: 100 }, (_, i) => i);
  assertEquals(pictureOf(fragment({ ...SAMPLE, data })), data);
  assertEquals(decoderConfigOf(fragment(SAMPLE)), null);
  assertEquals(pictureOf(initialisation(CONFIG)), null);
});

Deno.test("decoderConfigOf() survives whatever comes, cut anywhere and with any byte changed", () => {
  const whole = initialisation(CONFIG);
  for (let at = 0; at < whole.length; at++) {
    decoderConfigOf(whole.slice(0, at));
    pictureOf(whole.slice(0, at));
    for (const value of [0, 1, 0x7f, 0xff]) decoderConfigOf(whole.with(at, value));
  }
});

Deno.test("readFragment() reads what the server writes", async (t) => {
  const cases = [SAMPLE, { ...SAMPLE, isKey: false }, { ...SAMPLE, offset: -1500, sequence: 1 }];
  for (const sample of cases) {
    await t.step(JSON.stringify(sample).slice(0, 60), () => {
      const bytes = fragment(sample);
      assertEquals(kindOfMp4(bytes), "fragment");
      const { capturedAt, ...rest } = readFragment(bytes) ?? {};
      assertEquals(Math.round(capturedAt ?? 0), 1000 * SAMPLE.timestamp);
      const { sequence, isKey, decodeTime, duration, offset } = sample;
      assertEquals(rest, { sequence, isKey, decodeTime, duration, offset });
    });
  }
});

Deno.test("readFragment() survives whatever comes, cut anywhere and with any byte changed", () => {
  const whole = fragment(SAMPLE);
  for (let length = 0; length < 200; length++) readFragment(whole.slice(0, length));
  for (let at = 0; at < 200; at++) {
    for (const value of [0, 1, 0x7f, 0xff]) {
      const bytes = whole.slice();
      bytes[at] = value;
      readFragment(bytes);
      timescaleOf(bytes);
    }
  }
  assertEquals(readFragment(new Uint8Array()), null);
  assertEquals(kindOfMp4(new Uint8Array([0, 0, 0, 8])), null);
  assertEquals(timescaleOf(new Uint8Array(100)), null);
});
