import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import {
  checkPushed,
  MAX_PUSHED_BYTES,
  pushedFile,
  pushedText,
} from "../../../lib/camera/push/pushed_picture.ts";
import { withComment } from "../../../lib/jpeg/comment.ts";
import { drawJpeg } from "../../jpeg/jpegs.ts";
import { sizedJpeg } from "./sized_jpeg.ts";

const NOW = 1_700_000_000;

Deno.test("checkPushed() keeps a picture's time, and bounds it", async (t) => {
  const jpeg = await drawJpeg(32, 16);
  const cases: [number | undefined, number][] = [
    [NOW - 0.5, NOW - 0.5],
    [NOW - 60, NOW - 60],
    [NOW + 1, NOW + 1],
    [NOW - 60.1, NOW],
    [NOW + 1.1, NOW],
    [0, NOW],
    [-1, NOW],
    [NaN, NOW],
    [Infinity, NOW],
    [undefined, NOW],
  ];
  for (const [given, taken] of cases) {
    await t.step(`${given}`, () => {
      const picture = checkPushed({ file: jpeg, timestamp: given }, NOW);
      assert(typeof picture === "object");
      assertEquals([picture.timestamp, picture.width, picture.height], [taken, 32, 16]);
    });
  }
});

Deno.test("checkPushed() refuses what is no whole picture, or too large a one, by its header", async () => {
  const jpeg = await drawJpeg(32, 16);
  const large = new Uint8Array(MAX_PUSHED_BYTES + 1);
  large.set(jpeg);
  const cases: [Uint8Array<ArrayBuffer>, string][] = [
    [new Uint8Array(), "it must be a whole JPEG file"],
    [jpeg.slice(0, -2), "it must be a whole JPEG file"],
    [jpeg.slice(0, jpeg.length / 2), "it must be a whole JPEG file"],
    [new TextEncoder().encode("GIF89a"), "it must be a whole JPEG file"],
    [sizedJpeg(jpeg, 65_500, 65_500), "got 65500x65500"],
    [sizedJpeg(jpeg, 16_385, 1), "got 16385x1"],
    [sizedJpeg(jpeg, 0, 16), "got 0x16"],
    [large, `at most ${MAX_PUSHED_BYTES} bytes`],
  ];
  for (const [file, words] of cases) {
    assertStringIncludes(String(checkPushed({ file, timestamp: NOW }, NOW)), words);
  }
});

Deno.test("pushedFile() reads the time in a comment, whatever else it says", async () => {
  const jpeg = await drawJpeg(32, 16);
  const cases: [string, number | undefined][] = [
    ['{"camera":"door","sequence":1,"timestamp":5.5}', 5.5],
    ['{"timestamp":"5"}', undefined],
    ["[]", undefined],
    ["null", undefined],
    ["{", undefined],
    ["Created with GIMP", undefined],
  ];
  for (const [comment, timestamp] of cases) {
    assertEquals(pushedFile(withComment(jpeg, comment).buffer).timestamp, timestamp);
  }
  assertEquals(pushedFile(jpeg.slice().buffer).timestamp, undefined);
  assertEquals(pushedFile(new ArrayBuffer(0)).timestamp, undefined);
});

Deno.test("pushedText() reads an image as viewers get it, and says what is wrong with one", async () => {
  const jpeg = await drawJpeg(32, 16);
  const data = encodeBase64(jpeg);
  assertEquals(pushedText({ type: "image", data, timestamp: 5 }), { file: jpeg, timestamp: 5 });
  assertEquals(pushedText({ data }), { file: jpeg, timestamp: undefined });
  const cases: [Record<string, unknown>, string][] = [
    [{}, "field 'data' must be a JPEG file in base64, got nothing"],
    [{ data: [] }, "field 'data' must be a JPEG file in base64, got an array"],
    [{ data: "%" }, "field 'data' must be a JPEG file in base64, got '%'"],
    [{ data, timestamp: "5" }, "field 'timestamp' must be in seconds since 1970, got '5'"],
  ];
  for (const [fields, words] of cases) assertEquals(pushedText(fields), words);
});
