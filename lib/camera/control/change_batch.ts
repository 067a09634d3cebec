import { SourceError } from "../../frame/source_error.ts";
import { sleep } from "../../time/sleep.ts";
import type { ChangeQueue } from "./change_queue.ts";

/** The settings to change, by name. */
export type Values = Readonly<Record<string, unknown>>;

export interface ChangeBatchOptions<R> {
  /** The queue of all work on the camera. */
  queue: ChangeQueue;
  /** Makes a change. */
  make: (values: Values) => Promise<R>;
}

/** At most this many changes wait to be made together. */
const MOST_TOGETHER = 1000;
/** The longest pause between two changes, in milliseconds. */
const LONGEST_REST_MS = 15_000;

/** Collects changes until the next one may be made, and makes them together. */
export class ChangeBatch<R> {
  readonly #options: ChangeBatchOptions<R>;
  /** The waiting changes, if there are any. */
  #waiting: { parts: Values[]; done: Promise<PromiseSettledResult<R>[]> } | undefined;
  /** The earliest time of the next change, on a monotonic clock. */
  #restUntil = -Infinity;

  constructor(options: ChangeBatchOptions<R>) {
    this.#options = options;
  }

  /** Whether changes wait. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** The values that the waiting changes set together. */
  get values(): Values {
    return merged(this.#waiting?.parts ?? []);
  }

  /**
   * Makes a change, together with the waiting ones.
   *
   * @returns the result, and whether others wait for the same one
   * @throws {SourceError} when too many wait
   */
  async add(values: Values): Promise<{ result: R; isFirst: boolean }> {
    if (this.#waiting !== undefined) {
      const { parts, done } = this.#waiting;
      if (parts.length >= MOST_TOGETHER) {
        throw new SourceError("busy", "is being controlled by many: try again in a moment");
      }
      const index = parts.push(values) - 1;
      return { result: resultOf(await done, index), isFirst: false };
    }
    const done = this.#options.queue.run(() => this.#makeAll());
    this.#waiting = { parts: [values], done };
    try {
      return { result: resultOf(await done, 0), isFirst: true };
    } finally {
      if (this.#waiting?.done === done) this.#waiting = undefined;
    }
  }

  /** Makes no changes for a while. */
  rest(ms: number): void {
    const until = performance.now() + Math.min(ms, LONGEST_REST_MS);
    this.#restUntil = Math.max(this.#restUntil, until);
  }

  /** An impossible change must not take the others down with it: each is then made alone. */
  async #makeAll(): Promise<PromiseSettledResult<R>[]> {
    const { queue: { signal }, make } = this.#options;
    await sleep(this.#restUntil - performance.now(), signal);
    if (signal.aborted) throw new SourceError("ended", "is being closed");
    const { parts = [] } = this.#waiting ?? {};
    this.#waiting = undefined;
    const [together] = await Promise.allSettled([make(merged(parts))]);
    if (together.status === "fulfilled" || parts.length === 1) return parts.map(() => together);
    const results: PromiseSettledResult<R>[] = [];
    for (const part of parts) results.push(...await Promise.allSettled([make(part)]));
    return results;
  }
}

/** For each name, the last value wins. */
function merged(parts: readonly Values[]): Values {
  return Object.assign({}, ...parts);
}

function resultOf<R>(results: readonly PromiseSettledResult<R>[], index: number): R {
  const result = results[index];
  if (result?.status === "fulfilled") return result.value;
  throw result?.reason;
}
