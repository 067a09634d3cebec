import { Camera, type CameraOptions } from "../../lib/camera/camera.ts";
import type { CameraStatus } from "../../lib/camera/camera_status.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { createFakeSource, type FakeSource } from "./fake_source.ts";

/** A rate at which no frame is one too many. */
export const ANY_FPS = 1e9;

export interface Watcher {
  readonly frames: Frame[];
  readonly statuses: CameraStatus[];
  /** The names of the statuses. */
  states(): string;
  stop(): void;
}

export function subscribe(camera: Camera): Watcher {
  const frames: Frame[] = [];
  const statuses: CameraStatus[] = [];
  const stop = camera.subscribe({
    onFrame: (frame) => void frames.push(frame),
    onStatus: (status) => void statuses.push(status),
  });
  return { frames, statuses, stop, states: () => statuses.map(({ state }) => state).join(" ") };
}

export function create(
  options: Partial<CameraOptions> = {},
): { camera: Camera; source: FakeSource } {
  const source = createFakeSource();
  return { source, camera: new Camera(source, { fps: ANY_FPS, retryMs: [1], ...options }) };
}

/** Lets everything happen that is due by now. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve, 0));
}
