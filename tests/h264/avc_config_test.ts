import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { readAvcConfig } from "../../lib/h264/avc_config.ts";
import { BitReader, BitWriter, withoutEmulationPrevention } from "../../lib/h264/bits.ts";
import { fragment, initialisation } from "../../lib/h264/fragments.ts";
import { parseSps, withoutReordering } from "../../lib/h264/sps.ts";
import { testWith } from "../testutil/needs.ts";
import { createRandom } from "../testutil/random.ts";
import { decode, encodeFlv, unitsOf } from "./video.ts";

async function record(size: string, ...args: string[]): Promise<Uint8Array<ArrayBuffer>> {
  const { config } = await unitsOf(await encodeFlv({ size, args, frames: 1 }));
  assert(config !== undefined);
  return config.record;
}

/** The one sequence parameter set of a record. */
function setOf(record: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return record.slice(8, 8 + (record[6] ?? 0) * 256 + (record[7] ?? 0));
}

/** The same set as a camera sends it that says nothing of how it is used: found by trying where that begins. */
function bare(set: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const { width, height } = parseSps(set);
  const payload = withoutEmulationPrevention(set);
  for (let length = 40; length < payload.length * 8; length++) {
    const reader = new BitReader(payload);
    const writer = new BitWriter();
    for (let i = 0; i < length; i++) writer.bits(reader.bit(), 1);
    writer.bits(0, 1);
    const candidate = writer.finish();
    try {
      const sps = parseSps(candidate);
      if (sps.width === width && sps.height === height && sps.reorderFrames === undefined) {
        return candidate;
      }
    } catch {
      // Not there.
    }
  }
  throw new Error("There is no usability information in the set");
}

/** The record with another set. */
function replaced(
  record: Uint8Array<ArrayBuffer>,
  set: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const rest = record.slice(8 + setOf(record).length);
  return Uint8Array.from([
    ...record.slice(0, 6),
    set.length >> 8,
    set.length & 255,
    ...set,
    ...rest,
  ]);
}

testWith(["ffmpeg"], "readAvcConfig() reads what real encoders write", async (t) => {
  const cases = [
    ["baseline", "640x480", ["-profile:v", "baseline", "-level", "3.1"], /^avc1\.42C01F$/, 0],
    [
      "main with B-frames",
      "640x480",
      ["-profile:v", "main", "-preset", "medium"],
      /^avc1\.4D40/,
      2,
    ],
    ["high, cropped", "322x242", ["-preset", "medium", "-bf", "0"], /^avc1\.6400/, 0],
    ["4:4:4", "64x48", ["-pix_fmt", "yuv444p", "-bf", "0"], /^avc1\.F400/, 0],
    ["4:2:2", "322x242", ["-pix_fmt", "yuv422p", "-bf", "0"], /^avc1\.7A00/, 0],
    ["interlaced", "320x244", ["-flags", "+ildct+ilme", "-bf", "0"], /^avc1\.4D/, 0],
    [
      "a scaling matrix",
      "64x48",
      ["-x264-params", "cqm=jvt:bframes=0", "-preset", "medium"],
      /^avc1\.64/,
      0,
    ],
    ["an aspect ratio", "64x48", ["-aspect", "16:9", "-bf", "0"], /^avc1/, 0],
    [
      "timing of a decoder",
      "64x48",
      [
        "-x264-params",
        "nal-hrd=cbr:bframes=0",
        "-b:v",
        "100k",
        "-maxrate",
        "100k",
        "-bufsize",
        "100k",
      ],
      /^avc1/,
      0,
    ],
  ] as const;
  for (const [name, size, args, codec, reorderFrames] of cases) {
    await t.step(name, async () => {
      const config = readAvcConfig(await record(size, ...args));
      assertEquals(`${config.width}x${config.height}`, size);
      assert(codec.test(config.codec), config.codec);
      assertEquals(config.reorderFrames, reorderFrames);
    });
  }
});

testWith(["ffmpeg"], "readAvcConfig() says for cameras that no picture is held back", async (t) => {
  const own = await record("322x242", "-preset", "medium", "-bf", "0");
  const silent = replaced(own, bare(setOf(own)));
  await t.step("where that is known", () => {
    const config = readAvcConfig(silent, { inOrder: true });
    assertEquals(config.reorderFrames, 0);
    assertEquals([config.width, config.height], [322, 242]);
  });
  await t.step("not where pictures may be shown out of order", async () => {
    const other = await record("64x48", "-preset", "medium", "-bf", "2");
    const config = readAvcConfig(replaced(other, bare(setOf(other))));
    assertEquals(config.reorderFrames, undefined);
    assertEquals(config.record, replaced(other, bare(setOf(other))));
  });
  await t.step("and of baseline, which has no such pictures", async () => {
    const baseline = await record("64x48", "-profile:v", "baseline");
    assertEquals(readAvcConfig(replaced(baseline, bare(setOf(baseline)))).reorderFrames, 0);
  });
  await t.step("and nothing of what is said already", () => {
    assertEquals(withoutReordering(setOf(own)), setOf(own));
    assertEquals(readAvcConfig(own, { inOrder: true }).record, own);
  });
});

testWith(["ffmpeg"], "a stream with a mended parameter set decodes as before", async () => {
  const { config, units } = await unitsOf(
    await encodeFlv({ size: "322x242", frames: 20, args: ["-preset", "medium", "-bf", "0"] }),
  );
  assert(config !== undefined);
  const silent = replaced(config.record, bare(setOf(config.record)));
  const mended = readAvcConfig(silent, { inOrder: true });
  const parts = [
    initialisation(mended),
    ...units.map(({ data, isKey, decodeMs }, i) =>
      fragment({
        sequence: i + 1,
        data,
        isKey,
        decodeTime: decodeMs * 90,
        duration: 9000,
        offset: 0,
        timestamp: 1_700_000_000,
      })
    ),
  ];
  const { frames, width, height, complaints } = await decode(
    await new Blob(parts).bytes(),
  );
  assertEquals([frames, width, height, complaints], [20, 322, 242, ""]);
});

testWith(
  ["ffmpeg"],
  "readAvcConfig() refuses broken records, and nothing else happens",
  async () => {
    const own = await record("64x48");
    for (let length = 0; length < 8 + setOf(own).length; length++) {
      assertThrows(() => readAvcConfig(own.slice(0, length)), RangeError);
    }
    const random = createRandom(7);
    for (let i = 0; i < 5000; i++) {
      const broken = own.slice();
      for (let n = 0; n <= random.below(4); n++) {
        broken[random.below(broken.length)] = random
          .below(256);
      }
      try {
        const { width, height } = readAvcConfig(broken, { inOrder: random.below(2) === 1 });
        assert(width > 0 && height > 0);
      } catch (error) {
        assertInstanceOf(error, RangeError);
      }
    }
  },
);
