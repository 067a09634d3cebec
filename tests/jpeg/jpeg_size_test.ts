import { assert, assertEquals } from "@std/assert";
import { encodeJpeg } from "../../lib/jpeg/imagescript/encode_jpeg.ts";
import { jpegSize } from "../../lib/jpeg/jpeg_size.ts";
import { concat } from "../ffmpeg/output/bordered_stream.ts";
import { createRandom } from "../testutil/random.ts";

const SOI = Uint8Array.of(0xff, 0xd8);

/** A segment with its length. */
function segment(marker: number, length: number): Uint8Array {
  return Uint8Array.of(0xff, marker, length >> 8, length & 0xff, ...new Uint8Array(length - 2));
}

function frameHeader(marker: number, width: number, height: number): Uint8Array {
  const header = segment(marker, 17);
  header.set([8, height >> 8, height & 0xff, width >> 8, width & 0xff], 4);
  return header;
}

Deno.test("jpegSize() reads the size of a real file", async (t) => {
  for (const [width, height] of [[1, 1], [16, 8], [640, 480], [257, 3]] as const) {
    await t.step(`${width}x${height}`, async () => {
      const data = new Uint8Array(width * height * 4);
      assertEquals(jpegSize(await encodeJpeg({ data, width, height }, 80)), { width, height });
    });
  }
});

Deno.test("jpegSize() finds the frame header behind other segments", async (t) => {
  const before = [segment(0xe0, 16), segment(0xfe, 2), segment(0xdb, 67), segment(0xc4, 31)];
  for (const marker of [0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xca, 0xcf]) {
    await t.step(marker.toString(16), () => {
      const bytes = concat([SOI, ...before, frameHeader(marker, 65_535, 513)]);
      assertEquals(jpegSize(bytes), { width: 65_535, height: 513 });
    });
  }
});

Deno.test("jpegSize() takes DHT, JPG and DAC for no frame header", () => {
  for (const marker of [0xc4, 0xc8, 0xcc]) {
    const bytes = concat([SOI, frameHeader(marker, 1, 1), frameHeader(0xc0, 7, 9)]);
    assertEquals(jpegSize(bytes), { width: 7, height: 9 });
  }
});

Deno.test("jpegSize() reads the part of a buffer that the file is", () => {
  const bytes = concat([new Uint8Array(5), SOI, frameHeader(0xc0, 7, 9), new Uint8Array(5)]);
  assertEquals(jpegSize(bytes.subarray(5)), { width: 7, height: 9 });
  assertEquals(jpegSize(bytes.subarray(5, 15)), undefined, "nothing behind its end is read");
});

Deno.test("jpegSize() is undefined when the bytes are no JPEG file", () => {
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13);
  for (const bytes of [new Uint8Array(), SOI, png, new Uint8Array(100).fill(0xff)]) {
    assertEquals(jpegSize(bytes), undefined);
  }
  assertEquals(jpegSize(concat([Uint8Array.of(0xff, 0xd9), frameHeader(0xc0, 7, 9)])), undefined);
});

Deno.test("jpegSize() is the size or undefined when a file is cut at any byte", async () => {
  const jpeg = await encodeJpeg({ data: new Uint8Array(16 * 8 * 4), width: 16, height: 8 }, 50);
  let first = -1;
  for (let cut = 0; cut <= jpeg.length; cut++) {
    const size = jpegSize(jpeg.subarray(0, cut));
    if (size !== undefined && first < 0) first = cut;
    assertEquals(size, first < 0 ? undefined : { width: 16, height: 8 }, `cut at ${cut}`);
  }
  assert(first > 0 && first < jpeg.length);
});

Deno.test("jpegSize() ends when lengths lie", () => {
  // A length counts itself, so that less than 2 can't be.
  for (const length of [0, 1, 0xffff]) {
    const lie = Uint8Array.of(0xff, 0xe0, length >> 8, length & 0xff);
    const bytes = concat([SOI, ...Array.from({ length: 1000 }, () => lie)]);
    assertEquals(jpegSize(bytes), undefined);
  }
});

Deno.test("jpegSize() never throws when bytes are wrong", async () => {
  const jpeg = await encodeJpeg({ data: new Uint8Array(16 * 8 * 4), width: 16, height: 8 }, 50);
  for (let seed = 1; seed <= 2000; seed++) {
    const random = createRandom(seed);
    const bytes = jpeg.slice();
    for (let i = 0; i < 1 + random.below(8); i++) {
      bytes[random.below(bytes.length)] = random.below(256);
    }
    for (const each of [bytes, concat([SOI, random.bytes(200)])]) {
      const size = jpegSize(each);
      if (size === undefined) continue;
      for (const side of [size.width, size.height]) assert(side >= 0 && side <= 65_535);
    }
  }
});
