import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { decodeBase64 } from "@std/encoding/base64";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import {
  type OddCamera,
  oddEnv,
  type OddFormat,
  startOddCamera,
} from "../../testutil/camera/odd_camera.ts";
import { runWscam, startWscam, type Wscam } from "../../testutil/program/wscam.ts";

const RANGE = "step 32x32 2592x1944 2x2";

async function serve(camera: OddCamera, size: string, ...args: string[]): Promise<Wscam> {
  const env = { ...camera.env, ODDCAM_SYSFS: "" };
  return await startWscam(["-c", camera.path, "-r", size, ...args], { env });
}

/** The size of the first picture that a viewer of a camera gets. */
async function firstSize(server: Wscam, camera: string): Promise<string> {
  await using viewer = await openViewer(`${server.ws}/?camera=${camera}`);
  const [image] = await eventually(() => {
    assertEquals(viewer.errors(), []);
    return viewer.images().length > 1 && viewer.images();
  }) || [];
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
      "2",
    ],
    "JPEG is small only": [
      [
        { fourcc: "MJPG", sizes: ["640x480 1/30"] },
        { fourcc: "YUYV", sizes: ["640x480 1/30", "1920x1080 1/30"] },
      ],
      "1920x1080",
      "2",
    ],
    "NV12 alone is large": [
      [
        { fourcc: "YUYV", sizes: ["640x480 1/30"] },
        { fourcc: "NV12", sizes: ["640x480 1/30", "1280x720 1/30"] },
      ],
      "1280x720",
      "2",
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
  await using stack = new AsyncDisposableStack();
  const entries = Object.entries(cases);
  const cameras: OddCamera[] = [];
  for (const [, [formats]] of entries) cameras.push(stack.use(await startOddCamera({ formats })));
  const args = entries.flatMap(([, [, size, fps]], i) => {
    return ["-c", `c${i}=${cameras[i]?.path}#resolution=${size}#fps=${fps}`];
  });
  const env = { ...oddEnv(...cameras), ODDCAM_SYSFS: "" };
  await using server = await startWscam([...args, "--linger", "0"], { env });
  for (const [i, [name, [, size]]] of entries.entries()) {
    await t.step(name, async () => assertEquals(await firstSize(server, `c${i}`), size));
  }
});

testWith(["vcam", "ffmpeg"], "serve() has the rate in the format that has it", async () => {
  await using camera = await startOddCamera({
    formats: [
      { fourcc: "YUYV", sizes: ["320x240 1/5"] },
      { fourcc: "MJPG", sizes: ["320x240 1/30"] },
    ],
  });
  await using server = await serve(camera, "320x240", "--fps", "10");
  await using viewer = await openViewer(server.ws);
  await eventually(() => {
    const times = viewer.images().slice(-21).map(({ timestamp }) => timestamp);
    return times.length > 20 && 20 / ((times.at(-1) ?? 0) - (times[0] ?? 0)) > 5.5;
  }, { what: "more pictures a second than the other format has" });
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
  await using stack = new AsyncDisposableStack();
  const cameras: OddCamera[] = [];
  for (const [, format] of cases) {
    cameras.push(stack.use(await startOddCamera({ formats: [format] })));
  }
  const args = cameras.flatMap(({ path }, i) => ["-c", `c${i}=${path}`]);
  const env = { ...oddEnv(...cameras), ODDCAM_SYSFS: "" };
  await using server = await startWscam(args, { env });
  const doctor = await runWscam(["doctor", ...args, "--port", "0"], env);
  for (const [i, [name, , says]] of cases.entries()) {
    await t.step(name, async () => {
      await using viewer = await openViewer(`${server.ws}/?camera=c${i}`);
      await eventually(() => viewer.errors().length > 0);
      assertMatch(viewer.errors()[0]?.message ?? "", says);
      const { cameras } = await (await fetch(`${server.url}/state`)).json();
      assertEquals(cameras[i].code, "mode");
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
  }) || [];
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
  const encoders = ["auto", "imagescript", "ffmpeg", "copy"];
  await using stack = new AsyncDisposableStack();
  const cameras: OddCamera[] = [];
  for (const _ of encoders) {
    const formats = [{ fourcc: "H264", sizes: ["640x480 1/15"] }];
    cameras.push(stack.use(await startOddCamera({ formats })));
  }
  const args = encoders.flatMap((encoder, i) => {
    return ["-c", `${encoder}=${cameras[i]?.path}#encoder=${encoder}`];
  });
  const env = { ...oddEnv(...cameras), ODDCAM_SYSFS: "" };
  await using server = await startWscam([...args, "--fps", "2", "--linger", "0"], { env });
  for (const encoder of encoders.slice(0, 3)) {
    await t.step(encoder, async () => assertEquals(await firstSize(server, encoder), "640x480"));
  }
  await t.step("copy", async () => {
    await using viewer = await openViewer(`${server.ws}/?camera=copy`);
    await eventually(() => viewer.errors().length > 0);
    assertMatch(
      viewer.errors()[0]?.message ?? "",
      /delivers no JPEG, which '--encoder copy' needs/,
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
  await using stack = new AsyncDisposableStack();
  const cameras: OddCamera[] = [];
  for (const [name, [lines]] of Object.entries(cases)) {
    const formats = [{ fourcc: "YUYV", sizes: ["640x480 1/30"] }];
    cameras.push(stack.use(await startOddCamera({ card: `Odd ${name}`, formats, lines })));
  }
  const env = oddEnv(...cameras);
  for (const [i, [name, [, index]]] of Object.entries(cases).entries()) {
    const path = `${env["ODDCAM_SYSFS"]}/video${cameras[i]?.index}`;
    await Deno.writeTextFile(`${path}.name`, `Odd ${name}`);
    await Deno.writeTextFile(`${path}.index`, `${index}`);
  }
  const { stdout } = await runWscam(["cameras"], env);
  for (const [name, [, , isCamera]] of Object.entries(cases)) {
    await t.step(name, () => assertEquals(stdout.includes(`Odd ${name}`), isCamera, stdout));
  }
});
