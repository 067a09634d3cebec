import { assertEquals, assertThrows } from "@std/assert";
import { checkJpeg } from "../../lib/jpeg/check_jpeg.ts";
import { encodeJpeg } from "../../lib/jpeg/imagescript/encode_jpeg.ts";
import { drawBitmap } from "./jpegs.ts";

/** A file without data that claims this size and this number of scans. */
function hollow(width: number, height: number, scans = 1): Uint8Array<ArrayBuffer> {
  const sides = [height >> 8, height & 0xff, width >> 8, width & 0xff];
  return Uint8Array.from([
    0xff,
    0xd8,
    0xff,
    0xc4,
    0,
    2,
    0xff,
    0xc2,
    0,
    11,
    8,
    ...sides,
    1,
    1,
    0x11,
    0,
    ...Array(scans).fill([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]).flat(),
    0xff,
    0xd9,
  ]);
}

Deno.test("checkJpeg() gives a whole file with its size, and the usual tables where it has none", async () => {
  const jpeg = await encodeJpeg(drawBitmap(64, 48), 80);
  assertEquals(checkJpeg(jpeg), { jpeg, width: 64, height: 48 });
  const padded = new Uint8Array([...jpeg, 0, 0, 0]);
  assertEquals(checkJpeg(padded).jpeg, jpeg);
});

Deno.test("checkJpeg() takes what large cameras send, and progressive pictures", () => {
  for (const [width, height, scans] of [[7680, 4320, 1], [3840, 2160, 10], [1920, 1080, 40]]) {
    const jpeg = hollow(width ?? 0, height ?? 0, scans);
    assertEquals(checkJpeg(jpeg), { jpeg, width, height });
  }
});

Deno.test("checkJpeg() refuses what would take a decoder too long", async (t) => {
  const jpeg = await encodeJpeg(drawBitmap(64, 48), 80);
  const cases: [string, Uint8Array<ArrayBuffer>, string][] = [
    ["nothing", new Uint8Array(), "it must be a whole JPEG file with a size"],
    ["no JPEG", new TextEncoder().encode("GIF89a"), "it must be a whole JPEG file"],
    ["a cut one", jpeg.subarray(0, -9), "it must be a whole JPEG file"],
    ["width 0", hollow(0, 100), "it must be a whole JPEG file with a size"],
    ["height 0", hollow(100, 0), "it must be a whole JPEG file with a size"],
    ["too many bytes", new Uint8Array(2 ** 24 + 1), "at most 16777216 bytes, got 16777217"],
    ["the largest", hollow(65_535, 65_535), "50 million pixels, got 65535x65535 in 1 scans"],
    ["a little too large", hollow(10_000, 5001), "50 million pixels, got 10000x5001"],
    ["too many scans", hollow(1920, 1080, 49), "got 1920x1080 in 49 scans"],
    ["scans without end", hollow(100, 100, 100_000), "got 100x100 in 100000 scans"],
  ];
  for (const [name, bytes, message] of cases) {
    await t.step(name, () => void assertThrows(() => checkJpeg(bytes), RangeError, message));
  }
});
