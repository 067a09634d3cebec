import type { CameraStatus } from "../../camera/camera_status.ts";
import type { Cameras } from "../../stream/cameras.ts";
import type { ServedCamera } from "../../stream/served_camera.ts";

/** A live camera is opened anew after 5 s, or three frame times, without a frame; so it isn't stuck. */
const LIVE_MS = 15_000;
const LIVE_FRAMES = 3;
/** A try to open a camera ends sooner than this, in frames or in a failure. */
const OPENING_MS = 60_000;

/** Options of {@linkcode watchFreshness}. */
export interface FreshnessOptions {
  /** A clock that never jumps, in milliseconds. @default {performance.now} */
  now?: () => number;
}

/** Tells whether capture goes on by itself. */
export interface Freshness extends Disposable {
  /**
   * The stuck cameras, in words. A camera that fails and is tried again is not: a new start of the program
   * would not help it.
   */
  problem(): string | undefined;
}

/** Watches that cameras deliver, or are at least opened again, for as long as they should. */
export function watchFreshness(
  cameras: Pick<Cameras, "each">,
  { now = () => performance.now() }: FreshnessOptions = {},
): Freshness {
  const watched = new Set<Freshness>();
  const stop = cameras.each((served) => {
    const freshness = watchCamera(served, now);
    watched.add(freshness);
    return () => {
      watched.delete(freshness);
      freshness[Symbol.dispose]();
    };
  });
  return {
    problem() {
      // Each is asked: what has happened since then is noticed as they are.
      const problems = Array.from(watched, (each) => each.problem());
      return problems.find((words) => words !== undefined);
    },
    [Symbol.dispose]: stop,
  };
}

function watchCamera({ name, camera }: ServedCamera, now: () => number): Freshness {
  // Remote control can make a camera slower than it was.
  const patience = (): number => Math.max(LIVE_MS, LIVE_FRAMES * 1000 / camera.fps);
  let captured = camera.counters.captured;
  let deadline = now() + allowed(camera.status, patience());
  const stop = camera.observe((status) => deadline = now() + allowed(status, patience()));
  let wasChanging = false;
  return {
    problem() {
      const { isChanging } = camera;
      // It stays live then, and is opened like any other.
      if (isChanging && !wasChanging) deadline = now() + OPENING_MS;
      wasChanging = isChanging;
      if (camera.counters.captured !== captured) {
        captured = camera.counters.captured;
        deadline = now() + allowed(camera.status, patience());
      }
      if (now() <= deadline) return undefined;
      return `Camera ${name} is stuck: it is ${camera.status.state}, and nothing happens`;
    },
    [Symbol.dispose]: stop,
  };
}

/** The longest time without any event in a state, in milliseconds. */
function allowed(status: CameraStatus, patience: number): number {
  switch (status.state) {
    case "closed":
      return Infinity;
    case "live":
      return patience;
    case "opening":
      return OPENING_MS;
    // It stays so while it is tried again.
    case "failed":
      return Math.max(0, status.retryAt - Date.now()) + OPENING_MS;
  }
}
