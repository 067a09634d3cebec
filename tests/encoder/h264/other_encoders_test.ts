import { assert, assertEquals, assertRejects } from "@std/assert";
import { EncoderError } from "../../../lib/jpeg/encoder_error.ts";
import { testWith } from "../../testutil/needs.ts";
import { createEncoder, ENCODER, frames, LINUX } from "./h264_bench.ts";

/** The options of `h264_mf`, and the x264 options that replace them here. */
const OPTIONS = "-rate_control quality -quality [0-9]*";
const FAST = "-preset ultrafast -tune zerolatency";

/** A program for `ffmpeg` with other encoders: `works` is made by x264, `fails` by nothing. */
async function ffmpegWith(
  encoders: Readonly<Record<string, "works" | "fails">>,
): Promise<{ path: string } & AsyncDisposable> {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/ffmpeg`;
  const listed = Object.keys(encoders).map((name) => ` V....D ${name} of H.264 (codec h264)`);
  const cases = Object.entries(encoders).map(([name, how]) => {
    const does = {
      works: `set -- $(echo " $* " | sed 's/ ${name} ${OPTIONS} / libx264 ${FAST} /')`,
      fails: "echo '[lib @ 0x1] Cannot load driver' >&2; echo 'Conversion failed!' >&2; exit 1",
    };
    return `*" ${name} "*) ${does[how]} ;;`;
  });
  const script = `#!/bin/sh
case "$*" in *-encoders) echo '${listed.join("\n")}'; exit 0 ;; esac
case "$*" in ${cases.join("\n")} esac
exec ffmpeg "$@"
`;
  await Deno.writeTextFile(path, script, { mode: 0o755 });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }) };
}

testWith(ENCODER, "H264Encoder takes the first usual encoder that works", async () => {
  if (!LINUX) return;
  await using ffmpeg = await ffmpegWith({ libopenh264: "fails", h264_mf: "works" });
  const encoder = createEncoder({ ffmpeg: ffmpeg.path });
  const [frame] = await frames(1);
  assert(frame);
  assertEquals((await encoder.encode(frame)).isKey, true);
  await encoder.stop();
});

testWith(ENCODER, "H264Encoder says why none of the encoders works", async (t) => {
  if (!LINUX) return;
  const cases = {
    "none of the usual ones": [
      { libopenh264: "fails" },
      undefined,
      "has no encoder for H.264 that works here (libopenh264: Cannot load driver): install one",
    ],
    "the one that was asked for": [
      { libx264: "works", h264_nvenc: "fails" },
      "h264_nvenc",
      "ffmpeg's encoder 'h264_nvenc' doesn't work here (Cannot load driver): leave",
    ],
  } as const;
  for (const [name, [encoders, wanted, words]] of Object.entries(cases)) {
    await t.step(name, async () => {
      await using ffmpeg = await ffmpegWith(encoders);
      const encoder = createEncoder({ ffmpeg: ffmpeg.path, encoder: wanted });
      for (const frame of await frames(2)) {
        await assertRejects(() => Promise.resolve(encoder.encode(frame)), EncoderError, words);
      }
      await encoder.stop();
    });
  }
});

testWith(ENCODER, "H264Encoder knows the encoders of hardware that isn't there", async (t) => {
  if (!LINUX) return;
  const { stdout } = await new Deno.Command("ffmpeg", { args: ["-v", "0", "-encoders"] }).output();
  const text = new TextDecoder().decode(stdout);
  const hardware = ["h264_nvenc", "h264_qsv", "h264_vaapi", "h264_v4l2m2m"];
  for (const name of hardware.filter((each) => text.includes(` ${each} `))) {
    await t.step(name, async () => {
      const encoder = createEncoder({ encoder: name });
      const [frame] = await frames(1);
      assert(frame);
      const outcome = await encoder.encode(frame).catch((error) => error);
      // On a machine that has it, it makes a picture.
      if (!(outcome instanceof Error)) assertEquals(outcome.isKey, true);
      else {
        assert(outcome instanceof EncoderError);
        assert(outcome.message.includes(`encoder '${name}' doesn't work here (`), outcome.message);
        assert(!/Unrecognized option|Option not found/.test(outcome.message), outcome.message);
      }
      await encoder.stop();
    });
  }
});
