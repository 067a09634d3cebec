import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DEFAULT_CAPTURE } from "../../lib/frame/change_capture.ts";
import { SourceError } from "../../lib/frame/source_error.ts";
import type { Source } from "../../lib/camera/source.ts";
import { parseCamera } from "../../lib/camera/camera_spec.ts";
import { describeSource, loadSource } from "../../lib/camera/source_kinds.ts";
import { createTestPicture } from "../../lib/camera/test_picture/test_picture.ts";
import { listCameras } from "../../lib/server/camera_list.ts";
import { ServedCamera } from "../../lib/stream/served_camera.ts";
import { join } from "../stream/join.ts";
import { eventually } from "../testutil/eventually.ts";
import { testWith } from "../testutil/needs.ts";

const SECRETS = "rtsp://admin:hunter2@127.0.0.1:1/live?token=swordfish";

function openServed(source: Source, name: string, description = "test"): ServedCamera {
  return new ServedCamera(source, {
    name,
    description,
    fps: 30,
    quality: 80,
    lingerMs: 0,
    retryMs: [60_000],
  });
}

const failing: Source = {
  // deno-lint-ignore require-yield -- it never gets so far
  async *frames() {
    await Promise.resolve();
    throw new SourceError("gone", "was unplugged");
  },
};

Deno.test("listCameras() lists closed cameras in their order, the default one first", () => {
  const pattern = createTestPicture({ width: 64, height: 48, fps: 30 });
  const cameras = [openServed(pattern, "porch"), openServed(pattern, "attic", "/dev/video0")];
  const closed = { state: "closed", resolution: null, fps: null, viewers: 0 };
  assertEquals<unknown>(listCameras(cameras), [
    { name: "porch", source: "test", ...closed },
    { name: "attic", source: "/dev/video0", ...closed },
  ]);
  assertEquals(listCameras([]), []);
});

Deno.test("listCameras() tells what a live camera really delivers, and how many watch", async () => {
  const pattern = createTestPicture({ width: 64, height: 48, fps: 30 });
  const served = openServed(pattern, "porch");
  await using _camera = served.camera;
  const leave = join(served);
  const leaveToo = join(served);
  assertEquals(listCameras([served])[0]?.state, "opening");
  const info = await eventually(() => listCameras([served]).find(({ fps }) => fps !== null));
  const { fps, ...rest } = info;
  assertEquals<unknown>(rest, {
    name: "porch",
    source: "test",
    state: "live",
    resolution: "64x48",
    viewers: 2,
  });
  assertEquals(fps, Math.round(10 * Number(fps)) / 10, "one decimal is enough");
  leave();
  leaveToo();
  await eventually(() => listCameras([served])[0]?.state === "closed");
  assertEquals<unknown>(listCameras([served])[0], {
    name: "porch",
    source: "test",
    state: "closed",
    resolution: null,
    fps: null,
    viewers: 0,
  });
});

Deno.test("listCameras() says why a camera gives no pictures", async () => {
  const served = openServed(failing, "porch");
  await using _camera = served.camera;
  const leave = join(served);
  await eventually(() => listCameras([served])[0]?.state === "failed");
  assertEquals<unknown>(listCameras([served])[0], {
    name: "porch",
    source: "test",
    state: "failed",
    code: "gone",
    reason: "was unplugged",
    resolution: null,
    fps: null,
    viewers: 1,
  });
  leave();
});

testWith(["ffmpeg"], "listCameras() keeps the secrets of a camera's address", async () => {
  const { name, source } = parseCamera(SECRETS);
  assert(source.kind !== "relay");
  const opened = (await loadSource(source))(DEFAULT_CAPTURE, { ffmpeg: "ffmpeg" });
  const served = openServed(opened, name, describeSource(source));
  await using _camera = served.camera;
  const leave = join(served);
  await eventually(() => listCameras([served])[0]?.state === "failed");
  const text = JSON.stringify(listCameras([served]));
  assertStringIncludes(text, '"name":"127.0.0.1:1"');
  assertStringIncludes(text, '"source":"rtsp://127.0.0.1:1/live"');
  for (const secret of ["admin", "hunter2", "swordfish", "token"]) {
    assertEquals(text.includes(secret), false, `${text} has ${secret} in it`);
  }
  leave();
});
