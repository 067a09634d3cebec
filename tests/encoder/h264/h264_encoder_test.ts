import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import type { EncodedVideo } from "../../../lib/encoder/encoder.ts";
import { EncoderError } from "../../../lib/encoder/encoder_error.ts";
import { H264Encoder, type H264EncoderOptions } from "../../../lib/encoder/h264/h264_encoder.ts";
import { type Frame, FramePool } from "../../../lib/frame/frame.ts";
import { fragment, initialisation } from "../../../lib/h264/fragments.ts";
import { decode } from "../../h264/video.ts";
import { drawBitmap, drawJpeg } from "../../jpeg/jpegs.ts";
import { eventually } from "../../testutil/eventually.ts";
import { testWith } from "../../testutil/needs.ts";
import { ffmpegsWith } from "../../testutil/processes.ts";
import { jpegFrame } from "../frames.ts";

const LINUX = Deno.build.os === "linux";
const ENCODER = ["ffmpeg"] as const;

function createEncoder(options: Partial<H264EncoderOptions> = {}): H264Encoder {
  const usual = {
    ffmpeg: "ffmpeg",
    quality: null,
    width: null,
    defaultQuality: () => 80,
    fps: () => 10,
  };
  return new H264Encoder({ ...usual, ...options });
}

/** Frames of a camera, another picture each. */
async function frames(
  count: number,
  { width = 160, height = 120, format = "rgba", pool = new FramePool() }: {
    width?: number;
    height?: number;
    format?: Frame["format"];
    pool?: FramePool;
  } = {},
): Promise<Frame[]> {
  const made: Frame[] = [];
  for (let i = 0; i < count; i++) {
    const info = { width, height, timestamp: 1_700_000_000 + i / 10 };
    made.push(
      format === "rgba"
        ? pool.frame(Uint8Array.from(drawBitmap(width, height, i).data), info)
        : pool.jpeg(await drawJpeg(width, height, i), info),
    );
  }
  return made;
}

/** A file of the pictures. */
async function fileOf(pictures: readonly EncodedVideo[]): Promise<Uint8Array> {
  const [first] = pictures;
  assert(first !== undefined);
  const parts = pictures.map(({ sequence, data, isKey, timestamp }, i) =>
    fragment({
      sequence,
      data,
      isKey,
      timestamp,
      decodeTime: i * 9000,
      duration: 9000,
      offset: 0,
    })
  );
  return await new Blob([initialisation(first.config), ...parts]).bytes();
}

/** The ffmpegs of this process that make H.264 so wide (Linux). */
async function encodersTo(width: number): Promise<number[]> {
  return await ffmpegsWith(`scale=${width}:`);
}

/** A program for `ffmpeg` that does something else as soon as it is to encode. */
async function stand(
  script: string,
): Promise<{ path: string } & AsyncDisposable> {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/ffmpeg`;
  const text = `#!/bin/sh\ncase "$*" in *flv*) ${script} ;; esac\nexec ffmpeg "$@"\n`;
  await Deno.writeTextFile(path, text, { mode: 0o755 });
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
}

testWith(
  ENCODER,
  "H264Encoder makes one picture of each frame, in order",
  async (t) => {
    for (const format of ["rgba", "jpeg"] as const) {
      await t.step(format, async () => {
        const encoder = createEncoder();
        const given = await frames(30, { format });
        const made = await Promise.all(
          given.map((frame) => encoder.encode(frame)),
        );
        assertEquals(
          made.map(({ sequence, timestamp }) => [sequence, timestamp]),
          given.map(({ sequence, timestamp }) => [sequence, timestamp]),
        );
        assertEquals(
          made.map(({ isKey }) => isKey),
          given.map((_, i) => i === 0),
        );
        const decoded = await decode(await fileOf(made));
        assertEquals(decoded, {
          frames: 30,
          width: 160,
          height: 120,
          complaints: "",
        });
        await encoder.stop();
      });
    }
  },
);

testWith(
  ENCODER,
  "H264Encoder gives each picture before the next frame comes",
  async () => {
    const encoder = createEncoder();
    for (const frame of await frames(5, { format: "jpeg" })) {
      await encoder
        .encode(frame);
    }
    await encoder.stop();
  },
);

testWith(
  ENCODER,
  "H264Encoder makes pictures of any size, cut to even sides",
  async (t) => {
    const cases: [
      from: [number, number],
      width: number | null,
      to: [number, number],
    ][] = [
      [[161, 121], null, [160, 120]],
      [[162, 122], null, [162, 122]],
      [[160, 121], null, [160, 120]],
      [[160, 120], 81, [80, 60]],
      [[160, 120], 1000, [160, 120]],
      [[50, 333], 17, [16, 112]],
      [[16, 16], null, [16, 16]],
    ];
    for (const format of ["rgba", "jpeg"] as const) {
      for (const [[width, height], narrower, to] of cases) {
        await t.step(
          `${format} ${width}x${height} to ${to.join("x")}`,
          async () => {
            const encoder = createEncoder({ width: narrower });
            const made = [];
            for (const frame of await frames(2, { width, height, format })) {
              made.push(await encoder.encode(frame));
            }
            assertEquals(made.map(({ width, height }) => [width, height]), [
              to,
              to,
            ]);
            const { complaints, ...decoded } = await decode(await fileOf(made));
            assertEquals(complaints, "");
            assertEquals([decoded.width, decoded.height], to);
            await encoder.stop();
          },
        );
      }
    }
  },
);

testWith(
  ENCODER,
  "H264Encoder goes on with frames of another size and quality",
  async () => {
    let quality = 80;
    const encoder = createEncoder({ defaultQuality: () => quality });
    const pool = new FramePool();
    const [first] = await frames(1, { pool });
    const [wide] = await frames(1, { width: 200, pool });
    assert(first && wide);
    const before = await encoder.encode(first);
    const after = await encoder.encode(wide);
    assertEquals([before.width, after.width], [160, 200]);
    assertEquals([before.isKey, after.isKey], [true, true]);
    assert(before.config !== after.config);
    quality = 5;
    const worse = await encoder.encode(wide);
    assertLess(worse.data.length, after.data.length);
    await encoder.stop();
  },
);

testWith(
  ENCODER,
  "H264Encoder has a key frame a second, whatever the rate",
  async () => {
    const encoder = createEncoder();
    const keys: number[] = [];
    const began = performance.now();
    for (const frame of await frames(26)) {
      const { isKey } = await encoder.encode(frame);
      if (isKey) keys.push(Math.round((performance.now() - began) / 100) / 10);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await encoder.stop();
    assert(keys.length >= 3, `key frames at ${keys}`);
  },
);

testWith(ENCODER, "H264Encoder goes on when its ffmpeg is killed", async () => {
  if (!LINUX) return;
  const encoder = createEncoder({ width: 74 });
  const given = await frames(3);
  const [first, second] = given;
  assert(first && second);
  await encoder.encode(first);
  const [pid] = await encodersTo(74);
  assert(pid);
  Deno.kill(pid, "SIGKILL");
  const made = await eventually(() => encoder.encode(second).catch(() => undefined));
  assert(made.isKey);
  await encoder.stop();
  assertEquals(await encodersTo(74), []);
});

testWith(
  ENCODER,
  "H264Encoder refuses what is no picture, and goes on",
  async () => {
    const encoder = createEncoder();
    const [whole] = await frames(1, { format: "jpeg" });
    assert(whole);
    const garbage = jpegFrame(new Uint8Array(500).fill(7), {
      width: 160,
      height: 120,
    });
    await assertRejects(
      () => encoder.encode(garbage),
      Error,
      "Cannot encode H.264: ffmpeg: ",
    );
    const made = await eventually(() => encoder.encode(whole).catch(() => undefined));
    assertEquals(made.width, 160);
    await encoder.stop();
  },
);

testWith(
  ENCODER,
  "H264Encoder says what an ffmpeg says that doesn't encode",
  async (t) => {
    const cases = {
      "dies": ["echo 'Cannot open device' >&2; exit 1", "Cannot open device"],
      "prints garbage": [
        "exec cat /dev/urandom",
        "Cannot read video: it is not in FLV",
      ],
      "ends at once": ["exit 0", "it has ended"],
    } as const;
    for (const [name, [script, reason]] of Object.entries(cases)) {
      await t.step(name, async () => {
        await using ffmpeg = await stand(script);
        const encoder = createEncoder({ ffmpeg: ffmpeg.path });
        for (const frame of await frames(2)) {
          await assertRejects(() => encoder.encode(frame), Error, reason);
        }
        await encoder.stop();
      });
    }
  },
);

testWith(
  ENCODER,
  "H264Encoder ends an ffmpeg that hangs, and starts another",
  async () => {
    const dir = await Deno.makeTempDir();
    await using ffmpeg = await stand(
      `test -e ${dir}/once || { touch ${dir}/once; exec sleep 100; }`,
    );
    const encoder = createEncoder({ ffmpeg: ffmpeg.path });
    const [first, second] = await frames(2);
    assert(first && second);
    const hung = encoder.encode(first);
    await assertRejects(() => hung, Error, "it has made nothing for 5 s");
    await encoder.encode(second);
    await encoder.stop();
    await Deno.remove(dir, { recursive: true });
  },
);

testWith(
  ENCODER,
  "H264Encoder isn't started for each of many frames that none can read",
  async () => {
    const dir = await Deno.makeTempDir();
    await using ffmpeg = await stand(`echo >> ${dir}/starts; exit 1`);
    const encoder = createEncoder({ ffmpeg: ffmpeg.path });
    for (const frame of await frames(50, { width: 16, height: 16 })) {
      await assertRejects(() => encoder.encode(frame), Error);
    }
    assertLess((await Deno.readTextFile(`${dir}/starts`)).length, 15);
    await encoder.stop();
    await Deno.remove(dir, { recursive: true });
  },
);

testWith(
  ENCODER,
  "H264Encoder says what to do where there is no encoder",
  async (t) => {
    const cases = {
      "no ffmpeg": [{ ffmpeg: "/no/such/ffmpeg" }, "needs ffmpeg"],
      "another name": [
        { encoder: "h264_of_the_future" },
        "'--h264-encoder' must be one",
      ],
    } as const;
    for (const [name, [options, reason]] of Object.entries(cases)) {
      await t.step(name, async () => {
        const encoder = createEncoder(options);
        for (const frame of await frames(2)) {
          await assertRejects(
            () => encoder.encode(frame),
            EncoderError,
            reason,
          );
        }
        await encoder.stop();
      });
    }
    await t.step("an ffmpeg without one", async () => {
      const dir = await Deno.makeTempDir();
      const script = '#!/bin/sh\ncase "$*" in *-encoders) exit 0;; esac\nexec ffmpeg "$@"\n';
      await Deno.writeTextFile(`${dir}/ffmpeg`, script, { mode: 0o755 });
      const encoder = createEncoder({ ffmpeg: `${dir}/ffmpeg` });
      const [frame] = await frames(1);
      assert(frame);
      const words =
        "has no encoder for H.264 (libx264, libopenh264, h264_videotoolbox, h264_mf): install";
      await assertRejects(() => encoder.encode(frame), EncoderError, words);
      await Deno.remove(dir, { recursive: true });
    });
  },
);

testWith(
  ENCODER,
  "H264Encoder.stop() ends its ffmpeg, whatever it is at",
  async (t) => {
    if (!LINUX) return;
    const [first, third] = await frames(2);
    const [second] = await frames(1, { width: 200 });
    assert(first && second && third);
    for (const ticks of [0, 1, 2, 3, 5, 10, 30, 100]) {
      await t.step(`after ${ticks} ms`, async () => {
        const encoder = createEncoder({ width: 76 });
        // Another size has another ffmpeg started.
        const settled = Promise.allSettled(
          [first, second, third].map((each) => encoder.encode(each)),
        );
        await new Promise((resolve) => setTimeout(resolve, ticks));
        await encoder.stop();
        await encoder.stop();
        await settled;
        assertEquals(await encodersTo(76), []);
      });
    }
  },
);
