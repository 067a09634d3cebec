import type { CameraStatus } from "../../camera/camera_status.ts";
import type { Cameras } from "../../stream/cameras.ts";
import type { ServedCamera } from "../../stream/served_camera.ts";

/**
 * A live camera is reopened after 5 s, or three frame times, without a frame; one that isn't is
 * stuck.
 */
const LIVE_MS = 15_000;
const LIVE_FRAMES = 3;
/** An attempt to open a camera ends sooner than this, with frames or with a failure. */
const OPENING_MS = 60_000;

export interface FreshnessOptions {
  /**
   * A monotonic clock, in milliseconds.
   *
   * @default {performance.now}
   */
  now?: () => number;
}

/** Tells whether capture makes progress. */
export interface Freshness extends Disposable {
  /**
   * The stuck cameras, in words. A camera that fails and is retried is not stuck: restarting the
   * program would not help it.
   */
  problem(): string | undefined;
}

/** Watches that cameras deliver, or are at least retried, while they should. */
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
      // Reading the status makes a camera note what has happened since.
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
      // It then stays live, and is reopened like any other.
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

/** The longest time that a state may last without any event, in milliseconds. */
function allowed(status: CameraStatus, patience: number): number {
  switch (status.state) {
    case "closed":
      return Infinity;
    case "live":
      return patience;
    case "opening":
      return OPENING_MS;
    // It keeps this state during an attempt.
    case "failed":
      return Math.max(0, status.retryAt - Date.now()) + OPENING_MS;
  }
}
