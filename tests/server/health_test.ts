import { assertEquals, assertMatch } from "@std/assert";
import type { Source } from "../../lib/camera/source.ts";
import { SourceError } from "../../lib/frame/source_error.ts";
import { listCameras } from "../../lib/server/camera_list.ts";
import { checkHealth, healthResponse } from "../../lib/server/health.ts";
import { createMetrics } from "../../lib/server/metrics/metrics.ts";
import { readState } from "../../lib/server/state.ts";
import { ServedCamera } from "../../lib/stream/served_camera.ts";
import { createFakeSource } from "../camera/fake_source.ts";
import { FakeViewer } from "../stream/fake_viewer.ts";
import { join } from "../stream/join.ts";
import { createJpegCamera } from "../stream/jpeg_camera.ts";
import { eventually } from "../testutil/eventually.ts";

function openServed(source: Source, fps = 1e9): ServedCamera {
  return new ServedCamera(source, {
    name: "porch",
    description: "test",
    fps,
    lingerMs: 0,
    retryMs: [60_000],
  });
}

Deno.test("checkHealth() expects nothing of a camera that nobody watches", () => {
  assertEquals(checkHealth([openServed(createFakeSource())]), { ok: true, problems: [] });
  assertEquals(checkHealth([]), { ok: true, problems: [] });
});

Deno.test("healthResponse() is 503 with the reason while a camera that is watched has failed", async () => {
  const source = createFakeSource();
  const served = openServed(source);
  await using camera = served.camera;
  const leave = join(served);
  await eventually(() => source.runs.length === 1);
  assertEquals(healthResponse([served]).status, 200, "it is being opened");
  source.run.end(new SourceError("gone", "was unplugged"));
  await eventually(() => camera.status.state === "failed");
  const response = healthResponse([served]);
  assertEquals(response.status, 503);
  assertEquals(await response.json(), {
    ok: false,
    problems: [{ camera: "porch", code: "gone", reason: "was unplugged" }],
  });
  const open = healthResponse([served], "none");
  assertEquals([open.status, await open.json()], [503, { ok: false, cameras: 1, failed: 1 }]);
  leave();
  await eventually(() => camera.status.state === "closed");
  assertEquals(healthResponse([served]).status, 200);
});

Deno.test("checkHealth() notices a live camera that has stopped to deliver, before it is opened anew", async () => {
  const source = createFakeSource();
  const served = openServed(source);
  await using camera = served.camera;
  served.join(new FakeViewer());
  await eventually(() => source.runs.length === 1);
  source.run.frame();
  await eventually(() => camera.status.state === "live");
  assertEquals(checkHealth([served]).ok, true);
  const { problems: [problem] } = await eventually(() => {
    const health = checkHealth([served]);
    return health.ok ? undefined : health;
  });
  assertMatch(problem?.reason ?? "", /^gave no picture for \d+ s$/);
  assertEquals(camera.status.state, "live");
});

Deno.test("healthResponse() is 503 while what is watched can't be encoded, and all else agrees", async () => {
  await using served = await createJpegCamera();
  const leave = join(served, { quality: 10, width: null });
  await eventually(() => healthResponse([served]).status === 503);
  const { problems: [problem] } = checkHealth([served]);
  const reason = problem?.reason ?? "";
  assertMatch(reason, /^can't be shown: cannot encode picture: it needs ffmpeg, /);
  const { cameras: [camera] } = readState([served], "1");
  assertEquals([camera?.state, camera?.code, camera?.reason], ["failed", "encoder", reason]);
  assertEquals(camera?.renditions.map(({ reason }) => reason), [reason]);
  assertEquals(listCameras([served])[0]?.reason, reason);
  const metrics = await createMetrics("1").response([served]).text();
  assertMatch(metrics, /^wscam_camera_failed\{camera="door"\} 1$/m);
  assertMatch(metrics, /^wscam_camera_live\{camera="door"\} 0$/m);
  leave();
  assertEquals(checkHealth([served]).ok, true);
});
