import type { ViewerSettings } from "../../protocol/viewer_settings.ts";
import { Bucket } from "../../time/bucket.ts";

/** The outcome of a change of settings. */
export type Configured = { ok: true; settings: ViewerSettings } | { ok: false; message: string };

export interface ChangePacerOptions {
  /** Makes a change now, and returns the settings in force after it, or what is wrong. */
  apply: (change: Partial<ViewerSettings>) => Configured;
  /** The settings in force. */
  inForce: () => Configured;
  /** The time until others permit a change, in milliseconds; 0 for now. */
  waitMs: (change: Partial<ViewerSettings>) => number;
  /**
   * A monotonic clock in milliseconds.
   *
   * @default {performance.now}
   */
  now?: (() => number) | undefined;
}

/** Faster than anybody selects from a list; a slider in motion takes effect where it stops. */
const CHANGES = { burst: 5, perSecond: 1 };
/** Nobody waits longer than this for an answer: the change is made with what is available. */
const LONGEST_MS = 5000;

/**
 * Paces one viewer's changes of camera and rendition. Of changes that come too fast, the last is
 * made as soon as possible, combined with those before it; all are answered with the settings in
 * force.
 */
export class ChangePacer {
  readonly #options: ChangePacerOptions;
  readonly #now: () => number;
  readonly #bucket: Bucket;
  #pending: {
    change: Partial<ViewerSettings>;
    answer: PromiseWithResolvers<Configured>;
    since: number;
  } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ChangePacerOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#bucket = new Bucket({ ...CHANGES, now: this.#now });
  }

  /** Whether a change waits. */
  get isWaiting(): boolean {
    return this.#pending !== undefined;
  }

  /** Makes a change, now or as soon as possible. */
  run(change: Partial<ViewerSettings>): Configured | Promise<Configured> {
    const before = this.#pending;
    const waitMs = this.#waitMs(change);
    if (before === undefined && waitMs === 0) return this.#make(change);
    before?.answer.resolve(this.#options.inForce());
    const answer = Promise.withResolvers<Configured>();
    const since = before?.since ?? this.#now();
    this.#pending = { change: { ...before?.change, ...change }, answer, since };
    this.#timer ??= setTimeout(() => this.#look(), waitMs);
    return answer.promise;
  }

  /** Makes a waiting change without waiting any longer. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.answer.resolve(this.#make(pending.change));
  }

  #look(): void {
    this.#timer = undefined;
    if (this.#pending === undefined) return;
    const { change, since } = this.#pending;
    const waitMs = Math.min(this.#waitMs(change), since + LONGEST_MS - this.#now());
    if (waitMs <= 0) this.flush();
    else this.#timer = setTimeout(() => this.#look(), waitMs);
  }

  #waitMs(change: Partial<ViewerSettings>): number {
    return Math.max(this.#bucket.waitMs, this.#options.waitMs(change));
  }

  #make(change: Partial<ViewerSettings>): Configured {
    this.#bucket.take();
    return this.#options.apply(change);
  }
}
