import { assert, assertEquals, assertMatch } from "@std/assert";
import { askModes } from "../../../lib/camera/device/ask_modes.ts";
import type { CameraOs, FfmpegInput } from "../../../lib/ffmpeg/input.ts";
import type { Mode } from "../../../lib/ffmpeg/mode/modes.ts";
import { testWith } from "../../testutil/needs.ts";
import { startVcam, type Vcam } from "../../testutil/camera/vcam.ts";
import { drawJpeg, mpjpegOf, part, runFfmpeg } from "../../jpeg/jpegs.ts";

const ignore = Deno.build.os === "windows";
const SIZES = [[640, 480], [1280, 720], [1920, 1080]] as const;

/** A program that answers, and keeps what it was asked. */
async function fakeProgram(
  name: string,
  says: string,
): Promise<AsyncDisposable & { dir: string; path: string; asked: () => Promise<string> }> {
  const dir = await Deno.makeTempDir({ prefix: "wscam-modes-" });
  await Deno.writeTextFile(`${dir}/says`, says);
  const script = `#!/bin/sh\necho "$@" >>${dir}/asked\ncat ${dir}/says >&2\nexit 1\n`;
  await Deno.writeTextFile(`${dir}/${name}`, script, { mode: 0o755 });
  return {
    dir,
    path: `${dir}/${name}`,
    asked: () => Deno.readTextFile(`${dir}/asked`).catch(() => ""),
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
}

async function ask(
  input: FfmpegInput,
  ffmpeg: string,
  os: CameraOs = "linux",
  { signal } = new AbortController(),
): Promise<Mode[]> {
  return await askModes(input, { ffmpeg, os, signal }) ?? [];
}

/** Asks in a process of its own, which sees a virtual camera. */
async function askVcam(
  vcam: Vcam,
  { ffmpeg = "ffmpeg", path }: { ffmpeg?: string; path?: string } = {},
): Promise<Mode[]> {
  const { href } = new URL("../../../lib/camera/device/ask_modes.ts", import.meta.url);
  const script = `
    import { askModes } from ${JSON.stringify(href)};
    const { signal } = new AbortController();
    const input = { kind: "device", device: ${JSON.stringify(vcam.path)} };
    const options = { ffmpeg: ${JSON.stringify(ffmpeg)}, os: "linux", signal };
    console.log(JSON.stringify(await askModes(input, options)));`;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", script],
    env: { ...vcam.env, ...(path === undefined ? {} : { PATH: path }) },
    stdin: "null",
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

function modesOf(formats: readonly string[], ...fps: number[]): Mode[] {
  return formats.flatMap((format) =>
    SIZES.map(([width, height]) => ({ format, width, height, fps }))
  );
}

testWith(
  ["vcam", "v4l2-ctl"],
  "askModes() asks v4l2-ctl for formats, sizes and rates",
  async () => {
    await using vcam = await startVcam();
    // An ffmpeg isn't needed for it.
    const modes = await askVcam(vcam, { ffmpeg: "/nowhere/ffmpeg" });
    assertEquals(modes, modesOf(["mjpeg", "yuyv422"], 30));
  },
);

testWith(["vcam", "ffmpeg"], "askModes() asks ffmpeg where there is no v4l2-ctl", async (t) => {
  // A folder with nothing but ffmpeg in it, to be all of PATH.
  const dir = await Deno.makeTempDir({ prefix: "wscam-modes-" });
  const { stdout } = await new Deno.Command("/bin/sh", { args: ["-c", "command -v ffmpeg"] })
    .output();
  await Deno.symlink(new TextDecoder().decode(stdout).trim(), `${dir}/ffmpeg`);
  const cases = [
    [["MJPG", "YUYV"], ["mjpeg", "yuyv422"]],
    [["YUYV"], ["yuyv422"]],
  ] as const;
  for (const [formats, names] of cases) {
    await t.step(formats.join(" and "), async () => {
      await using vcam = await startVcam({ formats });
      assertEquals(await askVcam(vcam, { path: dir }), modesOf(names));
    });
  }
  await Deno.remove(dir, { recursive: true });
});

testWith(["vcam", "ffmpeg"], "askModes() knows nothing of a camera that is unplugged", async () => {
  await using vcam = await startVcam();
  await vcam.fault("unplugged");
  assertEquals(await askVcam(vcam), []);
});

Deno.test("askModes() knows nothing of a device that isn't there", { ignore }, async () => {
  assertEquals(await ask({ kind: "device", device: "/dev/video9999" }, "/nowhere/ffmpeg"), []);
});

Deno.test("askModes() asks ffmpeg on Windows", { ignore }, async () => {
  await using ffmpeg = await fakeProgram(
    "ffmpeg",
    "[dshow @ 0a]   vcodec=mjpeg  min s=1280x720 fps=5 max s=1280x720 fps=30\r\n",
  );
  assertEquals(
    await ask({ kind: "device", device: "My Camera" }, ffmpeg.path, "windows"),
    [{ format: "mjpeg", width: 1280, height: 720, fps: [30] }],
  );
  assertMatch(await ffmpeg.asked(), /-f dshow -list_options true -i video=My Camera\n$/);
});

Deno.test("askModes() asks nobody on macOS", { ignore }, async () => {
  await using ffmpeg = await fakeProgram("ffmpeg", "");
  assertEquals(await ask({ kind: "device", device: "0" }, ffmpeg.path, "darwin"), []);
  assertEquals(await ffmpeg.asked(), "");
});

Deno.test("askModes() opens a stream as it will be opened", { ignore }, async (t) => {
  const says = "  Stream #0:0: Video: h264, yuv420p, 1920x1080, 25 fps, 25 tbr, 90k tbn\n";
  const cases = [
    [
      "rtsp://u:p@h/x",
      / -rtsp_transport tcp -protocol_whitelist \S+ -format_whitelist \S+ -i rtsp:\/\/u:p@h\/x\n$/,
    ],
    [
      "http://h/x?a=b",
      / -flags low_delay -protocol_whitelist \S+ -format_whitelist \S+ -i http:\/\/h\/x\?a=b\n$/,
    ],
  ] as const;
  for (const [url, asked] of cases) {
    await t.step(url, async () => {
      await using ffmpeg = await fakeProgram("ffmpeg", says);
      assertEquals(
        await ask({ kind: "url", url }, ffmpeg.path),
        [{ format: "h264", width: 1920, height: 1080, fps: [25] }],
      );
      assertMatch(await ffmpeg.asked(), asked);
    });
  }
});

testWith(["ffmpeg"], "askModes() tells what a file is", async () => {
  const path = await Deno.makeTempFile({ suffix: ".mjpg" });
  const args = ["-f", "lavfi", "-i", "testsrc2=s=96x64:r=10", "-frames:v", "3"];
  await Deno.writeFile(path, await runFfmpeg([...args, "-c:v", "mjpeg", "-f", "mjpeg"]));
  const [mode, ...more] = await ask({ kind: "file", path }, "ffmpeg");
  assertEquals([mode?.format, mode?.width, mode?.height], ["mjpeg", 96, 64]);
  assertEquals(more, []);
  assertEquals(await ask({ kind: "file", path: "/nowhere.mp4" }, "ffmpeg"), []);
  await Deno.remove(path);
});

testWith(["ffmpeg"], "askModes() tells what a stream over HTTP is", async () => {
  const body = mpjpegOf([part(await drawJpeg(96, 64)), part(await drawJpeg(96, 64, 1))]);
  const headers = { "content-type": "multipart/x-mixed-replace;boundary=ffmpeg" };
  const local = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  await using server = Deno.serve(local, () => new Response(body, { headers }));
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const [mode] = await ask({ kind: "url", url }, "ffmpeg");
  assertEquals([mode?.format, mode?.width, mode?.height], ["mjpeg", 96, 64]);
});

Deno.test(
  "askModes() ends when its signal is aborted while a program hangs",
  { ignore },
  async (t) => {
    const inputs: FfmpegInput[] = [
      { kind: "url", url: "http://h/x" },
      { kind: "file", path: "a.mp4" },
      { kind: "device", device: "/dev/video9999" },
    ];
    const dir = await Deno.makeTempDir({ prefix: "wscam-modes-" });
    await Deno.writeTextFile(`${dir}/ffmpeg`, "#!/bin/sh\nexec sleep 600\n", { mode: 0o755 });
    for (const input of inputs) {
      await t.step(input.kind, async () => {
        const abort = new AbortController();
        const asked = ask(input, `${dir}/ffmpeg`, "linux", abort);
        // This stops it, whatever it is doing.
        const timer = setTimeout(() => abort.abort(), 300);
        assertEquals(await asked, []);
        clearTimeout(timer);
      });
    }
    await Deno.remove(dir, { recursive: true });
  },
);
