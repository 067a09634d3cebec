import { openClockViewer } from "../../testutil/client/clock_viewer.ts";
import { eventually } from "../../testutil/eventually.ts";
import { startNats } from "../../testutil/relay/nats.ts";
import { testWith } from "../../testutil/needs.ts";
import { stall } from "../../testutil/client/stall.ts";
import { together } from "../../testutil/together.ts";
import { startWebCamera } from "../../testutil/camera/web_camera.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

testWith(["ffmpeg"], "serve() never plays the past of an HTTP camera", async (t) => {
  const check = async (encoder: string): Promise<void> => {
    await using camera = startWebCamera(() => ({}));
    const args = ["--camera", camera.url, "--encoder", encoder, "--fps", "60"];
    await using wscam = await startWscam(args);
    await using viewer = await openClockViewer(wscam.ws);
    await eventually(() => viewer.count > 20);
    await stall(wscam.pid, viewer);
  };
  await together(t, {
    copy: () => check("copy"),
    imagescript: () => check("imagescript"),
    ffmpeg: () => check("ffmpeg"),
  });
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
    await eventually(() => viewer.count > 20);
    await t.step("after the edge stood still", () => stall(edge.pid, viewer));
    await t.step("after the publisher stood still", () => stall(publisher.pid, viewer));
    await t.step("after the broker stood still", () => stall(nats.pid, viewer));
  },
);
