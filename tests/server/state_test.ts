import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { SourceError } from "../../lib/frame/source_error.ts";
import { readState } from "../../lib/server/state.ts";
import { ServedCamera } from "../../lib/stream/served_camera.ts";
import { createFakeSource } from "../camera/fake_source.ts";
import { FakeViewer } from "../stream/fake_viewer.ts";
import { eventually } from "../testutil/eventually.ts";

Deno.test("readState() tells of cameras and viewers what is true", async () => {
  const source = createFakeSource();
  const served = new ServedCamera(source, {
    name: "porch",
    description: "/dev/video0",
    fps: 1e9,
    lingerMs: 60_000,
    retryMs: [60_000],
  });
  await using camera = served.camera;
  const nothing = { encoder: null, age: null, frames: 0, broken: 0, encoded: 0, skipped: 0 };
  const { cameras, viewers, version, uptime } = readState([served], "1.2.3");
  assertEquals(version, "1.2.3");
  assertGreater(uptime, 0);
  assertEquals(viewers, []);
  assertEquals(cameras, [{
    name: "porch",
    source: "/dev/video0",
    state: "closed",
    code: null,
    reason: null,
    "retry_at": null,
    resolution: null,
    fps: null,
    viewers: 0,
    ...nothing,
    restarts: 0,
    settings: null,
    renditions: [],
  }]);

  served.join(new FakeViewer({ address: "192.0.2.5:51234" }));
  await eventually(() => source.runs.length === 1);
  source.run.frame();
  await eventually(() => readState([served], "1").viewers[0]?.sent === 1 || undefined);
  const { cameras: [live], viewers: [viewer] } = readState([served], "1");
  assertEquals([live?.state, live?.frames, live?.viewers], ["live", 1, 1]);
  assertEquals(live?.renditions, [
    {
      codec: "jpeg",
      fps: null,
      quality: null,
      width: null,
      viewers: 1,
      code: null,
      reason: null,
      encoded: 1,
      keys: 0,
      copied: 0,
    },
  ]);
  assertEquals([viewer?.quality, viewer?.width], [null, null]);
  assertLess(live?.age ?? Infinity, 60);
  assertEquals([viewer?.address, viewer?.camera], ["192.0.2.5:51234", "porch"]);
  assertGreater(viewer?.bytes ?? 0, 0);

  source.run.end(new SourceError("gone", "was unplugged"));
  await eventually(() => camera.status.state === "failed");
  const { cameras: [failed] } = readState([served], "1");
  assertEquals([failed?.state, failed?.code, failed?.reason], ["failed", "gone", "was unplugged"]);
  const seconds = (failed?.retry_at ?? 0) - Date.now() / 1000;
  assert(seconds > 0 && seconds <= 60);
});
