import { assert, assertEquals, assertLess } from "@std/assert";
import { openClockViewer } from "../../testutil/client/clock_viewer.ts";
import { openCountingViewer } from "../../testutil/client/counting_viewer.ts";
import { run } from "../../testutil/program/run.ts";
import { eventually } from "../../testutil/eventually.ts";
import { freePort } from "../../testutil/relay/nats.ts";
import { testWith } from "../../testutil/needs.ts";
import { startRtspServer } from "../../testutil/camera/rtsp.ts";
import { startVcam } from "../../testutil/camera/vcam.ts";
import { startWebCamera } from "../../testutil/camera/web_camera.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

/** So far a timestamp may be off on a machine that does other things too, in seconds. */
const NEAR = 1.5;

testWith(
  ["vcam", "ustreamer"],
  "serve() shows µStreamer's stream and its single pictures",
  async (t) => {
    await using vcam = await startVcam({ fps: 15 });
    const port = freePort();
    const ustreamer = new Deno.Command("ustreamer", {
      args: [
        "--device",
        vcam.path,
        "--host",
        "127.0.0.1",
        "--port",
        String(port),
        "--format",
        "MJPEG",
      ],
      env: vcam.env,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const base = `http://127.0.0.1:${port}`;
    try {
      await eventually(() =>
        fetch(`${base}/state`).then((r) => r.body?.cancel().then(() => r.ok), () => false)
      );
      for (const path of ["stream", "snapshot"]) {
        await t.step(path, async () => {
          await using wscam = await startWscam([
            "--camera",
            `${base}/${path}`,
            "--encoder",
            "copy",
          ]);
          await using viewer = await openCountingViewer(wscam.ws);
          await eventually(() => viewer.images > 10);
          assertEquals(viewer.errors, []);
          assertLess(Math.abs(Date.now() - viewer.lastCapture), 20_000);
        });
      }
    } finally {
      ustreamer.kill("SIGKILL");
      await ustreamer.status;
    }
  },
);

testWith(
  ["ffmpeg"],
  "serve() shows a film of 4 s in RTMP that has no sound before it is over",
  async () => {
    const address = `rtmp://127.0.0.1:${freePort()}/live/door`;
    // A quarter as fast as it should be, so that a busy machine has the time to see it.
    const film = [
      "-readrate",
      "0.25",
      "-f",
      "lavfi",
      "-i",
      "testsrc2=size=320x240:rate=10",
      "-t",
      "4",
    ];
    const quick = ["-c:v", "libx264", "-tune", "zerolatency", "-g", "10", "-pix_fmt", "yuv420p"];
    await using publisher = new Deno.Command("ffmpeg", {
      args: ["-v", "error", ...film, ...quick, "-f", "flv", "-listen", "1", address],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    await using wscam = await startWscam(["--camera", address, "--encoder", "ffmpeg"]);
    await using viewer = await openCountingViewer(wscam.ws);
    let isOver = false;
    publisher.status.then(() => isOver = true);
    await eventually(() => viewer.images > 0 || isOver);
    assert(viewer.images > 0, `${viewer.errors}`);
  },
);

Deno.test("serve() passes on another wscam's pictures with the times that they were taken", async () => {
  await using camera = startWebCamera(() => ({}));
  await using first = await startWscam(["--camera", camera.url, "--encoder", "copy"]);
  await using second = await startWscam(["--camera", `${first.url}/stream`, "--encoder", "copy"]);
  const before = await openClockViewer(first.ws);
  await using viewer = await openClockViewer(second.ws);
  await eventually(() => viewer.count > 10);
  const taken = new Set((await before.since(0)).map(({ timestamp }) => timestamp.toFixed(3)));
  const passed = (await viewer.since(0)).map(({ timestamp }) => timestamp.toFixed(3));
  await before[Symbol.asyncDispose]();
  assert(passed.filter((time) => taken.has(time)).length > 5, `${[...taken]} ${passed}`);
});

testWith(
  ["ffmpeg", "gst-rtsp"],
  "serve() knows when an RTSP camera's pictures were taken",
  async () => {
    await using server = await startRtspServer("h264");
    await using wscam = await startWscam(["--camera", server.url]);
    await using viewer = await openClockViewer(wscam.ws);
    await eventually(() => viewer.count > 15);
    const errors = (await viewer.since(0)).map(({ timestamp, taken }) =>
      Math.abs(timestamp - taken)
    );
    const [median = NaN] = errors.sort((a, b) => a - b).slice(errors.length / 2);
    assertLess(median, NEAR);
  },
);

testWith(
  ["ffmpeg", "gst-rtsp"],
  "serve() shows an RTSP camera from its first key frame, though the next one comes late",
  async (t) => {
    for (const encoder of ["imagescript", "ffmpeg"]) {
      await t.step(encoder, async () => {
        await using server = await startRtspServer("h264-30");
        const opened = Date.now() / 1000;
        await using wscam = await startWscam(["--camera", server.url, "--encoder", encoder]);
        await using viewer = await openClockViewer(wscam.ws);
        await eventually(() => viewer.count > 0, { within: 60_000 });
        const [first] = await viewer.since(0);
        assertLess((first?.taken ?? Infinity) - opened, 25);
      });
    }
  },
);

testWith(["ffmpeg"], "serve() begins with the newest part of HLS", async () => {
  const dir = await Deno.makeTempDir();
  const film = ["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=5:duration=30"];
  const parts = ["-g", "5", "-hls_time", "1", "-hls_list_size", "0", `${dir}/live.m3u8`];
  await run("ffmpeg", ["-v", "error", ...film, "-pix_fmt", "yuv420p", ...parts]);
  const list = await Deno.readTextFile(`${dir}/live.m3u8`);
  const asked: string[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async ({ url }) => {
      const { pathname } = new URL(url);
      if (pathname !== "/live.m3u8") {
        asked.push(pathname);
        return new Response(await Deno.readFile(`${dir}${pathname}`));
      }
      // A part more whenever one has been taken.
      const end = list.indexOf("#EXTINF", list.indexOf(`live${4 + new Set(asked).size}.ts`));
      return new Response(list.slice(0, end));
    },
  );
  const address = `http://127.0.0.1:${server.addr.port}/live.m3u8`;
  await using wscam = await startWscam(["--camera", address]);
  await using viewer = await openCountingViewer(wscam.ws);
  await eventually(() => viewer.images > 0, { within: 60_000 });
  assertEquals(asked[0], "/live4.ts");
  await Deno.remove(dir, { recursive: true });
});
