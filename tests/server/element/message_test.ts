import { assertEquals } from "@std/assert";
import { readFile, readImage } from "../../../lib/server/element/link/message.js";
import { withComment } from "../../../lib/jpeg/comment.ts";

const JPEG = new Uint8Array([0xff, 0xd8, 0xff, 0xdb, 0, 2, 0xff, 0xd9]);

Deno.test("readImage() takes a text message's picture, with a number or without", async () => {
  const frame = readImage({ data: JPEG.toBase64(), timestamp: 12.5, sequence: 7 });
  assertEquals([frame?.capturedAt, frame?.sequence], [12_500, 7]);
  assertEquals(await frame?.blob.bytes(), JPEG);
  assertEquals(readImage({ data: JPEG.toBase64(), timestamp: 1 })?.sequence, null);
  assertEquals(readImage({ data: JPEG.toBase64(), timestamp: "noon" })?.capturedAt, null);
});

Deno.test("readImage() takes no picture from what is none", () => {
  for (const data of [undefined, null, 1, {}, "no base64!"]) {
    assertEquals(readImage({ data, timestamp: 1 }), null);
  }
});

Deno.test("readFile() reads the label that the server writes", async () => {
  const label = JSON.stringify({ camera: "前门", sequence: 3, timestamp: 1.25 });
  const file = withComment(JPEG, label);
  const frame = readFile(file);
  assertEquals([frame.capturedAt, frame.sequence], [1250, 3]);
  assertEquals(await frame.blob.bytes(), file, "it stays one file");
});

Deno.test("readFile() shows pictures without a label, or with an odd one, all the same", () => {
  const texts = ["no label", "null", "3", '{"sequence":"x","timestamp":null}', "{".repeat(999)];
  for (const file of [JPEG, new Uint8Array(), ...texts.map((text) => withComment(JPEG, text))]) {
    const frame = readFile(file);
    assertEquals([frame.capturedAt, frame.sequence], [null, null]);
  }
});
