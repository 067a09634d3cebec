import { assertEquals } from "@std/assert";
import { flvPicture, flvStart } from "../../../lib/ffmpeg/output/flv_writer.ts";
import { readAvcConfig } from "../../../lib/h264/avc_config.ts";
import { encodeFlv, unitsOf } from "../../h264/video.ts";
import { testWith } from "../../testutil/needs.ts";

testWith(["ffmpeg"], "flvStart() and flvPicture() write what readFlv() has read", async () => {
  const read = await unitsOf(await encodeFlv({ frames: 8, args: ["-bf", "2"] }));
  if (read.config === undefined) throw new Error("Its beginning is missing");
  const config = readAvcConfig(read.config.record);
  const written = read.units.map((unit, i) =>
    flvPicture(
      { ...unit, config, sequence: i + 1, width: 64, height: 48, timestamp: 1 },
      unit.decodeMs,
    )
  );
  assertEquals(await unitsOf(flvStart(config), ...written), read);
});

Deno.test("flvPicture() writes long times and offsets below zero", async () => {
  const record = Uint8Array.of(1, 2, 3);
  const config = { record, codec: "avc1.42C01F", width: 2, height: 2, reorderFrames: 0 };
  const picture = {
    config,
    width: 2,
    height: 2,
    sequence: 1,
    timestamp: 1,
    isKey: true,
    offsetMs: -40,
    data: Uint8Array.of(7),
  };
  const { units } = await unitsOf(flvStart(config), flvPicture(picture, 0x12345678));
  assertEquals(units.map(({ decodeMs, offsetMs }) => [decodeMs, offsetMs]), [[0x12345678, -40]]);
});
