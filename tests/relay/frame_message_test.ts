import { assertEquals } from "@std/assert";
import { frameHeaders, parseFrame, parseFrameHeaders } from "../../lib/relay/frame_message.ts";
import { drawJpeg } from "../jpeg/jpegs.ts";
import { messageOf } from "./fake_broker.ts";

const info = { width: 32, height: 16, timestamp: 1_700_000_000.123456, sequence: 7 };

Deno.test("parseFrameHeaders() and parseFrame() read what frameHeaders() describes", async () => {
  const jpeg = await drawJpeg(32, 16);
  const headers = frameHeaders(info, { instance: "a-b", encoder: "copy" });
  assertEquals(headers["Wscam-Encoder"], "copy");
  const message = messageOf("wscam.x.frame", jpeg, headers);
  const read = parseFrameHeaders(message);
  assertEquals(read, { instance: "a-b", sequence: 7, timestamp: info.timestamp });
  assertEquals(read && parseFrame(message, read), { ...info, jpeg });
});

Deno.test("parseFrame() takes the size from the JPEG, whatever the headers say", async () => {
  const jpeg = await drawJpeg(48, 32);
  const headers = {
    ...frameHeaders(info, { instance: "a", encoder: "copy" }),
    "Wscam-Width": "9",
  };
  const message = messageOf("wscam.x.frame", jpeg, headers);
  const read = parseFrameHeaders(message);
  const frame = read && parseFrame(message, read);
  assertEquals([frame?.width, frame?.height], [48, 32]);
});

Deno.test("parseFrameHeaders() takes no nonsense", () => {
  const good = { "Wscam-Instance": "a", "Wscam-Sequence": "1", "Wscam-Timestamp": "1700000000.5" };
  for (
    const bad of [
      ...["", "-1", "1.5", "1e3", "9".repeat(16), "NaN"].map((value) => ({
        "Wscam-Sequence": value,
      })),
      ...["", "-1", "1e9", "Infinity", "NaN", "9".repeat(13), "0x1"].map((value) => ({
        "Wscam-Timestamp": value,
      })),
      ...["", "a b", "x".repeat(65)].map((value) => ({ "Wscam-Instance": value })),
    ]
  ) {
    assertEquals(
      parseFrameHeaders(messageOf("s", "", { ...good, ...bad })),
      undefined,
      JSON.stringify(bad),
    );
  }
});

Deno.test("parseFrame() takes only whole pictures", async () => {
  const jpeg = await drawJpeg(32, 16);
  const headers = { instance: "a", sequence: 1, timestamp: 1 };
  for (
    const data of [
      new Uint8Array(),
      jpeg.subarray(0, -9),
      jpeg.subarray(2),
    ]
  ) {
    assertEquals(parseFrame(messageOf("s", data), headers), undefined);
  }
});
