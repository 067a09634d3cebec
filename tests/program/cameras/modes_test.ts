import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { decodeBase64 } from "@std/encoding/base64";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import {
  type OddCamera,
  type OddFormat,
  startOddCamera,
} from "../../testutil/camera/odd_camera.ts";
import { runWscam, startWscam, type Wscam } from "../../testutil/program/wscam.ts";

const RANGE = "step 32x32 2592x1944 2x2";

async function serve(camera: OddCamera, size: string, ...args: string[]): Promise<Wscam> {
  const env = { ...camera.env, ODDCAM_SYSFS: "" };
  return await startWscam(["-c", camera.path, "-r", size, ...args], { env });
}

/** The size of the first picture that a viewer gets. */
async function firstSize(server: Wscam): Promise<string> {
  await using viewer = await openViewer(server.ws);
  const [image] = await eventually(() => {
    assertEquals(viewer.errors(), []);
    return viewer.images().length > 1 && viewer.images();
  }, { within: 30_000 }) || [];
  const { width = 0, height = 0 } = jpegSize(decodeBase64(image?.data ?? "")) ?? {};
  return `${width}x${height}`;
}

testWith(["vcam", "ffmpeg"], "serve() takes the size where a camera has it", async (t) => {
  const cases: Record<string, [formats: OddFormat[], size: string, fps: string]> = {
    "YUYV is small only": [
      [
        { fourcc: "YUYV", sizes: ["640x480 1/30"] },
        { fourcc: "MJPG", sizes: ["1280x720 1/30"] },
        { fourcc: "H264", sizes: ["1280x720 1/30"] },
      ],
      "1280x720",
      "10",
    ],
    "JPEG is small only": [
      [
        { fourcc: "MJPG", sizes: ["640x480 1/30"] },
        { fourcc: "YUYV", sizes: ["640x480 1/30", "1920x1080 1/30"] },
      ],
      "1920x1080",
      "10",
    ],
    "NV12 alone is large": [
      [
        { fourcc: "YUYV", sizes: ["640x480 1/30"] },
        { fourcc: "NV12", sizes: ["640x480 1/30", "1280x720 1/30"] },
      ],
      "1280x720",
      "5",
    ],
    "what ffmpeg can't read stands first": [
      [
        { fourcc: "YVYU", sizes: ["640x480 1/30"] },
        { fourcc: "MJPG", sizes: ["640x480 1/30"] },
      ],
      "640x480",
      "10",
    ],
    "a range": [
      [
        { fourcc: "YU12", sizes: [`${RANGE} 1/30`], drawn: ["640x480"] },
        { fourcc: "MJPG", sizes: [`${RANGE} 1/30`], drawn: ["1280x720"] },
      ],
      "1280x720",
      "30",
    ],
    "a range, small": [
      [
        { fourcc: "YU12", sizes: [`${RANGE} 1/30`], drawn: ["640x480"] },
        { fourcc: "MJPG", sizes: [`${RANGE} 1/30`], drawn: ["1280x720"] },
      ],
      "640x480",
      "10",
    ],
  };
  for (const [name, [formats, size, fps]] of Object.entries(cases)) {
    await t.step(name, async () => {
      await using camera = await startOddCamera({ formats });
      await using server = await serve(camera, size, "--fps", fps);
      assertEquals(await firstSize(server), size);
    });
  }
});

testWith(["vcam", "ffmpeg"], "serve() has the rate in the format that has it", async () => {
  await using camera = await startOddCamera({
    formats: [
      { fourcc: "YUYV", sizes: ["1280x720 1/5"] },
      { fourcc: "MJPG", sizes: ["1280x720 1/30"] },
    ],
  });
  await using server = await serve(camera, "1280x720", "--fps", "10");
  await using viewer = await openViewer(server.ws);
  await eventually(() => viewer.images().length > 25, { within: 30_000 });
  const times = viewer.images().slice(5).map(({ timestamp }) => timestamp);
  const fps = (times.length - 1) / ((times.at(-1) ?? 0) - (times[0] ?? 0));
  assertEquals(fps > 7, true, `${fps} of 10`);
});

testWith(["vcam", "ffmpeg"], "serve() and doctor say what ffmpeg can't read", async (t) => {
  const cases: [string, OddFormat, RegExp][] = [
    ["YVYU", { fourcc: "YVYU", sizes: ["640x480 1/30"] }, /delivers only YVYU, which ffmpeg can't/],
    [
      "a Raspberry Pi's sensor",
      { fourcc: "pgAA", sizes: ["step 16x16 16376x16376 1x1"] },
      /delivers only pgAA, which ffmpeg can't read: it is a bare sensor, .* 'rpicam-vid'/,
    ],
    ["big endian", { fourcc: "Y16_!", sizes: ["640x480 1/30"] }, /delivers only Y16-BE, which/],
  ];
  for (const [name, format, says] of cases) {
    await t.step(name, async () => {
      await using camera = await startOddCamera({ formats: [format] });
      await using server = await serve(camera, "640x480");
      await using viewer = await openViewer(server.ws);
      await eventually(() => viewer.errors().length > 0, { within: 20_000 });
      assertMatch(viewer.errors()[0]?.message ?? "", says);
      const { cameras: [state] } = await (await fetch(`${server.url}/state`)).json();
      assertEquals(state.code, "mode");
      const doctor = await runWscam(["doctor", "-c", camera.path, "--port", "0"], camera.env);
      assertMatch(doctor.stdout + doctor.stderr, says);
    });
  }
});

testWith(["vcam", "ffmpeg"], "a range of sizes is one everywhere", async () => {
  await using camera = await startOddCamera({
    card: "mmal service",
    formats: [{ fourcc: "MJPG", sizes: [`${RANGE} 1/30`], drawn: ["640x480"] }],
  });
  const listed = await runWscam(["cameras"], camera.env);
  assertStringIncludes(listed.stdout, "mjpeg: 32x32 to 2592x1944");
  const doctor = await runWscam(["doctor", "-c", camera.path, "--port", "0"], camera.env);
  assertMatch(doctor.stdout + doctor.stderr, /offers 640x480 as mjpeg/);
  await using server = await serve(camera, "640x480");
  await using viewer = await openViewer(server.ws);
  viewer.command({ type: "control", id: 1 });
  const [answer] = await eventually(() => {
    const answers = viewer.messages.filter(({ type }) => String(type) === "controlled");
    return answers.length > 0 && answers;
  }, { within: 20_000 }) || [];
  const { controls } = JSON.parse(JSON.stringify(answer));
  const sizes = controls.resolution.choices.map(({ value }: { value: string }) => value);
  assertEquals(sizes, [
    "320x240",
    "640x480",
    "1280x720",
    "1920x1080",
    "2560x1440",
    "2592x1944",
  ]);
});

testWith(["vcam", "ffmpeg"], "serve() shows what sends H.264 alone, at a low rate", async (t) => {
  await using camera = await startOddCamera({
    formats: [{ fourcc: "H264", sizes: ["640x480 1/15"] }],
  });
  for (const encoder of ["auto", "imagescript", "ffmpeg"]) {
    await t.step(encoder, async () => {
      await using server = await serve(camera, "640x480", "--fps", "2", "--encoder", encoder);
      assertEquals(await firstSize(server), "640x480");
    });
  }
  await t.step("copy", async () => {
    await using server = await serve(camera, "640x480", "--fps", "2", "--encoder", "copy");
    await using viewer = await openViewer(server.ws);
    await eventually(() => viewer.errors().length > 0, { within: 20_000 });
    assertMatch(
      viewer.errors()[0]?.message ?? "",
      /delivers no JPEG of its own, which '--encoder copy' needs/,
    );
  });
});

testWith(["vcam", "ffmpeg"], "cameras are the nodes that give pictures", async (t) => {
  const cases: Record<string, [lines: string[], index: number, isCamera: boolean]> = {
    "a webcam": [[], 0, true],
    "a decoder": [["caps 04008000"], 0, false],
    "metadata": [["caps 04a00000"], 1, false],
    "a loopback that nobody feeds": [["caps 05200002"], 0, false],
    "the colour of a depth camera": [[], 2, true],
  };
  for (const [name, [lines, index, isCamera]] of Object.entries(cases)) {
    await t.step(name, async () => {
      await using camera = await startOddCamera({
        card: `Odd ${name}`,
        formats: [{ fourcc: "YUYV", sizes: ["640x480 1/30"] }],
        lines,
      });
      await Deno.writeTextFile(
        `${camera.env["ODDCAM_SYSFS"]}/video${camera.index}.index`,
        `${index}`,
      );
      const { stdout } = await runWscam(["cameras"], camera.env);
      assertEquals(stdout.includes(`Odd ${name}`), isCamera, stdout);
    });
  }
});
