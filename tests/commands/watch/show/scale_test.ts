import { assertEquals } from "@std/assert";
import { scale } from "../../../../lib/commands/watch/show/scale.ts";
import type { Pixels } from "../../../../lib/encoder/imagescript/decode_jpeg.ts";

/** A picture of greys. */
function greys(width: number, values: readonly number[]): Pixels {
  const data = Uint8Array.from(values.flatMap((value) => [value, value, value]));
  return { data, width, height: values.length / width };
}

function scaled(pixels: Pixels, width: number, height: number): number[] {
  const { data, ...size } = scale(pixels, { width, height });
  assertEquals(size, { width, height });
  assertEquals(data.length, width * height * 3);
  return [...data].filter((_, i) => i % 3 === 0);
}

Deno.test("scale() takes the mean of each area", () => {
  assertEquals(scaled(greys(4, [0, 100, 10, 20, 200, 100, 30, 40]), 2, 1), [100, 25]);
});

Deno.test("scale() takes of a pixel on the edge as much as lies in the area", () => {
  // Each area is one and a half pixels wide.
  assertEquals(scaled(greys(3, [0, 90, 240]), 2, 1), [30, 190]);
  assertEquals(scaled(greys(1, [0, 90, 240]), 1, 2), [30, 190]);
});

Deno.test("scale() makes a picture larger, and leaves one of the right size alone", () => {
  assertEquals(scaled(greys(2, [10, 50]), 4, 2), [10, 10, 50, 50, 10, 10, 50, 50]);
  assertEquals(scaled(greys(2, [10, 50, 60, 70]), 2, 2), [10, 50, 60, 70]);
});

Deno.test("scale() keeps a plane colour at every size", () => {
  const data = Uint8Array.from({ length: 7 * 5 * 3 }, (_, i) => [255, 128, 1][i % 3] ?? 0);
  for (const [width, height] of [[1, 1], [3, 2], [7, 5], [20, 33], [6, 4]] as const) {
    const { data: result } = scale({ data, width: 7, height: 5 }, { width, height });
    assertEquals(new Set([...result].map((value, i) => `${i % 3}: ${value}`)).size, 3);
    assertEquals([...result.subarray(0, 3)], [255, 128, 1]);
  }
});

Deno.test("scale() mixes no channel with another", () => {
  const data = Uint8Array.of(255, 0, 10, 1, 100, 30);
  assertEquals([...scale({ data, width: 2, height: 1 }, { width: 1, height: 1 }).data], [
    128,
    50,
    20,
  ]);
});
