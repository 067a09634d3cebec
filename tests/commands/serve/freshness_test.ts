import { assertEquals } from "@std/assert";
import { Camera, type CameraOptions } from "../../../lib/camera/camera.ts";
import { type Freshness, watchFreshness } from "../../../lib/commands/serve/freshness.ts";
import { Cameras } from "../../../lib/stream/cameras.ts";
import type { ServedCamera } from "../../../lib/stream/served_camera.ts";
import { createFakeSource, type FakeSource } from "../../camera/fake_source.ts";
import { eventually } from "../../testutil/eventually.ts";

interface Setting extends AsyncDisposable {
  source: FakeSource;
  camera: Camera;
  freshness: Freshness;
  /** Lets time go by. */
  pass(seconds: number): void;
}

/** A camera that somebody watches, and that nothing but its source can open again. */
function watch({ fps = 10, ...options }: Partial<CameraOptions> = {}): Setting {
  const source = createFakeSource();
  const camera = new Camera(source, { fps, frozenMs: 1e9, retryMs: [1e9], ...options });
  let clock = 0;
  const cameras = new Cameras([{ name: "0", camera } as ServedCamera]);
  const freshness = watchFreshness(cameras, { now: () => clock });
  camera.subscribe({ onFrame: () => {}, onStatus: () => {} });
  return {
    source,
    camera,
    freshness,
    pass: (seconds) => void (clock += seconds * 1000),
    async [Symbol.asyncDispose]() {
      freshness[Symbol.dispose]();
      await camera.close();
    },
  };
}

async function live({ source, camera }: Setting): Promise<void> {
  await eventually(() => source.runs.length > 0);
  source.run.frame();
  await eventually(() => camera.status.state === "live");
}

Deno.test("watchFreshness() finds a live camera stuck that gives no frame for 15 s", async () => {
  await using setting = watch();
  const { source, camera, freshness, pass } = setting;
  await live(setting);
  assertEquals(freshness.problem(), undefined);
  pass(15);
  assertEquals(freshness.problem(), undefined);
  pass(1);
  assertEquals(freshness.problem(), "Camera 0 is stuck: it is live, and nothing happens");
  source.run.frame();
  await eventually(() => camera.counters.captured === 2);
  assertEquals(freshness.problem(), undefined, "it goes on");
});

Deno.test("watchFreshness() gives a slow camera three frame times", async () => {
  await using setting = watch({ fps: 0.1 });
  await live(setting);
  assertEquals(setting.freshness.problem(), undefined);
  setting.pass(30);
  assertEquals(setting.freshness.problem(), undefined);
  setting.pass(1);
  assertEquals(typeof setting.freshness.problem(), "string");
});

Deno.test("watchFreshness() gives a camera a minute to open", async () => {
  await using setting = watch();
  await eventually(() => setting.source.runs.length > 0);
  setting.pass(60);
  assertEquals(setting.freshness.problem(), undefined);
  setting.pass(1);
  assertEquals(
    setting.freshness.problem(),
    "Camera 0 is stuck: it is opening, and nothing happens",
  );
});

Deno.test("watchFreshness() finds nothing wrong with a camera that is tried again", async () => {
  await using setting = watch({ retryMs: [100_000] });
  const { source, camera, freshness, pass } = setting;
  await live(setting);
  source.run.end();
  await eventually(() => camera.status.state === "failed");
  assertEquals(freshness.problem(), undefined);
  pass(150);
  assertEquals(freshness.problem(), undefined);
  pass(20);
  assertEquals(freshness.problem(), "Camera 0 is stuck: it is failed, and nothing happens");
});

Deno.test("watchFreshness() finds nothing wrong with a camera that nobody watches", async () => {
  const camera = new Camera(createFakeSource(), { fps: 10 });
  let clock = 0;
  const cameras = new Cameras([{ name: "0", camera } as ServedCamera]);
  using freshness = watchFreshness(cameras, { now: () => clock });
  clock += 1e9;
  assertEquals(freshness.problem(), undefined);
  await camera.close();
});
