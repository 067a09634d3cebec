import { Audience } from "./audience.ts";
import type { CameraStatus, CameraSubscriber } from "./camera_status.ts";
import { Backoff } from "../time/backoff.ts";
import { Change } from "./change.ts";
import { type Clock, SYSTEM_CLOCK } from "../time/clock.ts";
import type { CodedPicture } from "../frame/coded_picture.ts";
import { type Frame, type FrameInfo, FramePool } from "../frame/frame.ts";
import { Linger } from "../time/linger.ts";
import { type Measured, Meter } from "../frame/meter.ts";
import type { Failure } from "../frame/source_error.ts";
import type { Plan } from "../ffmpeg/mode/plan.ts";
import { Rate } from "../time/rate.ts";
import { readSource } from "./read_source.ts";
import type { Source } from "./source.ts";

/** The encoder that makes the JPEG, and the reason for it. */
export type CameraPlan = Pick<Plan, "encoder" | "reason" | "video">;

export interface CameraOptions {
  /** Frames a second at most. */
  fps: number;
  /**
   * The camera stays open for this long after its last subscriber, in milliseconds.
   *
   * @default {10_000}
   */
  lingerMs?: number;
  /**
   * Open from the start, whether anyone watches or not.
   *
   * @default {false}
   */
  alwaysOn?: boolean;
  /**
   * A source that gives no frame for this long is reopened, in milliseconds.
   *
   * @default {5000}
   */
  frozenMs?: number;
  /**
   * Waits between attempts to open the source, in milliseconds; the last one repeats.
   *
   * @default {[1000, 2000, 5000]}
   */
  retryMs?: readonly number[];
  /** Called when it is known how its frames will be encoded, before the first of them. */
  onPlan?: (plan: CameraPlan) => void;
  /** For tests. @default the system's */
  clock?: Clock;
}

/** One source kept alive: opened when somebody wants frames, and reopened whenever it fails. */
export class Camera implements AsyncDisposable {
  #source: Source;
  readonly #options: Required<Omit<CameraOptions, "retryMs" | "lingerMs">>;
  readonly #backoff: Backoff;
  readonly #pool = new FramePool();
  readonly #audience = new Audience();
  #rate: Rate;
  readonly #linger: Linger;
  #run: { ended: Promise<void>; stop: AbortController } | undefined;
  #isClosed = false;
  readonly #change = new Change();
  #meter = new Meter();
  #plan: CameraPlan | undefined;
  readonly #frozenMs: number;
  #newest: Frame | undefined;
  #counters = { captured: 0, broken: 0, restarts: 0 };

  /** Does not open the source yet, unless the camera is always on. */
  constructor(source: Source, options: CameraOptions) {
    const { fps, lingerMs = 10_000, alwaysOn = false, frozenMs = 5000 } = options;
    const { retryMs = [1000, 2000, 5000], onPlan = () => {}, clock = SYSTEM_CLOCK } = options;
    this.#source = source;
    this.#frozenMs = frozenMs;
    const atLeast = Math.max(frozenMs, 3000 / fps);
    this.#options = { fps, alwaysOn, clock, onPlan, frozenMs: atLeast };
    this.#linger = new Linger(lingerMs, clock);
    this.#backoff = new Backoff({ retryMs, clock });
    this.#rate = new Rate(fps);
    if (alwaysOn) this.#open();
  }

  /** How it is now. */
  get status(): CameraStatus {
    return this.#audience.status;
  }

  /** Frames a second at most. */
  get fps(): number {
    return this.#options.fps;
  }

  /** The measured size in pixels and frames a second. */
  get measured(): Measured | undefined {
    return this.status.state === "live" ? this.#meter.measured : undefined;
  }

  /** Frames a second that it delivers now: the measured rate, or less while no frame comes. */
  get currentFps(): number | undefined {
    return this.status.state === "live" ? this.#meter.fpsAt(this.#options.clock.now()) : undefined;
  }

  /** The age of its newest frame in milliseconds, while it is live. */
  get newestAgeMs(): number | undefined {
    const { lastAt } = this.#meter;
    if (this.status.state !== "live" || lastAt === undefined) return undefined;
    return this.#options.clock.now() - lastAt;
  }

  /** Whether a change of its capture is under way and has neither succeeded nor failed yet. */
  get isChanging(): boolean {
    return this.#change.isAwaited;
  }

  /** The encoder of its frames, and the reason for it, if the source decides that. */
  get plan(): CameraPlan | undefined {
    return this.#plan;
  }

  /** Whether its own H.264 is passed on. */
  get isPassing(): boolean {
    return this.#plan?.video === "passed";
  }

  /** The newest frame while it is live. Hold it to keep it beyond the current event-loop turn. */
  get newest(): Frame | undefined {
    return this.#newest;
  }

  /** Frames from the source, pictures that were not whole, and reopenings after a failure. */
  get counters(): Readonly<{ captured: number; broken: number; restarts: number }> {
    return this.#counters;
  }

  /** Delivers frames from now on, until the returned function is called. */
  subscribe(subscriber: CameraSubscriber): () => void {
    const remove = this.#audience.add(subscriber);
    this.#linger.cancel();
    this.#open();
    this.retryNow();
    const isLate = this.#plan?.video === "possible" && !this.isChanging;
    // Its own H.264 is being decoded: it is passed on once the source has been reopened.
    if (subscriber.onVideo && isLate) this.reconfigure(this.#source, this.fps).catch(() => {});
    return () => {
      if (remove()) this.#closeIfUnwanted();
    };
  }

  /** Retries a failed source at once instead of waiting for its next attempt. */
  retryNow(): void {
    this.#backoff.hurry();
  }

  /**
   * Captures from another source, or with other settings, from now on. Subscribers stay; they see a
   * failure only if the new capture fails twice.
   *
   * @param fps frames a second at most
   * @returns when the first frame has come; at once if nobody watches
   * @throws {SourceError} when it fails before that, with the reason
   */
  async reconfigure(source: Source, fps: number): Promise<void> {
    this.#source = source;
    this.#options.fps = fps;
    this.#options.frozenMs = Math.max(this.#frozenMs, 3000 / fps);
    if (this.#run === undefined) return;
    const changed = this.#change.ask();
    this.retryNow();
    await changed;
  }

  /**
   * Calls a function on every change of the status, until told to stop. It does not open the
   * source.
   */
  observe(onStatus: (status: CameraStatus) => void): () => void {
    return this.#audience.observe(onStatus);
  }

  /** Closes the source and delivers nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#linger.cancel();
    this.#audience.clear();
    this.#run?.stop.abort();
    await this.#run?.ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #isWanted(): boolean {
    return this.#audience.subscribers.size > 0;
  }

  #open(): void {
    if (this.#run || this.#isClosed) return;
    const stop = new AbortController();
    const ended = this.#keepOpen(stop.signal).finally(() => {
      this.#run = undefined;
      this.#change.settle();
      this.#pool.clear();
      this.#audience.tell({ state: "closed" });
      if (this.#isWanted) this.#open();
    });
    this.#run = { ended, stop };
  }

  #closeIfUnwanted(): void {
    if (this.#isWanted || this.#options.alwaysOn || this.#isClosed) return;
    this.#linger.start(() => this.#run?.stop.abort());
  }

  async #keepOpen(signal: AbortSignal): Promise<void> {
    this.#audience.tell({ state: "opening" });
    this.#backoff.reset();
    // A viewer that comes and goes all the time can't make it retry more often either.
    await this.#backoff.waitLeast(signal);
    while (!signal.aborted) {
      this.#change.begin();
      await this.#capture(signal);
      if (this.#change.signal.aborted) continue;
      await this.#backoff.wait(signal);
      if (!signal.aborted) this.#counters.restarts++;
    }
  }

  /** Delivers frames until the source ends or freezes, and returns the reason. */
  async #capture(signal: AbortSignal): Promise<void> {
    const { frozenMs, clock, fps } = this.#options;
    this.#backoff.begin();
    this.#rate = new Rate(fps);
    this.#meter = new Meter();
    this.#plan = undefined;
    await readSource(this.#source, {
      pool: this.#pool,
      frozenMs,
      clock,
      signal: AbortSignal.any([signal, this.#change.signal]),
      onPlan: (plan) => {
        this.#plan = plan;
        this.#options.onPlan(plan);
      },
      video: {
        isWanted: () => this.#audience.wantsVideo,
        wantsFrames: () => this.#audience.wantsFrames,
        onPicture: (picture) => this.#pass(picture, clock.now()),
      },
      onBroken: () => this.#counters.broken++,
      onFrame: (frame) => this.#deliver(frame, clock.now()),
      onFailure: (failure) => this.#fail(failure),
    });
    this.#forgetNewest();
  }

  #fail(failure: Failure): void {
    const isHidden = this.#change.fail(failure, this.status.state === "live");
    this.#forgetNewest();
    const retryAt = Date.now() + this.#backoff.fail();
    if (isHidden) return;
    this.#audience.tell({ state: "failed", ...failure, retryAt });
  }

  #forgetNewest(): void {
    this.#newest?.release();
    this.#newest = undefined;
  }

  #pass(picture: CodedPicture, now: number): void {
    this.#count(picture, now);
    for (const { onVideo } of this.#audience.subscribers) onVideo?.(picture);
  }

  /** A frame has come, or a picture that is passed on. */
  #count(captured: FrameInfo, now: number, isShown = true): void {
    this.#counters.captured++;
    this.#change.succeed();
    this.#backoff.succeed();
    if (isShown) this.#meter.take(captured, now);
    if (this.status.state !== "live") this.#audience.tell({ state: "live" });
  }

  #deliver(frame: Frame, now: number): void {
    const passes = this.#rate.take(now);
    // Frames decoded from passed-on pictures were counted when the pictures came.
    if (!this.isPassing) this.#count(frame, now, passes);
    if (passes) {
      this.#newest?.release();
      this.#newest = frame.hold();
      for (const subscriber of this.#audience.subscribers) subscriber.onFrame(frame);
    }
    frame.release();
  }
}
