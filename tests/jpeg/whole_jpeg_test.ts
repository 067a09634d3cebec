import { assert, assertEquals, assertLess } from "@std/assert";
import { wholeJpeg } from "../../lib/jpeg/whole_jpeg.ts";
import { jpegSize } from "../../lib/jpeg/jpeg_size.ts";
import { testWith } from "../testutil/needs.ts";
import { createRandom } from "../testutil/random.ts";
import { decodeJpeg, drawJpeg, jpegOf, segmentsOf } from "./jpegs.ts";
import { concat } from "../ffmpeg/output/bordered_stream.ts";
import {
  DRAWN,
  DRI,
  ffmpegJpeg,
  LAST_BYTES,
  markersOf,
  SOF2,
  SOS,
  withoutTables,
} from "./whole_jpegs.ts";

const KINDS: Record<string, () => Promise<Uint8Array<ArrayBuffer>>> = {
  "4:2:0": () => ffmpegJpeg("-pix_fmt", "yuvj420p"),
  "4:2:2": () => ffmpegJpeg("-pix_fmt", "yuvj422p"),
  "4:4:4": () => ffmpegJpeg("-pix_fmt", "yuvj444p"),
  "the usual Huffman tables": () => ffmpegJpeg("-huffman", "default"),
  "Huffman tables of its own": () => ffmpegJpeg("-huffman", "optimal"),
  "restart markers": () => ffmpegJpeg("-threads", "4", "-thread_type", "slice", "-slices", "4"),
  "coarse steps": () => ffmpegJpeg("-q:v", "31"),
  "fine steps": () => ffmpegJpeg("-qmin", "1", "-q:v", "1"),
};

/** Cuts at every byte are undefined, unless only the end is missing, and the whole is as it was. */
function checkWhole(jpeg: Uint8Array<ArrayBuffer>, { isReadable = true } = {}): void {
  assertEquals(wholeJpeg(jpeg), jpeg);
  for (let cut = 0; cut < jpeg.length - LAST_BYTES; cut++) {
    assertEquals(wholeJpeg(jpeg.slice(0, cut)), undefined, `cut at ${cut}`);
    assertEquals(wholeJpeg(jpeg.slice().fill(0, cut)), undefined, `zeros from ${cut}`);
  }
  const mended = isReadable ? jpeg : undefined;
  assertEquals(wholeJpeg(jpeg.slice(0, -2)), mended, "without its end");
  assertEquals(wholeJpeg(jpeg.slice(0, -1)), mended, "without half its end");
}

Deno.test("wholeJpeg() takes imagescript's pictures whole, and nothing less", async () => {
  checkWhole(DRAWN);
  checkWhole(await drawJpeg(1, 1));
});

for (const [name, make] of Object.entries(KINDS)) {
  testWith(
    ["ffmpeg"],
    `wholeJpeg() takes ffmpeg's pictures whole, and nothing less: ${name}`,
    async () => {
      const jpeg = await make();
      assertEquals(markersOf(jpeg).includes(DRI), name === "restart markers");
      checkWhole(jpeg);
    },
  );
}

/** Has libturbojpeg make a picture in many scans; a process of its own, for it can crash. */
async function progressiveJpeg(): Promise<Uint8Array<ArrayBuffer>> {
  const script = `
    const { symbols } = Deno.dlopen("libturbojpeg.so.0", {
      tjInitCompress: { parameters: [], result: "pointer" },
      tjCompress2: {
        parameters: ["pointer", "buffer", "i32", "i32", "i32", "i32", "buffer", "buffer", "i32",
          "i32", "i32"],
        result: "i32",
      },
    });
    const [width, height, gray420, progressive] = [64, 64, 2, 16384];
    const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => i * i >> 6);
    const out = new BigUint64Array(1);
    const size = new BigUint64Array(1);
    const failed = symbols.tjCompress2(symbols.tjInitCompress(), rgb, width, width * 3, height, 0,
      out, size, gray420, 80, progressive);
    if (failed) Deno.exit(1);
    const jpeg = Deno.UnsafePointerView.getArrayBuffer(
      Deno.UnsafePointer.create(out[0]), Number(size[0]));
    Deno.stdout.writeSync(new Uint8Array(jpeg));`;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", script],
    stdin: "null",
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return stdout;
}

testWith(["turbojpeg"], "wholeJpeg() takes a picture of many scans", async () => {
  const jpeg = await progressiveJpeg();
  const markers = markersOf(jpeg);
  assert(markers.includes(SOF2));
  assertLess(3, markers.filter((marker) => marker === SOS).length);
  checkWhole(jpeg, { isReadable: false });
});

Deno.test("wholeJpeg() leaves out zeros after the end", () => {
  for (const zeros of [1, 2, 3, 4, 100, 100_000]) {
    assertEquals(wholeJpeg(concat([DRAWN, new Uint8Array(zeros)])), DRAWN);
  }
});

Deno.test("wholeJpeg() leaves out what stands before or behind the picture", async (t) => {
  const rests = {
    "a byte": [1],
    "0xff": [0xff],
    "another end": [0xff, 0xd9],
    "another picture": [...DRAWN],
    "something after zeros": [0, 0, 0, 0, 7],
    "a boundary": [...new TextEncoder().encode("\r\n--ffmpeg")],
  };
  for (const [name, rest] of Object.entries(rests)) {
    await t.step(name, () => {
      const bytes = Uint8Array.from(rest);
      const picture = wholeJpeg(concat([DRAWN, bytes]));
      assertEquals(picture, DRAWN);
      // Nothing is copied.
      assertEquals(picture?.byteOffset, 0);
      if (name === "another picture" || name === "a boundary") return;
      assertEquals(wholeJpeg(concat([bytes, DRAWN])), DRAWN);
      assertEquals(wholeJpeg(concat([DRAWN.subarray(0, -2), bytes])), DRAWN);
    });
  }
});

Deno.test("wholeJpeg() refuses what isn't one picture from its start to its end", async (t) => {
  const segments = segmentsOf(DRAWN).map(({ bytes }) => bytes);
  const scan = segments.at(-2) ?? new Uint8Array();
  const cases: Record<string, Uint8Array[]> = {
    "nothing": [],
    "start and end": [Uint8Array.of(0xff, 0xd8, 0xff, 0xd9)],
    "no start": [DRAWN.subarray(2)],
    "no scan": [jpegOf(segments.filter((bytes) => bytes !== scan))],
    "no marker after a segment": [jpegOf([...segments.slice(0, 1), Uint8Array.of(0, 0)])],
    "arithmetic coding": [
      jpegOf(
        segments.map((bytes) =>
          bytes[1] === 0xc0 ? Uint8Array.of(0xff, 0xc9, ...bytes.subarray(2)) : bytes
        ),
      ),
    ],
    "a segment that is longer than the rest": [jpegOf([Uint8Array.of(0xff, 0xfe, 0xff, 0xff)])],
  };
  for (const [name, parts] of Object.entries(cases)) {
    await t.step(name, () => assertEquals(wholeJpeg(concat(parts)), undefined));
  }
});

Deno.test("wholeJpeg() takes a picture that begins twice", () => {
  const soi = Uint8Array.of(0xff, 0xd8);
  assertEquals(wholeJpeg(concat([soi, DRAWN])), DRAWN);
  assertEquals(wholeJpeg(concat([soi, soi, soi, DRAWN])), DRAWN);
});

Deno.test("wholeJpeg() finds a whole picture behind half a one, however large", async () => {
  // In a large file, the bytes that are read as a segment's length may lead to a 0xff by chance.
  const large = await drawJpeg(1600, 1200, 3);
  assertLess(2 * 65_536, large.length);
  for (let cut = 1000; cut < large.length; cut += 7919) {
    const bytes = concat([large.subarray(0, cut), large]);
    // Not the bytes: what tells two large pictures apart takes a minute to print.
    const found = wholeJpeg(bytes);
    assertEquals([found?.byteOffset, found?.length], [cut, large.length], `cut at ${cut}`);
  }
});

Deno.test("wholeJpeg() isn't misled by markers inside a segment", () => {
  const comment = Uint8Array.of(0xff, 0xfe, 0, 8, 0xff, 0xd9, 0xff, 0xd8, 0xff, 0xda);
  const jpeg = jpegOf([comment, ...segmentsOf(DRAWN).map(({ bytes }) => bytes)]);
  checkWhole(jpeg);
});

Deno.test("wholeJpeg() takes fill bytes before a marker (T.81, B.1.1.2)", async (t) => {
  const segments = segmentsOf(DRAWN);
  for (const [i, { marker }] of segments.entries()) {
    await t.step(`before marker ${i}, 0x${marker.toString(16)}`, async () => {
      for (const count of [1, 2, 3, 5]) {
        const fill = new Uint8Array(count).fill(0xff);
        const all = segments.map(({ bytes }) => bytes);
        const jpeg = jpegOf([...all.slice(0, i), fill, ...all.slice(i)]);
        assertEquals(wholeJpeg(jpeg)?.length, jpeg.length);
        assertEquals(wholeJpeg(jpeg), jpeg);
        assertEquals(jpegSize(jpeg), { width: 40, height: 24 });
        assertEquals((await decodeJpeg(jpeg)).width, 40, "a decoder takes it too");
      }
    });
  }
});

Deno.test("wholeJpeg() doesn't change what it is given", () => {
  for (const jpeg of [DRAWN, withoutTables(DRAWN)]) {
    const before = jpeg.slice();
    wholeJpeg(jpeg);
    assertEquals(jpeg, before);
  }
});

Deno.test("wholeJpeg() ends without throwing, whatever it is given", () => {
  for (let seed = 1; seed <= 3000; seed++) {
    const random = createRandom(seed);
    const bytes = random.bytes(random.below(400));
    // So that it gets beyond the first bytes.
    if (seed % 3 > 0) bytes.set([0xff, 0xd8, 0xff].slice(0, bytes.length));
    if (seed % 3 > 1) { for (let at = 0; at < bytes.length; at += 2) bytes[at] = 0xff; }
    wholeJpeg(bytes);
  }
});

Deno.test("wholeJpeg() gives what begins and ends as a picture when any bit is flipped", () => {
  for (let at = 0; at < DRAWN.length; at++) {
    const bytes = DRAWN.slice();
    bytes[at] = (bytes[at] ?? 0) ^ 1 << at % 8;
    const picture = wholeJpeg(bytes);
    if (picture === undefined) continue;
    assertEquals([...picture.subarray(0, 2), ...picture.subarray(-2)], [0xff, 0xd8, 0xff, 0xd9]);
  }
});

Deno.test("wholeJpeg() takes time in proportion to the size, whatever the bytes", () => {
  const size = 4 << 20;
  const head = DRAWN.subarray(0, -2);
  const fills: number[][] = [[0xff], [0xff, 0], [0xff, 0xd0], [0xff, 0xfe, 0, 2], [0]];
  for (const fill of fills) {
    const rest = Uint8Array.from({ length: size }, (_, i) => fill[i % fill.length] ?? 0);
    const start = performance.now();
    wholeJpeg(concat([head, rest, Uint8Array.of(0xff, 0xd9)]));
    assertLess(performance.now() - start, 30_000);
  }
});
