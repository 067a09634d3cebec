import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { HUFFMAN_TABLES } from "../../lib/jpeg/huffman_tables.ts";
import { wholeJpeg } from "../../lib/jpeg/whole_jpeg.ts";
import { testWith } from "../testutil/needs.ts";
import { decodeJpeg, jpegOf, segmentsOf } from "./jpegs.ts";
import { concat } from "../ffmpeg/output/bordered_stream.ts";
import {
  DHT,
  DRAWN,
  ffmpegJpeg,
  LAST_BYTES,
  markersOf,
  SOS,
  withoutTables,
} from "./whole_jpegs.ts";

testWith(["ffmpeg"], "wholeJpeg() puts Huffman tables back that a camera leaves out", async (t) => {
  for (const format of ["yuvj420p", "yuvj422p", "yuvj444p"]) {
    await t.step(format, async () => {
      const jpeg = await ffmpegJpeg("-huffman", "default", "-pix_fmt", format);
      const bare = withoutTables(jpeg);
      assert(markersOf(jpeg).includes(DHT) && !markersOf(bare).includes(DHT));
      const mended = wholeJpeg(bare);
      assert(mended);
      assertEquals(mended.length, bare.length + HUFFMAN_TABLES.length);
      const markers = markersOf(mended);
      assertEquals(markers.indexOf(SOS), markers.indexOf(DHT) + 1, "just before the scan");
      assertEquals(withoutTables(mended), bare, "nothing else is changed");
      assertEquals((await decodeJpeg(mended)).data, (await decodeJpeg(jpeg)).data);
      assertEquals(wholeJpeg(mended), mended);
      for (let cut = 0; cut < bare.length - LAST_BYTES; cut++) {
        assertEquals(wholeJpeg(bare.slice(0, cut)), undefined, `cut at ${cut}`);
      }
      assertEquals(wholeJpeg(concat([bare, new Uint8Array(9)])), mended);
    });
  }
});

Deno.test("wholeJpeg() puts tables back before the first of several scans", () => {
  const segments = segmentsOf(withoutTables(DRAWN)).map(({ bytes }) => bytes);
  const scan = segments.at(-2) ?? new Uint8Array();
  const mended = wholeJpeg(jpegOf([...segments.slice(0, -1), scan, ...segments.slice(-1)]));
  assert(mended);
  const markers = markersOf(mended).slice(-4);
  assertEquals(markers, [DHT, SOS, SOS, 0xd9]);
});

testWith(["ffmpeg"], "wholeJpeg() leaves other Huffman tables as they are", async () => {
  const jpeg = await ffmpegJpeg("-huffman", "optimal");
  const tables = segmentsOf(jpeg).filter(({ marker }) => marker === DHT);
  assertNotEquals(concat(tables.map(({ bytes }) => bytes)), HUFFMAN_TABLES);
  assertEquals(wholeJpeg(jpeg), jpeg);
});

Deno.test("HUFFMAN_TABLES are imagescript's, which are those of T.81, K.3.3", () => {
  const [own, usual] = [jpegOf([HUFFMAN_TABLES]), DRAWN].map((jpeg) => {
    const tables = segmentsOf(jpeg).filter(({ marker }) => marker === DHT)
      .flatMap(({ bytes }) => splitTables(bytes.subarray(4)));
    return tables.map((table) => table.toHex()).sort();
  });
  assertEquals(own, usual);
});

/** The tables of a DHT segment: each its class and number, 16 counts, and its values. */
function splitTables(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length === 0) return [];
  const values = bytes.subarray(1, 17).reduce((sum, count) => sum + count, 0);
  return [bytes.subarray(0, 17 + values), ...splitTables(bytes.subarray(17 + values))];
}
