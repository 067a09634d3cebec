import { assert, assertEquals, assertGreater, assertRejects } from "@std/assert";
import type { CameraStatus } from "../../../lib/camera/camera_status.ts";
import { Camera } from "../../../lib/camera/camera.ts";
import { CameraControl } from "../../../lib/camera/control/camera_control.ts";
import type { Capture } from "../../../lib/frame/capture.ts";
import { DEFAULT_CAPTURE } from "../../../lib/frame/change_capture.ts";
import { SourceError } from "../../../lib/frame/source_error.ts";
import type { SourceSpec } from "../../../lib/camera/source_kinds.ts";
import { eventually } from "../../testutil/eventually.ts";
import { createFakeSource, type FakeSource } from "../fake_source.ts";
import { settle } from "../watched_camera.ts";

const CAPTURE: Capture = { ...DEFAULT_CAPTURE, fps: 100 };

/** A camera with its control, and everything that was made of it. */
interface Controlled extends AsyncDisposable {
  camera: Camera;
  control: CameraControl;
  /** The sources, the first one first, each with how it captures. */
  made: { source: FakeSource; capture: Capture }[];
  /** The captures reported to it. */
  told: Capture[];
}

function create(spec: SourceSpec = { kind: "test" }): Controlled {
  const made: Controlled["made"] = [];
  const createSource = (capture: Capture): FakeSource => {
    const source = createFakeSource();
    made.push({ source, capture });
    return source;
  };
  const camera = new Camera(createSource(CAPTURE), { fps: CAPTURE.fps, retryMs: [1] });
  const told: Capture[] = [];
  const control = new CameraControl(camera, {
    spec,
    ffmpeg: "no-ffmpeg",
    capture: CAPTURE,
    createSource,
    onChange: (capture) => told.push(capture),
  });
  return {
    camera,
    control,
    made,
    told,
    async [Symbol.asyncDispose]() {
      await Promise.all([control.close(), camera.close()]);
    },
  };
}

/** Watches it, and waits for its first frame. */
async function watch({ camera, made }: Controlled): Promise<CameraStatus[]> {
  const statuses: CameraStatus[] = [];
  camera.subscribe({ onFrame: () => {}, onStatus: (status) => void statuses.push(status) });
  await giveFrame(made, 1);
  await eventually(() => camera.status.state === "live");
  return statuses;
}

/** A frame from the source that was made as the n-th one, once it is opened. */
async function giveFrame(made: Controlled["made"], n: number): Promise<void> {
  await eventually(() => (made[n - 1]?.source.runs.length ?? 0) > 0);
  made[n - 1]?.source.run.frame();
}

Deno.test("set() is done when the first frame of another capture has come", async () => {
  await using all = create();
  const statuses = await watch(all);
  let isDone = false;
  const setting = all.control.set({ resolution: "320x240", fps: 50, quality: 30 })
    .finally(() => isDone = true);
  await eventually(() => all.made[1]?.source.runs.length === 1);
  assert(all.made[0]?.source.run.isOver, "one at a time has the camera");
  assert(!isDone);
  await giveFrame(all.made, 2);
  const { settings } = await setting;
  assertEquals(settings, {
    resolution: "320x240",
    fps: 50,
    quality: 30,
    encoder: "auto",
    rotate: 0,
    flip: null,
  });
  assertEquals(all.control.settings, settings);
  assertEquals(all.camera.fps, 50);
  assertEquals(all.told.map(({ quality }) => quality), [30]);
  assertEquals(statuses.map(({ state }) => state), ["opening", "live"]);
});

Deno.test("set() opens nothing anew for what is so already", async () => {
  await using all = create();
  await watch(all);
  await all.control.set({ resolution: "640x480", rotate: 0 });
  await all.control.set({});
  assertEquals(all.made.length, 1);
});

Deno.test("set() while nobody watches is for those who come", async () => {
  await using all = create();
  const { settings } = await all.control.set({ flip: "h" });
  assertEquals(settings["flip"], "h");
  assertEquals(all.camera.status, { state: "closed" });
  all.camera.subscribe({ onFrame: () => {}, onStatus: () => {} });
  await eventually(() => all.made[1]?.source.runs.length === 1);
  assertEquals([all.made.length, all.made[0]?.source.runs.length], [2, 0]);
});

Deno.test("set() goes back to what was before when that fails, and viewers see nothing of it", async () => {
  await using all = create();
  const statuses = await watch(all);
  const setting = all.control.set({ resolution: "1920x1080", fps: 1 });
  await eventually(() => all.made[1]?.source.runs.length === 1);
  all.made[1]?.source.run.end(new SourceError("mode", "doesn't offer 1920x1080"));
  await giveFrame(all.made, 3);
  await assertRejects(() => setting, SourceError, "doesn't offer 1920x1080");
  assertEquals(all.made.map(({ capture }) => capture), [
    CAPTURE,
    { ...CAPTURE, resolution: { width: 1920, height: 1080 }, fps: 1 },
    CAPTURE,
  ]);
  assertEquals(all.told.at(-1), CAPTURE);
  assertEquals(all.control.capture, CAPTURE);
  assertEquals([all.camera.fps, all.camera.status.state], [CAPTURE.fps, "live"]);
  assertEquals(statuses.map(({ state }) => state), ["opening", "live"]);
});

Deno.test("set() lets viewers know when what was before fails as well", async () => {
  await using all = create();
  const statuses = await watch(all);
  const setting = all.control.set({ fps: 5 });
  for (const n of [1, 2]) {
    await eventually(() => all.made[n]?.source.runs.length === 1);
    all.made[n]?.source.run.end(new SourceError("gone", "was unplugged"));
  }
  await assertRejects(() => setting, SourceError, "was unplugged");
  assertEquals(statuses.map(({ state }) => state).slice(0, 3), ["opening", "live", "failed"]);
  await eventually(() => all.made[2]?.source.runs.length === 2);
  all.made[2]?.source.run.frame();
  await eventually(() => all.camera.status.state === "live");
});

Deno.test("set() changes nothing when one value is bad", async () => {
  await using all = create();
  await watch(all);
  await assertRejects(() => all.control.set({ fps: 5, rotate: 45 }), RangeError, "'rotate'");
  assertEquals([all.made.length, all.control.capture], [1, CAPTURE]);
});

Deno.test("set() is one change after the other, each on what the one before has left", async () => {
  await using all = create();
  await watch(all);
  const first = all.control.set({ resolution: "320x240" });
  await eventually(() => all.made[1]?.source.runs.length === 1);
  const second = all.control.set({ rotate: 90 });
  const listed = all.control.list();
  await settle();
  assertEquals(all.made.length, 2, "the second waits");
  await giveFrame(all.made, 2);
  assertEquals((await first).settings["rotate"], 0);
  await giveFrame(all.made, 3);
  const { settings } = await second;
  assertEquals([settings["resolution"], settings["rotate"]], ["320x240", 90]);
  assertEquals((await listed).settings, settings);
});

Deno.test("set() goes on after one that failed", async () => {
  await using all = create();
  const bad = all.control.set({ fps: 0 });
  const good = all.control.set({ fps: 7 });
  await assertRejects(() => bad, RangeError);
  assertEquals((await good).settings["fps"], 7);
});

Deno.test("set() that a camera refuses takes none of those with it that wait beside it", async () => {
  await using all = create({ kind: "test" });
  const good = all.control.set({ fps: 7 });
  const bad = all.control.set({ brightness: 1 });
  const other = all.control.set({ flip: "h" });
  await assertRejects(() => bad, RangeError, "only 'resolution', 'fps'");
  await good;
  const { settings } = await other;
  assertEquals([settings["fps"], settings["flip"]], [7, "h"]);
});

Deno.test("set() does all that is asked for while one change goes on with the next, and tells it once", async () => {
  await using all = create();
  await watch(all);
  const first = all.control.set({ fps: 90 });
  await eventually(() => all.made[1]?.source.runs.length === 1);
  const others = Array.from({ length: 100 }, (_, i) => all.control.set({ fps: 80 - i / 2 }));
  others.push(all.control.set({ rotate: 90 }));
  await giveFrame(all.made, 2);
  assertEquals((await first).isChanged, true);
  await giveFrame(all.made, 3);
  const changed = await Promise.all(others);
  assertEquals(all.made.length, 3, "one capture for all of them");
  assertEquals(
    changed.map(({ settings }) => [settings["fps"], settings["rotate"]]),
    changed.map(() => [30.5, 90]),
  );
  assertEquals(changed.filter(({ isChanged }) => isChanged).length, 1);
});

Deno.test("set() waits until pictures have gone on for a while", async () => {
  await using all = create();
  await watch(all);
  const began = performance.now();
  for (const n of [2, 3, 4]) {
    const setting = all.control.set({ fps: 10 * n });
    await giveFrame(all.made, n);
    await setting;
  }
  assertGreater(performance.now() - began, 3900, "two rests");
});

Deno.test("set() that changes nothing changes nothing, and need not be told", async () => {
  await using all = create();
  await watch(all);
  for (const same of [{}, { rotate: 0 }, { resolution: "640x480", flip: null }]) {
    assertEquals((await all.control.set(same)).isChanged, false);
  }
  assertEquals([all.made.length, all.told.length], [1, 0]);
});

Deno.test("set() refuses what this machine can't encode, with what it can", async () => {
  await using all = create();
  const huge = { resolution: "8192x8192", fps: 120 };
  await assertRejects(() => all.control.set(huge), RangeError, "must be at most 3840x2160");
  const fast = { resolution: "3840x2160", fps: 120 };
  await assertRejects(
    () => all.control.set(fast),
    RangeError,
    "field 'fps' must be at most",
  );
  await assertRejects(() => all.control.set({ resolution: "3840x2160" }), RangeError, "got 100");
  assertEquals([all.made.length, all.control.capture], [1, CAPTURE]);
  assertEquals((await all.control.set({ resolution: "1280x720", fps: 20 })).isChanged, true);
});

Deno.test("list() asks once for all who ask at the same time", async () => {
  await using all = create();
  const [first, ...others] = await Promise.all(
    Array.from({ length: 100 }, () => all.control.list()),
  );
  assert(first && others.every((each) => each === first));
});

Deno.test("close() ends a change that goes on, and those that wait", async () => {
  await using all = create();
  await watch(all);
  const first = all.control.set({ fps: 50 });
  await eventually(() => all.made[1]?.source.runs.length === 1);
  const second = all.control.set({ fps: 40 });
  const refused = assertRejects(() => second, SourceError, "is being closed");
  await Promise.all([all.control.close(), all.camera.close()]);
  await first;
  await refused;
  await assertRejects(() => all.control.list(), SourceError, "is being closed");
});

Deno.test("CameraControl refuses a device's own controls of what is not a device", async (t) => {
  const specs: SourceSpec[] = [
    { kind: "test" },
    { kind: "url", url: "rtsp://127.0.0.1:9/x" },
    { kind: "file", path: "/no/such.mp4" },
  ];
  for (const spec of specs) {
    await t.step(spec.kind, async () => {
      await using all = create(spec);
      for (const name of ["brightness", "__proto__", "constructor", "a=1,b", ""]) {
        const set = JSON.parse(`{${JSON.stringify(name)}: 1, "fps": 5}`);
        await assertRejects(() => all.control.set(set), RangeError, "only 'resolution', 'fps'");
      }
      assertEquals(all.control.capture, CAPTURE);
      const { controls = {}, note } = await all.control.list();
      assertEquals(Object.keys(controls), Object.keys(all.control.settings));
      assertEquals(note, undefined, "there is nothing to mend");
    });
  }
});
