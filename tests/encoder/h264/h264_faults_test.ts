import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { EncoderError } from "../../../lib/jpeg/encoder_error.ts";
import { eventually } from "../../testutil/eventually.ts";
import { testWith } from "../../testutil/needs.ts";
import { jpegFrame } from "../frames.ts";
import { createEncoder, ENCODER, encodersTo, frames, LINUX, stand } from "./h264_bench.ts";

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
        for (const frame of await frames(8)) {
          // Also once it isn't started for each.
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
    await assertRejects(() => hung, Error, "it has produced nothing for 5 s");
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
    const begun = performance.now();
    for (const frame of await frames(50, { width: 16, height: 16 })) {
      await assertRejects(() => encoder.encode(frame), Error);
    }
    const seconds = (performance.now() - begun) / 1000;
    // Five, and one a second.
    assertLess((await Deno.readTextFile(`${dir}/starts`)).length, 7 + seconds);
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
        // This stops it, whatever it is doing by then.
        await new Promise((resolve) => setTimeout(resolve, ticks));
        await encoder.stop();
        await encoder.stop();
        await settled;
        assertEquals(await encodersTo(76), []);
      });
    }
  },
);
