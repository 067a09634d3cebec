import { assert, assertEquals } from "@std/assert";
import { readAvcConfig } from "../../lib/h264/avc_config.ts";
import { fragment, initialisation, type MovieSample } from "../../lib/h264/fragments.ts";
import { testWith } from "../testutil/needs.ts";
import { decode, encodeFlv, unitsOf } from "./video.ts";

const SAMPLE: MovieSample = {
  sequence: 7,
  data: Uint8Array.of(1, 2, 3),
  isKey: true,
  decodeTime: 2 ** 33,
  duration: 3000,
  offset: 0,
  timestamp: 1_700_000_000.5,
};

/** The boxes in order: their names and contents. */
function boxes(bytes: Uint8Array): { type: string; body: Uint8Array }[] {
  const found = [];
  for (let at = 0; at < bytes.length;) {
    const length = new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0);
    assert(length >= 8 && at + length <= bytes.length, `a box of ${length} bytes at ${at}`);
    const type = new TextDecoder().decode(bytes.subarray(at + 4, at + 8));
    found.push({ type, body: bytes.subarray(at + 8, at + length) });
    at += length;
  }
  return found;
}

Deno.test("fragment() has when it was captured, its number and its data", () => {
  const [prft, moof, mdat, ...more] = boxes(fragment(SAMPLE));
  assertEquals([prft?.type, moof?.type, mdat?.type, more.length], ["prft", "moof", "mdat", 0]);
  assertEquals(mdat?.body, SAMPLE.data);
  const time = new DataView(prft?.body.buffer ?? new ArrayBuffer(), prft?.body.byteOffset);
  assertEquals(time.getUint32(8) - 2_208_988_800 + time.getUint32(12) / 2 ** 32, SAMPLE.timestamp);
  assertEquals(Number(time.getBigUint64(16)), SAMPLE.decodeTime);
  const [mfhd] = boxes(moof?.body ?? new Uint8Array());
  assertEquals(
    new DataView(mfhd?.body.buffer ?? new ArrayBuffer(), mfhd?.body.byteOffset).getUint32(4),
    7,
  );
});

testWith(
  ["ffmpeg"],
  "fragments decode without complaint, every picture in its place",
  async (t) => {
    const cases = [
      ["baseline", "64x48", ["-tune", "zerolatency"]],
      ["an odd size", "322x242", ["-tune", "zerolatency"]],
      ["B-frames", "64x48", ["-preset", "medium", "-bf", "2"]],
    ] as const;
    for (const [name, size, args] of cases) {
      await t.step(name, async () => {
        const { config, units } = await unitsOf(
          await encodeFlv({ size, frames: 30, args: [...args, "-g", "10"] }),
        );
        assert(config !== undefined);
        assertEquals(units.filter(({ isKey }) => isKey).length, 3);
        const parts = [
          initialisation(readAvcConfig(config.record)),
          ...units.map(({ data, isKey, decodeMs, offsetMs }, i) =>
            fragment({
              sequence: i + 1,
              data,
              isKey,
              decodeTime: (decodeMs + 1000) * 90,
              duration: 9000,
              offset: offsetMs * 90,
              timestamp: 1_700_000_000,
            })
          ),
        ];
        const decoded = await decode(await new Blob(parts).bytes());
        assertEquals(decoded.complaints, "");
        assertEquals(`${decoded.width}x${decoded.height}`, size);
        assertEquals(decoded.frames, 30);
      });
    }
  },
);
