import type { Clock } from "../time/clock.ts";
import type { Frame } from "../frame/frame.ts";
import { type Failure, failureOf } from "../frame/source_error.ts";
import { FROZEN, type Reading, type Source, type VideoWish } from "./source.ts";
import { Watchdog } from "../time/watchdog.ts";

export interface ReadSourceOptions extends Reading {
  /** The longest time without a frame, in milliseconds. */
  frozenMs: number;
  /** Measures that time. */
  clock: Clock;
  /** Called with each frame, which the callee has to release. */
  onFrame: (frame: Frame) => void;
  /** Called once when frames end unexpectedly, or at once when they merely stop coming. */
  onFailure: (failure: Failure) => void;
}

/** The failure of a source whose pictures all turn out to be unusable. */
const ONLY_BROKEN: Failure = {
  code: "broken",
  reason: "sends only pictures that aren't whole, or are too large",
};

/** The failure of a source that has given nothing for this long, in milliseconds. */
export function frozenFor(ms: number): Failure {
  return { code: "frozen", reason: `is frozen: no picture for ${ms / 1000} s` };
}

/** Reads a source once, until its signal is aborted, it ends, or no frame has come for too long. */
export async function readSource(source: Source, options: ReadSourceOptions): Promise<void> {
  const reading = new WatchedReading(source, options);
  let failure: Failure = { code: "ended", reason: "ended" };
  try {
    for await (const frame of source.frames(reading)) reading.take(frame);
  } catch (error) {
    failure = failureOf(error);
  }
  reading.end(failure);
}

/** A reading that ends when nothing has come for too long. */
class WatchedReading implements Reading {
  readonly pool: Reading["pool"];
  readonly signal: AbortSignal;
  readonly video: VideoWish | undefined;
  readonly #options: ReadSourceOptions;
  /** The longest time between two frames. */
  readonly #frozenMs: number;
  /** The longest time until the first frame. */
  readonly #openMs: number;
  readonly #watchdog: Watchdog;
  readonly #over = new AbortController();
  #broken = 0;

  constructor({ askMs = 0, openMs = 0, gapMs = 0 }: Source, options: ReadSourceOptions) {
    this.#options = options;
    this.pool = options.pool;
    this.signal = AbortSignal.any([options.signal, this.#over.signal]);
    this.video = options.video && this.#watched(options.video);
    this.#frozenMs = Math.max(options.frozenMs, gapMs);
    this.#openMs = Math.max(this.#frozenMs, openMs);
    this.#watchdog = new Watchdog(Math.max(this.#openMs, askMs), options.clock);
    this.#watchdog.watch(this.signal).then(() => this.#freeze());
  }

  readonly onPlan: NonNullable<Reading["onPlan"]> = (plan) => {
    this.#options.onPlan?.(plan);
    this.#watchdog.reset(this.#openMs);
  };

  readonly onBroken = (): void => {
    // The source is open: from now on, the limit between frames applies.
    if (this.#broken++ === 0) this.#watchdog.reset(this.#frozenMs);
    this.#options.onBroken?.();
  };

  take(frame: Frame): void {
    if (this.signal.aborted) return frame.release();
    this.#watchdog.reset(this.#frozenMs);
    this.#broken = 0;
    this.#options.onFrame(frame);
  }

  /** The source has ended. */
  end(failure: Failure): void {
    if (this.signal.aborted) return;
    this.#over.abort();
    this.#options.onFailure(failure);
  }

  #freeze(): void {
    if (this.signal.aborted) return;
    // This is reported before the source has ended: it may have to be killed first.
    this.#options.onFailure(this.#broken > 0 ? ONLY_BROKEN : frozenFor(this.#watchdog.limitMs));
    this.#over.abort(FROZEN);
  }

  #watched(video: VideoWish): VideoWish {
    return {
      ...video,
      onPicture: (picture) => {
        // It may have been on its way here when the reading ended.
        if (this.signal.aborted) return;
        this.#watchdog.reset(this.#frozenMs);
        video.onPicture(picture);
      },
    };
  }
}
