import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { readComment } from "../../lib/jpeg/comment.ts";
import { drawJpeg } from "../jpeg/jpegs.ts";
import { bytesOf, concat } from "../ffmpeg/output/bordered_stream.ts";
import { drawPicture } from "./pictures.ts";
import type { PictureForm } from "../../lib/stream/picture.ts";

const TIME = 1234567890.1236;

Deno.test("Picture has its number, time and size", () => {
  const picture = drawPicture({ sequence: 7, timestamp: TIME });
  assertEquals([picture.sequence, picture.timestamp], [7, TIME]);
  assertEquals(picture.size, { width: 2, height: 1 });
});

Deno.test("Picture.as() makes each form once", () => {
  const picture = drawPicture();
  for (const form of ["text", "numbered", "file", "part", "jpeg"] satisfies PictureForm[]) {
    assertStrictEquals(picture.as(form), picture.as(form));
  }
});

Deno.test("Picture.as() gives texts with and without the number", () => {
  const picture = drawPicture({ sequence: 7, timestamp: TIME });
  const data = "/9gBAgMEBQb/2Q==";
  const text = `{"type": "image", "data": "${data}", "timestamp": 1234567890.124}`;
  assertStrictEquals(picture.as("text"), text);
  assertStrictEquals(picture.as("numbered"), text.replace("}", ', "sequence": 7}'));
});

Deno.test("Picture.as() gives a file that says what it is, a quarter smaller than the text", async () => {
  const jpeg = await drawJpeg(160, 120);
  const picture = drawPicture({ sequence: 7, timestamp: TIME, jpeg });
  const file = picture.as("file");
  assert(typeof file !== "string");
  const label = JSON.parse(readComment(file) ?? "");
  assertEquals(label, { camera: "door", sequence: 7, timestamp: 1234567890.124 });
  const saved = 1 - file.length / picture.as("text").length;
  assert(saved > 0.22 && saved < 0.26, `${saved} of the bytes are saved`);
});

Deno.test("Picture.as() gives a part with its length and time, and the next boundary behind it", () => {
  const jpeg = Uint8Array.of(0xff, 0xd8, 13, 10, 0xff, 0xd9);
  const picture = drawPicture({ timestamp: TIME, jpeg });
  const head =
    "Content-Type: image/jpeg\r\nContent-Length: 6\r\nX-Timestamp: 1234567890.124\r\n\r\n";
  assertEquals(picture.as("part"), concat([bytesOf(head), jpeg, bytesOf("\r\n--wscam\r\n")]));
});

Deno.test("Picture.as() gives the JPEG file itself, not a copy", () => {
  const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9);
  assertStrictEquals(drawPicture({ jpeg }).as("jpeg"), jpeg);
});
