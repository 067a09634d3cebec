import { assertEquals, assertLess, assertStrictEquals } from "@std/assert";
import type { Bitmap } from "../../../lib/jpeg/imagescript/encode_jpeg.ts";
import { scaledHeight, scaleDown } from "../../../lib/encoder/jpeg/scale.ts";
import { drawBitmap } from "../../jpeg/jpegs.ts";

/** The mean of the area under each new pixel, computed as plainly as possible. */
function slowly({ data, width: from, height: rows }: Bitmap, width: number): Bitmap {
  const height = scaledHeight({ width: from, height: rows }, width);
  const scaled = new Uint8Array(width * height * 4).fill(255);
  const share = (at: number, index: number, sides: [number, number]): number => {
    const [old, now] = sides;
    const [begin, end] = [index * old / now, (index + 1) * old / now];
    return Math.max(0, Math.min(end, at + 1) - Math.max(begin, at)) * now / old;
  };
  for (let i = 0; i < width * height * 3; i++) {
    const [x, y, channel] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const weight = share(row, y, [rows, height]);
      for (let column = 0; weight > 0 && column < from; column++) {
        const value = data[(row * from + column) * 4 + channel] ?? 0;
        sum += weight * share(column, x, [from, width]) * value;
      }
    }
    scaled[(y * width + x) * 4 + channel] = Math.floor(sum + 0.5);
  }
  return { data: scaled, width, height };
}

/** A picture of one row, of greys. */
function row(...greys: number[]): Bitmap {
  const data = Uint8Array.from(greys.flatMap((grey) => [grey, grey, grey, 255]));
  return { data, width: greys.length, height: 1 };
}

function greysOf({ data }: Bitmap): number[] {
  return Array.from(data.filter((_, i) => i % 4 === 0));
}

Deno.test("scaleDown() makes each pixel the mean of what it covers", () => {
  assertEquals(greysOf(scaleDown(row(0, 100, 200, 250), 2)), [50, 225]);
  assertEquals(greysOf(scaleDown(row(0, 90, 255), 2)), [30, 200], "halves count as halves");
  assertEquals(greysOf(scaleDown(row(10, 20, 30, 40, 50), 1)), [30]);
  assertEquals(greysOf(scaleDown(row(0, 1), 1)), [1], "rounded, not cut");
});

Deno.test("scaleDown() does what a slow and plain way does, whatever the sizes", async (t) => {
  const sizes: [number, number, number][] = [
    [64, 48, 32],
    [64, 48, 63],
    [64, 48, 1],
    [17, 11, 16],
    [17, 11, 5],
    [31, 1, 16],
    [3, 200, 2],
    [200, 3, 16],
    [97, 89, 40],
    [1920, 4, 16],
  ];
  for (const [width, height, narrower] of sizes) {
    await t.step(`${width}x${height} to ${narrower}`, () => {
      const bitmap = drawBitmap(width, height, width);
      const [is, should] = [scaleDown(bitmap, narrower), slowly(bitmap, narrower)];
      assertEquals([is.width, is.height], [should.width, should.height]);
      assertStrictEquals(is.data.length, is.width * is.height * 4);
      // Sums are kept in single precision: one step where the mean is just between two.
      const off = is.data.map((value, i) => Math.abs(value - (should.data[i] ?? 0)));
      assertLess(Math.max(...off), 2);
      assertLess(off.filter((each) => each > 0).length / off.length, 0.03);
    });
  }
});

Deno.test("scaleDown() leaves an even colour as it is, up to the edges", () => {
  for (const grey of [0, 1, 127, 254, 255]) {
    const data = new Uint8Array(37 * 23 * 4).fill(grey);
    const scaled = scaleDown({ data, width: 37, height: 23 }, 16);
    assertEquals([...new Set(greysOf(scaled))], [grey]);
  }
});

Deno.test("scaleDown() doesn't change what it is given, and makes opaque pixels", () => {
  const bitmap = drawBitmap(20, 20);
  const before = bitmap.data.slice();
  const { data } = scaleDown({ ...bitmap, data: bitmap.data }, 7);
  assertEquals(bitmap.data, before);
  assertEquals([...new Set(data.filter((_, i) => i % 4 === 3))], [255]);
});

Deno.test("scaledHeight() keeps the shape, and is never nothing", () => {
  assertEquals(scaledHeight({ width: 1280, height: 720 }, 640), 360);
  assertEquals(scaledHeight({ width: 640, height: 480 }, 333), 250);
  assertEquals(scaledHeight({ width: 8192, height: 2 }, 16), 1);
});
