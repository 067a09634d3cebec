import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { readComment, withComment } from "../../lib/jpeg/comment.ts";
import { jpegSize } from "../../lib/jpeg/jpeg_size.ts";
import { decodeJpeg, drawJpeg, segmentsOf } from "./jpegs.ts";
import { runFfprobe } from "../testutil/picture/ffprobe.ts";
import { testWith } from "../testutil/needs.ts";

const LABEL = '{"camera":"猫 \\"1\\"","sequence":7,"timestamp":1234567890.123}';

Deno.test("withComment() adds one segment behind SOI, and changes nothing else", async () => {
  const jpeg = await drawJpeg(40, 30);
  const file = withComment(jpeg, LABEL);
  const [first, ...others] = segmentsOf(file);
  assert(first);
  assertEquals([first.marker, first.at], [0xfe, 2]);
  assertEquals(new TextDecoder().decode(first.bytes.subarray(4)), LABEL);
  assertEquals(others.map(({ bytes }) => bytes), segmentsOf(jpeg).map(({ bytes }) => bytes));
  assertEquals(jpegSize(file), { width: 40, height: 30 });
});

Deno.test("withComment() leaves the picture as it was to a decoder", async () => {
  const jpeg = await drawJpeg(40, 30);
  assertEquals(await decodeJpeg(withComment(jpeg, LABEL)), await decodeJpeg(jpeg));
});

testWith(["ffmpeg"], "withComment() makes a comment that ffprobe shows", async () => {
  const frame = await runFfprobe(withComment(await drawJpeg(40, 30), LABEL));
  assertEquals([frame.width, frame.height, frame.comment], [40, 30, LABEL]);
});

Deno.test("withComment() takes a text that just fits, and throws when it doesn't", async () => {
  const jpeg = await drawJpeg(8, 8);
  const longest = "猫".repeat(21_844) + "a";
  assertStrictEquals(new TextEncoder().encode(longest).length, 65_533);
  const file = withComment(jpeg, longest);
  assertStrictEquals(readComment(file), longest);
  assertEquals(await decodeJpeg(file), await decodeJpeg(jpeg));
  assertThrows(
    () => withComment(jpeg, `${longest}b`),
    RangeError,
    "Cannot add comment: it must be at most 65533 bytes, got 65534",
  );
});

Deno.test("readComment() reads what withComment() wrote, also when it is empty", async () => {
  const jpeg = await drawJpeg(8, 8);
  for (const text of ["", "a", LABEL]) {
    assertStrictEquals(readComment(withComment(jpeg, text)), text);
  }
});

Deno.test("readComment() reads nothing where there is no comment", async () => {
  const files = [new Uint8Array(), Uint8Array.of(0xff, 0xd8), await drawJpeg(8, 8)];
  for (const file of files) assertStrictEquals(readComment(file), undefined);
  assertStrictEquals(readComment(new TextEncoder().encode("no JPEG at all")), undefined);
});
