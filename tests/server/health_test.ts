import { assertEquals, assertMatch } from "@std/assert";
import type { Source } from "../../lib/camera/source.ts";
import { SourceError } from "../../lib/frame/source_error.ts";
import { listCameras } from "../../lib/server/camera_list.ts";
import { checkHealth, healthResponse } from "../../lib/server/health.ts";
import { createMetrics } from "../../lib/server/metrics/metrics.ts";
import { readState } from "../../lib/server/state.ts";
import { type Channel, createChannel } from "../../lib/stream/channel.ts";
import { createFakeSource } from "../camera/fake_source.ts";
import { FakeViewer } from "../stream/fake_viewer.ts";
import { join } from "../stream/join.ts";
import { createJpegChannel } from "../stream/jpeg_camera.ts";
import { eventually } from "../testutil/eventually.ts";

function openChannel(source: Source, fps = 1e9): Channel {
  return createChannel(source, {
    name: "porch",
    description: "test",
    fps,
    lingerMs: 0,
    retryMs: [60_000],
  });
}

Deno.test("checkHealth() expects nothing of a camera that nobody watches", () => {
  assertEquals(checkHealth([openChannel(createFakeSource())]), { ok: true, problems: [] });
  assertEquals(checkHealth([]), { ok: true, problems: [] });
});

Deno.test("healthResponse() is 503 with the reason while a camera that is watched has failed", async () => {
  const source = createFakeSource();
  const channel = openChannel(source);
  await using camera = channel.camera;
  const leave = join(channel);
  await eventually(() => source.runs.length === 1);
  assertEquals(healthResponse([channel]).status, 200, "it is being opened");
  source.run.end(new SourceError("gone", "was unplugged"));
  await eventually(() => camera.status.state === "failed");
  const response = healthResponse([channel]);
  assertEquals(response.status, 503);
  assertEquals(await response.json(), {
    ok: false,
    problems: [{ camera: "porch", code: "gone", reason: "was unplugged" }],
  });
  const open = healthResponse([channel], "none");
  assertEquals([open.status, await open.json()], [503, { ok: false, cameras: 1, failed: 1 }]);
  leave();
  await eventually(() => camera.status.state === "closed");
  assertEquals(healthResponse([channel]).status, 200);
});

Deno.test("checkHealth() notices a live camera that has stopped to deliver, before it is opened anew", async () => {
  const source = createFakeSource();
  const channel = openChannel(source);
  await using camera = channel.camera;
  channel.join(new FakeViewer());
  await eventually(() => source.runs.length === 1);
  source.run.frame();
  await eventually(() => camera.status.state === "live");
  assertEquals(checkHealth([channel]).ok, true);
  const { problems: [problem] } = await eventually(() => {
    const health = checkHealth([channel]);
    return health.ok ? undefined : health;
  });
  assertMatch(problem?.reason ?? "", /^gave no picture for [234] s$/);
  assertEquals(camera.status.state, "live");
});

Deno.test("healthResponse() is 503 while what is watched can't be encoded, and all else agrees", async () => {
  await using channel = await createJpegChannel();
  const leave = join(channel, { quality: 10, width: null });
  await eventually(() => healthResponse([channel]).status === 503);
  const { problems: [problem] } = checkHealth([channel]);
  const reason = problem?.reason ?? "";
  assertMatch(reason, /^can't be shown: cannot encode picture: it needs ffmpeg, /);
  const { cameras: [camera] } = readState([channel], "1");
  assertEquals([camera?.state, camera?.code, camera?.reason], ["failed", "encoder", reason]);
  assertEquals(camera?.renditions.map(({ reason }) => reason), [reason]);
  assertEquals(listCameras([channel])[0]?.reason, reason);
  const metrics = await createMetrics("1").response([channel]).text();
  assertMatch(metrics, /^wscam_camera_failed\{camera="door"\} 1$/m);
  assertMatch(metrics, /^wscam_camera_live\{camera="door"\} 0$/m);
  leave();
  assertEquals(checkHealth([channel]).ok, true);
});
