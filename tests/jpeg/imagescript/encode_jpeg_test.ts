import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertRejects,
} from "@std/assert";
import { type Bitmap, encodeJpeg } from "../../../lib/jpeg/imagescript/encode_jpeg.ts";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";

/** A picture with an edge and a slope, always the same. */
function draw(width: number, height: number): Bitmap {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data.set(
        [x * 255 / width, y * 255 / height, x < width / 2 ? 0 : 255, 255],
        (y * width + x) * 4,
      );
    }
  }
  return { data, width, height };
}

interface ImageScript {
  decode(file: Uint8Array): Promise<Omit<Bitmap, "data"> & { bitmap: Uint8ClampedArray }>;
}

/** The picture as other programs see it, by a real decoder. */
async function decoded(jpeg: Uint8Array): Promise<Bitmap> {
  // Its own declarations are not valid TypeScript.
  const specifier = "imagescript";
  const { decode }: ImageScript = await import(specifier);
  const { bitmap, width, height } = await decode(jpeg);
  return { data: new Uint8Array(bitmap), width, height };
}

function meanError(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, byte, i) => sum + Math.abs(byte - (b[i] ?? 0)), 0) / a.length;
}

Deno.test("encodeJpeg() writes a whole JPEG file of the picture", async (t) => {
  const bitmap = draw(64, 48);
  for (const quality of [0, 1, 50, 80, 99, 100]) {
    await t.step(`quality ${quality}`, async () => {
      const jpeg = await encodeJpeg(bitmap, quality);
      assertEquals([...jpeg.subarray(0, 2)], [0xff, 0xd8], "begins with SOI");
      assertEquals([...jpeg.subarray(-2)], [0xff, 0xd9], "ends with EOI");
      assertEquals(jpegSize(jpeg), { width: 64, height: 48 });
      const { data, width, height } = await decoded(jpeg);
      assertEquals([width, height], [64, 48]);
      assertLess(meanError(data, bitmap.data), quality < 50 ? 40 : 4);
    });
  }
});

Deno.test("encodeJpeg() makes larger files of better pictures", async () => {
  const bitmap = draw(64, 48);
  const sizes = await Promise.all(
    [1, 30, 60, 90, 100].map(async (quality) => (await encodeJpeg(bitmap, quality)).length),
  );
  for (const [i, size] of sizes.slice(1).entries()) assertGreaterOrEqual(size, sizes[i] ?? NaN);
  assertGreater(sizes.at(-1) ?? 0, 2 * (sizes[0] ?? 0));
});

Deno.test("encodeJpeg() takes sizes that are no multiple of a block", async (t) => {
  for (const [width, height] of [[1, 1], [7, 9], [8, 8], [17, 1], [1, 17], [333, 17]] as const) {
    await t.step(`${width}x${height}`, async () => {
      const jpeg = await encodeJpeg(draw(width, height), 80);
      assertEquals(jpegSize(jpeg), { width, height });
    });
  }
});

Deno.test("encodeJpeg() takes the largest side that there can be", async () => {
  const jpeg = await encodeJpeg(draw(65_535, 1), 10);
  assertEquals(jpegSize(jpeg), { width: 65_535, height: 1 });
});

Deno.test("encodeJpeg() leaves the pixels alone", async () => {
  const bitmap = draw(64, 48);
  const before = bitmap.data.slice();
  await encodeJpeg(bitmap, 80);
  assertEquals(bitmap.data, before);
});

Deno.test("encodeJpeg() encodes pixels in the middle of a buffer", async () => {
  const { data, ...size } = draw(64, 48);
  const buffer = new Uint8Array(data.length + 200).fill(99);
  buffer.set(data, 100);
  const middle = buffer.subarray(100, 100 + data.length);
  assertEquals(
    await encodeJpeg({ data: middle, ...size }, 80),
    await encodeJpeg({ data, ...size }, 80),
  );
});

Deno.test("encodeJpeg() encodes many pictures at once", async () => {
  const bitmaps = Array.from({ length: 8 }, (_, i) => draw(32 + i, 16 + i));
  const jpegs = await Promise.all(bitmaps.map((bitmap) => encodeJpeg(bitmap, 80)));
  assertEquals(
    jpegs.map(jpegSize),
    bitmaps.map(({ width, height }) => ({ width, height })),
  );
});

Deno.test("encodeJpeg() rejects with RangeError what would end the process", async (t) => {
  const { data } = draw(8, 8);
  const detached = new Uint8Array(256);
  detached.buffer.transfer();
  const bitmaps: Record<string, Partial<Bitmap>> = {
    "too few bytes": { data: data.subarray(1) },
    "too many bytes": { data: new Uint8Array(257) },
    "no bytes": { data: new Uint8Array() },
    "bytes that are gone": { data: detached },
    "width 0": { width: 0, data: new Uint8Array() },
    "height 0": { height: 0, data: new Uint8Array() },
    "negative sides": { width: -8, height: -8 },
    "a fraction": { width: 12.8, height: 5 },
    "no number": { width: NaN },
    "no end": { width: Infinity },
    "too wide": { width: 65_536, height: 1, data: new Uint8Array(65_536 * 4) },
    "too high": { width: 1, height: 65_536, data: new Uint8Array(65_536 * 4) },
    "so large that it overflows": { width: 65_535, height: 65_535 },
  };
  for (const [name, wrong] of Object.entries(bitmaps)) {
    await t.step(name, async () => {
      const bitmap = { data, width: 8, height: 8, ...wrong };
      await assertRejects(() => encodeJpeg(bitmap, 80), RangeError, "Cannot encode picture: it");
    });
  }
  for (const quality of [-1, 101, 256, 0.5, NaN, Infinity, -Infinity]) {
    await t.step(`quality ${quality}`, async () => {
      await assertRejects(
        () => encodeJpeg({ data, width: 8, height: 8 }, quality),
        RangeError,
        `Cannot encode picture: quality must be 0 to 100, got ${quality}`,
      );
    });
  }
  await t.step("and goes on", async () => {
    assert((await encodeJpeg({ data, width: 8, height: 8 }, 80)).length > 100);
  });
});
