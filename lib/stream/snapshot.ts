import type { CameraFailure } from "../camera/camera_status.ts";
import type { RenditionShape } from "../encoder/encoder.ts";
import type { ServedCamera } from "./served_camera.ts";
import type { Picture } from "./picture.ts";
import type { JoinOptions } from "./streams.ts";
import { Viewer } from "./viewer/viewer.ts";

export interface SnapshotOptions extends RenditionShape, Omit<JoinOptions, "left"> {
  /** How old the picture may be, in seconds. @default {0} */
  maxAge?: number;
  /** The client's address: `192.0.2.5:51234`. */
  address: string;
  /** Aborted when it isn't wanted any more. */
  signal?: AbortSignal;
}

/** A camera that gives no picture within this time gives none, in milliseconds. */
const LIMIT_MS = 20_000;

/**
 * One picture and its rendition; or why there is none: in words that follow the camera's name, or
 * as a whole sentence.
 */
export type Snapshot =
  | { ok: true; picture: Picture; shape: RenditionShape }
  | { ok: false; reason: string };
type Outcome = { ok: true; picture: Picture } | { ok: false; reason: string };

/**
 * The newest picture of a camera, which is opened for it if necessary; an older one if that will
 * do. If the rendition can't be made now, the nearest existing one is used.
 */
export async function takeSnapshot(
  served: ServedCamera,
  { maxAge = 0, address, signal, quality, width, ...options }: SnapshotOptions,
): Promise<Snapshot> {
  const shape = { quality, width };
  const last = served.get(shape)?.last;
  if (maxAge > 0 && last && last.age <= maxAge) {
    return { ok: true, picture: last, shape };
  }
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  // A stream of slow viewers may have a picture older than the camera's newest.
  const viewer = new OneShot(resolve, { address, since: served.camera.newest?.sequence ?? 0 });
  const stream = served.join(viewer, shape, options);
  const timer = setTimeout(() => {
    resolve({ ok: false, reason: `gave no picture within ${LIMIT_MS / 1000} s` });
  }, LIMIT_MS);
  const forget = (): void => resolve({ ok: false, reason: "is not asked any more" });
  signal?.addEventListener("abort", forget);
  if (signal?.aborted) forget();
  try {
    const outcome = await promise;
    return outcome.ok ? { ...outcome, shape: stream } : outcome;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", forget);
    stream.remove(viewer);
  }
}

/** Takes one picture, or the reason why there is none. */
class OneShot extends Viewer {
  readonly #onDone: (outcome: Outcome) => void;
  readonly #since: number;

  constructor(
    onDone: (outcome: Outcome) => void,
    { address, since }: { address: string; since: number },
  ) {
    super({ pending: 0, isTaking: false, send() {}, drop() {} }, { address, form: "jpeg" });
    this.#onDone = onDone;
    this.#since = since;
  }

  override offer(...args: Parameters<Viewer["offer"]>): boolean {
    const [picture] = args;
    if (picture.sequence < this.#since) return false;
    const isSent = super.offer(...args);
    if (isSent) this.#onDone({ ok: true, picture });
    return isSent;
  }

  override fail(_camera: string, { reason }: CameraFailure): void {
    this.#onDone({ ok: false, reason });
  }
}
