import { type Frame, FramePool } from "./frame.ts";
import { Rate } from "./rate.ts";
import { sleep } from "./sleep.ts";
import type { Plan } from "./plan.ts";
import { type FramesOptions, type Source, SourceError } from "./source.ts";

/** Who makes the JPEG, and why. */
export type CameraPlan = Pick<Plan, "encoder" | "reason">;

/** How a camera is. */
export type CameraStatus =
  /** Nobody watches. */
  | { state: "closed" }
  /** Opened, but no frame has come yet. */
  | { state: "opening" }
  /** Frames come. */
  | { state: "live" }
  /** It gives no frames; it is opened again at `retryAt`, in milliseconds since 1970. */
  | { state: "failed"; reason: string; retryAt: number };

/** Somebody who wants a camera's frames. */
export interface CameraSubscriber {
  /** Called for each frame. Who keeps it longer than this call holds it first. */
  onFrame(frame: Frame): void;
  /** Called when the status changes. */
  onStatus(status: CameraStatus): void;
}

/** Options of {@linkcode Camera}. */
export interface CameraOptions {
  /** Frames a second at most. */
  fps: number;
  /** How long it stays open after its last subscriber, in milliseconds. @default {10_000} */
  lingerMs?: number;
  /** Open from the start, whether anybody watches or not. @default {false} */
  alwaysOn?: boolean;
  /** A source that gives no frame for so long is opened anew, in milliseconds. @default {5000} */
  frozenMs?: number;
  /** Waits between tries, in milliseconds; the last one repeats. @default {[1000, 2000, 5000]} */
  retryMs?: readonly number[];
}

/** Nobody can make us open a camera more often than this. */
const MIN_RETRY_MS = 500;

/** One source kept alive: opened when somebody wants its frames, opened again for ever when it fails. */
export class Camera implements AsyncDisposable {
  readonly #source: Source;
  readonly #options: Required<CameraOptions>;
  readonly #pool = new FramePool();
  readonly #subscribers = new Set<CameraSubscriber>();
  readonly #observers = new Set<(status: CameraStatus) => void>();
  #status: CameraStatus = { state: "closed" };
  #rate: Rate;
  #linger: ReturnType<typeof setTimeout> | undefined;
  #run: { ended: Promise<void>; stop: AbortController } | undefined;
  /** Cuts the wait before the next try short. */
  #hurry = new AbortController();
  #isClosed = false;
  #last: { at: number; width: number; height: number } | undefined;
  #interval = 0;
  #plan: CameraPlan | undefined;
  #newest: Frame | undefined;
  #counters = { captured: 0, broken: 0, restarts: 0 };

  /** Opens nothing yet, unless it is always on. */
  constructor(source: Source, options: CameraOptions) {
    const { fps, lingerMs = 10_000, alwaysOn = false, frozenMs = 5000 } = options;
    const { retryMs = [1000, 2000, 5000] } = options;
    this.#source = source;
    this.#options = { fps, lingerMs, alwaysOn, retryMs, frozenMs: Math.max(frozenMs, 3000 / fps) };
    this.#rate = new Rate(fps);
    if (alwaysOn) this.#open();
  }

  /** How it is now. */
  get status(): CameraStatus {
    return this.#status;
  }

  /** Frames a second at most. */
  get fps(): number {
    return this.#options.fps;
  }

  /** What it delivers now: size in pixels and frames a second, measured. */
  get measured(): { width: number; height: number; fps: number | undefined } | undefined {
    if (this.#status.state !== "live" || !this.#last) return undefined;
    const { width, height } = this.#last;
    return { width, height, fps: this.#interval > 0 ? 1000 / this.#interval : undefined };
  }

  /** How long ago its newest frame came, in milliseconds, while it is live. */
  get newestAgeMs(): number | undefined {
    if (this.#status.state !== "live" || !this.#last) return undefined;
    return performance.now() - this.#last.at;
  }

  /** Who makes the JPEG of its frames, and why, where the source decides that. */
  get plan(): CameraPlan | undefined {
    return this.#plan;
  }

  /** The newest frame while it is live. Who keeps it longer than this turn of the event loop holds it. */
  get newest(): Frame | undefined {
    return this.#newest;
  }

  /**
   * Frames taken from the source, pictures that were not whole, and times that it was opened again after
   * it had failed.
   */
  get counters(): Readonly<{ captured: number; broken: number; restarts: number }> {
    return this.#counters;
  }

  /** Delivers frames from now on, until the function that it returns is called. */
  subscribe(subscriber: CameraSubscriber): () => void {
    this.#subscribers.add(subscriber);
    clearTimeout(this.#linger);
    this.#open();
    this.retryNow();
    return () => {
      if (this.#subscribers.delete(subscriber)) this.#closeIfUnwanted();
    };
  }

  /** If it has failed, tries again at once instead of waiting for its time. */
  retryNow(): void {
    this.#hurry.abort();
  }

  /** Calls a function when the status changes, without opening anything, until it is told to stop. */
  observe(onStatus: (status: CameraStatus) => void): () => void {
    this.#observers.add(onStatus);
    return () => void this.#observers.delete(onStatus);
  }

  /** Closes the source and delivers nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#linger);
    this.#subscribers.clear();
    this.#run?.stop.abort();
    await this.#run?.ended;
  }

  /** Same as {@linkcode Camera.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #open(): void {
    if (this.#run || this.#isClosed) return;
    const stop = new AbortController();
    const ended = this.#keepOpen(stop.signal).finally(() => {
      this.#run = undefined;
      this.#pool.clear();
      this.#setStatus({ state: "closed" });
      if (this.#subscribers.size > 0) this.#open();
    });
    this.#run = { ended, stop };
  }

  #closeIfUnwanted(): void {
    const { alwaysOn, lingerMs } = this.#options;
    if (this.#subscribers.size > 0 || alwaysOn || this.#isClosed) return;
    clearTimeout(this.#linger);
    this.#linger = setTimeout(() => this.#run?.stop.abort(), lingerMs);
  }

  async #keepOpen(signal: AbortSignal): Promise<void> {
    const { retryMs } = this.#options;
    this.#setStatus({ state: "opening" });
    for (let failures = 0; !signal.aborted; failures++) {
      const before = this.#counters.captured;
      const reason = await this.#capture(signal);
      if (signal.aborted) return;
      if (this.#counters.captured > before) failures = 0;
      const wait = retryMs[Math.min(failures, retryMs.length - 1)] ?? 0;
      this.#hurry = new AbortController();
      this.#setStatus({ state: "failed", reason, retryAt: Date.now() + wait });
      await sleep(Math.min(wait, MIN_RETRY_MS), signal);
      await sleep(wait - MIN_RETRY_MS, AbortSignal.any([signal, this.#hurry.signal]));
      if (!signal.aborted) this.#counters.restarts++;
    }
  }

  /** Delivers frames until the source ends or freezes, and says why. */
  async #capture(signal: AbortSignal): Promise<string> {
    const { frozenMs } = this.#options;
    const frozen = new AbortController();
    let lastAt = performance.now();
    let limit = Math.max(frozenMs, this.#source.openMs ?? 0);
    const watchdog = setInterval(() => {
      if (performance.now() - lastAt >= limit) frozen.abort();
    }, Math.min(500, frozenMs / 4));
    this.#rate = new Rate(this.#options.fps);
    this.#last = undefined;
    this.#interval = 0;
    try {
      const ended = AbortSignal.any([signal, frozen.signal]);
      const options: FramesOptions = {
        ...{ pool: this.#pool, signal: ended },
        onPlan: (plan) => this.#plan = plan,
        onBroken: () => this.#counters.broken++,
      };
      for await (const frame of this.#source.frames(options)) {
        lastAt = performance.now();
        limit = frozenMs;
        this.#deliver(frame, lastAt);
      }
      if (frozen.signal.aborted) return `is frozen: no picture for ${limit / 1000} s`;
      return "ended";
    } catch (error) {
      if (error instanceof SourceError) return error.message;
      return `failed: ${error instanceof Error ? error.message : String(error)}`;
    } finally {
      clearInterval(watchdog);
      this.#newest?.release();
      this.#newest = undefined;
    }
  }

  #deliver(frame: Frame, now: number): void {
    this.#counters.captured++;
    const passes = this.#rate.take(now);
    if (passes) this.#measure(frame, now);
    if (this.#status.state !== "live") this.#setStatus({ state: "live" });
    if (passes) {
      this.#newest?.release();
      this.#newest = frame.hold();
      for (const subscriber of this.#subscribers) subscriber.onFrame(frame);
    }
    frame.release();
  }

  #measure({ width, height }: Frame, now: number): void {
    const interval = now - (this.#last?.at ?? now);
    this.#interval += (interval - this.#interval) / (this.#interval === 0 ? 1 : 16);
    this.#last = { at: now, width, height };
  }

  #setStatus(status: CameraStatus): void {
    this.#status = status;
    for (const observer of this.#observers) observer(status);
    for (const subscriber of this.#subscribers) subscriber.onStatus(status);
  }
}
