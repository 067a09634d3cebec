import { assertEquals, assertRejects } from "@std/assert";
import { createTestPicture } from "../../../../lib/camera/test_picture/test_picture.ts";
import { ConfiguredCameras } from "../../../../lib/commands/serve/reload/configured_cameras.ts";
import type { CameraConfig } from "../../../../lib/config/camera_config.ts";
import { DEFAULT_CAPTURE } from "../../../../lib/frame/change_capture.ts";
import { Cameras } from "../../../../lib/stream/cameras.ts";
import { ServedCamera } from "../../../../lib/stream/served_camera.ts";

function configOf(name: string, fps = 10): CameraConfig {
  return { name, source: { kind: "test" }, capture: { ...DEFAULT_CAPTURE, fps } };
}

Deno.test("ConfiguredCameras.apply() changes nothing where a camera can't be opened", async () => {
  const closed: string[] = [];
  await using cameras = new Cameras();
  using configured = new ConfiguredCameras(cameras, {
    async open({ name, capture: { fps } }) {
      await Promise.resolve();
      if (name === "bad") throw new RangeError("Cannot relay camera");
      const source = createTestPicture({ width: 16, height: 16, fps });
      const onClose = (): void => void closed.push(`${name} at ${fps}`);
      return new ServedCamera(source, { name, description: "test", fps, onClose });
    },
    follow: () => () => {},
  });
  await configured.apply([configOf("door"), configOf("yard")]);
  const before = cameras.all;
  const changed = [configOf("door"), configOf("yard", 5), configOf("new"), configOf("bad")];
  await assertRejects(() => configured.apply(changed), RangeError, "Cannot relay camera");
  assertEquals(cameras.all, before);
  assertEquals(closed.toSorted(), ["new at 10", "yard at 5"], "nobody else would close them");
  const changes = await configured.apply([configOf("door"), configOf("yard", 5)]);
  assertEquals(changes, { added: 0, changed: 1, removed: 0 });
  assertEquals(closed.at(-1), "yard at 10");
});
