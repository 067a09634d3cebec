/**
 * Cameras and files that are slow or silent, and how long they are waited for.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { eventually } from "../../testutil/eventually.ts";
import { temporaryDirectory } from "../../testutil/files.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { draw, type OddCamera, startOddCamera } from "../../testutil/camera/odd_camera.ts";
import { run } from "../../testutil/program/run.ts";
import { startVcam } from "../../testutil/camera/vcam.ts";
import { runWscam, startWscam, type Wscam } from "../../testutil/program/wscam.ts";

async function serve(camera: OddCamera, ...args: string[]): Promise<Wscam> {
  const env = { ...camera.env, ODDCAM_SYSFS: "" };
  return await startWscam(["-c", camera.path, ...args], { env });
}

testWith(["vcam", "ffmpeg"], "serve() says that a camera sends no whole picture", async () => {
  const pictures = await draw("MJPG", "1280x720");
  await using camera = await startOddCamera({
    formats: [{
      fourcc: "MJPG",
      sizes: ["1280x720 1/30"],
      pictures: pictures.map((jpeg) => jpeg.slice(0, jpeg.length * 2 / 3)),
    }],
  });
  await using server = await serve(camera, "-r", "1280x720", "--fps", "30");
  await using viewer = await openViewer(server.ws);
  await eventually(() => viewer.errors().length > 0);
  const { cameras: [state] } = await (await fetch(`${server.url}/state`)).json();
  const reason = "sends only pictures that aren't whole, or are too large";
  assertEquals([state.code, state.reason], ["broken", reason]);
  assert(state.broken > 10, `broken ${state.broken}`);
});

testWith(["vcam", "ffmpeg"], "serve() asks a slow camera again what it has", async () => {
  await using camera = await startOddCamera({
    formats: [
      { fourcc: "YUYV", sizes: ["1280x720 1/10"] },
      { fourcc: "MJPG", sizes: ["1280x720 1/30"] },
    ],
  });
  await camera.slow(5500);
  await using server = await serve(camera, "-r", "1280x720", "--fps", "30");
  await using viewer = await openViewer(server.ws);
  await eventually(() => viewer.images().length > 1);
  assertStringIncludes(server.output.stderr, "its formats aren't known yet");
  await camera.slow(0);
  await camera.fault("unplugged");
  await eventually(() => viewer.errors().length > 0);
  await camera.fault("none");
  const before = viewer.images().length;
  await eventually(() => viewer.images().length > before + 1);
  assertStringIncludes(server.output.stderr, "encoder copy, for 27.6 million pixels a second");
});

testWith(["vcam", "ffmpeg"], "serve() waits for a first picture that takes 7 s", async () => {
  await using camera = await startOddCamera({
    formats: [{ fourcc: "MJPG", sizes: ["640x480 1/30"] }],
    lines: ["delay 7000"],
  });
  await using server = await serve(camera, "-r", "640x480", "--fps", "2");
  await using viewer = await openViewer(server.ws);
  await eventually(() => viewer.images().length > 1);
  assertEquals(viewer.errors(), []);
});

testWith(["ffmpeg"], "serve() waits for a file that is slow", async () => {
  await using folder = await temporaryDirectory();
  const path = `${folder.path}/slow.mp4`;
  const source = ["-f", "lavfi", "-t", "24", "-i", "testsrc2=s=320x240:r=0.125"];
  const { stderr } = await run("ffmpeg", ["-v", "error", ...source, "-c:v", "libx264", path]);
  assertEquals(stderr, "");
  await using server = await startWscam(["-c", path]);
  await using viewer = await openViewer(server.ws);
  await eventually(() => viewer.images().length > 1);
  assertEquals(viewer.errors(), []);
});

testWith(["vcam", "ffmpeg"], "doctor says that a camera is frozen, and what to do", async () => {
  await using vcam = await startVcam();
  await vcam.fault("frozen");
  const args = ["doctor", "--port", "0", "--camera", String(vcam.index), "--json"];
  const { stdout, code } = await runWscam(args, vcam.env);
  assertEquals(code, 1);
  const { checks } = JSON.parse(stdout);
  const camera = checks.find(({ name }: { name: string }) => name === "camera");
  assertEquals(camera.status, "fail");
  assertMatch(camera.message, /is frozen: no picture for 20 s$/);
  assertMatch(camera.remedy, /another USB port/);
});
