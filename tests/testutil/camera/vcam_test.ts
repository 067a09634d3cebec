import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { testWith } from "../needs.ts";
import { captureTime, startVcam, type Vcam, vcamEnv, type VcamFormat } from "./vcam.ts";

/** So many that even a busy camera draws a second picture meanwhile. */
const FRAMES = 60;
const NAMES: Record<VcamFormat, string> = { MJPG: "mjpeg", YUYV: "yuyv422" };

/** Runs ffmpeg on a camera; its output and what it said. */
async function ffmpeg(
  camera: Vcam,
  { input = [], output, env = camera.env }: {
    input?: string[];
    output: string[];
    env?: Record<string, string>;
  },
): Promise<{ success: boolean; stdout: Uint8Array; log: string }> {
  const { success, stdout, stderr } = await new Deno.Command("ffmpeg", {
    args: ["-hide_banner", "-nostdin", "-f", "v4l2", ...input, "-i", camera.path, ...output],
    env,
    stdin: "null",
  }).output();
  return { success, stdout, log: new TextDecoder().decode(stderr) };
}

async function listFormats(camera: Vcam): Promise<VcamFormat[]> {
  const { log } = await ffmpeg(camera, { input: ["-list_formats", "all"], output: [] });
  return (["MJPG", "YUYV"] as const).filter((format) => log.includes(` ${NAMES[format]} :`));
}

testWith(["ffmpeg", "vcam"], "a virtual camera offers the formats it was given", async (t) => {
  const cases: VcamFormat[][] = [["MJPG", "YUYV"], ["MJPG"], ["YUYV"]];
  for (const formats of cases) {
    await t.step(formats.join(" and "), async () => {
      await using camera = await startVcam({ formats });
      assertEquals(await listFormats(camera), formats);
      // Without a wish, ffmpeg tries what it knows and ends with what there is.
      const { success, log } = await ffmpeg(camera, {
        output: ["-frames:v", "1", "-f", "null", "-"],
      });
      assert(success, log);
    });
  }
});

testWith(["ffmpeg", "vcam"], "a virtual camera delivers frames in each format", async (t) => {
  await using camera = await startVcam({ width: 320, height: 240, fps: 60 });
  for (const format of ["MJPG", "YUYV"] as const) {
    await t.step(format, async () => {
      const { success, stdout, log } = await ffmpeg(camera, {
        input: ["-input_format", NAMES[format]],
        output: [
          "-frames:v",
          `${FRAMES}`,
          "-c:v",
          "rawvideo",
          "-pix_fmt",
          "gray",
          "-f",
          "rawvideo",
          "-",
        ],
      });
      assert(success, log);
      assertStringIncludes(log, `Video: ${format === "MJPG" ? "mjpeg" : "rawvideo"}`);
      assertEquals(stdout.length, FRAMES * 320 * 240);
      const times = Array.from({ length: FRAMES }, (_, i) => {
        return captureTime(stdout.subarray(i * 76_800), 320);
      });
      // A second at 60 frames a second; a busy machine loses some, and is late.
      assertAlmostEquals(times.at(-1) ?? 0, Date.now() / 1000, 30);
      assertLess((times.at(-1) ?? 0) - (times[0] ?? 0), 30);
      // A busy machine may see one many times, and none out of order.
      assertEquals(times, times.toSorted());
      assertGreater(new Set(times).size, 1);
    });
  }
});

testWith(["ffmpeg", "vcam"], "a virtual camera fails as real ones do", async (t) => {
  await using camera = await startVcam();
  const once = { output: ["-frames:v", "1", "-f", "null", "-"] };
  await t.step("unplugged", async () => {
    await camera.fault("unplugged");
    const { success, log } = await ffmpeg(camera, once);
    assert(!success);
    assertStringIncludes(log, "No such device");
  });
  await t.step("busy", async () => {
    await camera.fault("busy");
    const { success, log } = await ffmpeg(camera, once);
    assert(!success);
    assertStringIncludes(log, "Device or resource busy");
  });
  await t.step("unplugged while it is open", async () => {
    await camera.fault("none");
    const running = ffmpeg(camera, { output: ["-f", "null", "-"] });
    // On a busy machine it may not have opened it yet, and says the same.
    await new Promise((resolve) => setTimeout(resolve, 500));
    await camera.fault("unplugged");
    const { log } = await running;
    assertStringIncludes(log, "No such device");
  });
  await t.step("none", async () => {
    await camera.fault("none");
    const { success, log } = await ffmpeg(camera, once);
    assert(success, log);
  });
});

testWith(["ffmpeg", "vcam"], "virtual cameras run beside each other", async () => {
  await using a = await startVcam({ width: 320, height: 240 });
  await using b = await startVcam({ width: 160, height: 120 });
  assertNotEquals(a.index, b.index);
  await a.fault("unplugged");
  const once = { output: ["-frames:v", "1", "-f", "null", "-"], env: vcamEnv(a, b) };
  const [fromA, fromB] = await Promise.all([ffmpeg(a, once), ffmpeg(b, once)]);
  assertStringIncludes(fromA.log, "No such device");
  assertStringIncludes(fromB.log, "160x120");
});

testWith(["vcam"], "Vcam.close() frees the number, and may be called twice", async () => {
  const camera = await startVcam();
  assert((await Deno.stat(camera.path)).isCharDevice);
  await Promise.all([camera.close(), camera.close()]);
  await camera.close();
  assertEquals(await Deno.stat(camera.path).catch((error) => error.name), "NotFound");
});
