import { assertEquals } from "@std/assert";
import { shownSize } from "../../lib/jpeg/shown_size.ts";

/** The beginning of a JPEG file that says how large it is. */
function headerOf(width: number, height: number): Uint8Array {
  const sides = [height >> 8, height & 255, width >> 8, width & 255];
  return Uint8Array.of(0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, ...sides, 3, 1, 0x22, 0, 2, 0x11, 1);
}

Deno.test("shownSize() takes the sizes that cameras have, and none that fills the memory", () => {
  for (const [width, height] of [[1, 1], [1280, 720], [7680, 4320], [16_384, 4000]] as const) {
    assertEquals(shownSize(headerOf(width, height)), { width, height });
  }
  for (
    const [width, height] of [
      [16_000, 16_000],
      [65_535, 65_535],
      [16_385, 1],
      [1, 20_000],
      [0, 10],
      [10, 0],
    ] as const
  ) assertEquals(shownSize(headerOf(width, height)), undefined);
  assertEquals(shownSize(new Uint8Array(20)), undefined);
});
