import { openClockViewer } from "../../testutil/client/clock_viewer.ts";
import { eventually } from "../../testutil/eventually.ts";
import { testWith } from "../../testutil/needs.ts";
import { childrenOf } from "../../testutil/system/processes.ts";
import { startRtspServer } from "../../testutil/camera/rtsp.ts";
import { stall } from "../../testutil/client/stall.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

/** The ffmpeg that a wscam reads a stream with. */
async function readerOf(pid: number): Promise<number> {
  for (const child of await childrenOf(pid, { deep: true })) {
    const name = await Deno.readTextFile(`/proc/${child}/comm`).catch(() => "");
    if (name.trim() === "ffmpeg") return child;
  }
  throw new Error("Cannot stop ffmpeg: it must run");
}

testWith(
  ["ffmpeg", "gst-rtsp"],
  "serve() never plays the past of an RTSP camera that sends JPEG",
  async () => {
    await using server = await startRtspServer("mjpeg");
    await using wscam = await startWscam([
      "--camera",
      server.url,
      "--encoder",
      "copy",
      "--fps",
      "60",
    ]);
    await using viewer = await openClockViewer(wscam.ws);
    await eventually(() => viewer.count > 20);
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
      await eventually(() => viewer.count > 20);
      await t.step("after wscam stood still", () => stall(wscam.pid, viewer));
      await t.step(
        "after its ffmpeg stood still",
        async () => stall(await readerOf(wscam.pid), viewer),
      );
      await t.step("after the server stood still", () => stall(server.pid, viewer));
    },
  );
}
