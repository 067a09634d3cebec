import { assertLess } from "@std/assert";
import { openClockViewer } from "./testutil/clock_viewer.ts";
import { eventually } from "./testutil/eventually.ts";
import { startNats } from "./testutil/nats.ts";
import { testWith } from "./testutil/needs.ts";
import { childrenOf } from "./testutil/processes.ts";
import { startWebCamera } from "./testutil/web_camera.ts";
import { startRtspServer } from "./testutil/rtsp.ts";
import { startWscam } from "./testutil/wscam.ts";

const STALL_MS = 4000;
/** What was on its way when everything stood still may still come. */
const ON_THEIR_WAY = 3;

const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The ffmpeg that a wscam reads a stream with. */
async function readerOf(pid: number): Promise<number> {
  for (const child of await childrenOf(pid, { deep: true })) {
    const name = await Deno.readTextFile(`/proc/${child}/comm`).catch(() => "");
    if (name.trim() === "ffmpeg") return child;
  }
  throw new Error("Cannot stop ffmpeg: it must run");
}

/** Stops a process for a while, and looks at what comes after that. */
async function stall(pid: number, viewer: Awaited<ReturnType<typeof openClockViewer>>) {
  Deno.kill(pid, "SIGSTOP");
  await delay(STALL_MS);
  Deno.kill(pid, "SIGCONT");
  const since = Date.now() / 1000;
  const { count } = viewer;
  await eventually(() => viewer.count > count + 20, {
    what: "pictures after a stall",
    within: 30_000,
  });
  const seen = await viewer.since(since);
  const past = seen.filter(({ arrived, taken }) => arrived - taken > 2);
  assertLess(past.length, ON_THEIR_WAY + 1, `ages: ${past.map((s) => s.arrived - s.taken)}`);
  for (const { timestamp, taken } of seen) {
    assertLess(Math.abs(timestamp - taken), 1, "its timestamp is when it was taken");
  }
}

testWith(["ffmpeg"], "serve() never plays the past of an HTTP camera", async (t) => {
  for (const encoder of ["copy", "imagescript", "ffmpeg"] as const) {
    await t.step(encoder, async () => {
      await using camera = startWebCamera(() => ({}));
      const args = ["--camera", camera.url, "--encoder", encoder, "--fps", "60"];
      await using wscam = await startWscam(args);
      await using viewer = await openClockViewer(wscam.ws);
      await eventually(() => viewer.count > 20, { within: 30_000 });
      await stall(wscam.pid, viewer);
    });
  }
});

testWith(
  ["nats-server"],
  "serve() never plays the past of a camera that comes through NATS",
  async (t) => {
    await using nats = await startNats();
    await using camera = startWebCamera(() => ({}));
    const source = ["--camera", `door=${camera.url}`, "--encoder", "copy", "--fps", "60"];
    await using publisher = await startWscam([...source, "--publish", `nats://${nats.host}`]);
    await using edge = await startWscam(["--camera", `nats://${nats.host}/door`, "--fps", "60"]);
    await using viewer = await openClockViewer(edge.ws);
    await eventually(() => viewer.count > 20, { within: 30_000 });
    await t.step("after the edge stood still", () => stall(edge.pid, viewer));
    await t.step("after the publisher stood still", () => stall(publisher.pid, viewer));
    await t.step("after the broker stood still", () => stall(nats.pid, viewer));
  },
);

testWith(
  ["ffmpeg", "gst-rtsp"],
  "serve() never plays the past of an RTSP camera that sends JPEG",
  async () => {
    await using server = await startRtspServer("mjpeg");
    await using wscam = await startWscam([
      ...["--camera", server.url, "--encoder", "copy", "--fps", "60"],
    ]);
    await using viewer = await openClockViewer(wscam.ws);
    await eventually(() => viewer.count > 20, { within: 30_000 });
    await stall(wscam.pid, viewer);
  },
);

for (const encoder of ["imagescript", "ffmpeg"] as const) {
  testWith(
    ["ffmpeg", "gst-rtsp"],
    `serve() never plays the past of an RTSP camera, with ${encoder}`,
    async (t) => {
      await using server = await startRtspServer("h264");
      await using wscam = await startWscam([
        "--camera",
        server.url,
        "--encoder",
        encoder,
        "--fps",
        "60",
      ]);
      await using viewer = await openClockViewer(wscam.ws);
      await eventually(() => viewer.count > 20, { within: 30_000 });
      await t.step("after wscam stood still", () => stall(wscam.pid, viewer));
      await t.step(
        "after its ffmpeg stood still",
        async () => stall(await readerOf(wscam.pid), viewer),
      );
      await t.step("after the server stood still", () => stall(server.pid, viewer));
    },
  );
}
