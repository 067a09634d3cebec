import { SourceError } from "../../frame/source_error.ts";
import { sleep } from "../../time/sleep.ts";
import type { ChangeQueue } from "./change_queue.ts";

/** Settings by their names, to be set. */
export type Values = Readonly<Record<string, unknown>>;

/** Options of {@linkcode ChangeBatch}. */
export interface ChangeBatchOptions<R> {
  /** The queue of everything that is done with the camera. */
  queue: ChangeQueue;
  /** Makes a change. */
  make: (values: Values) => Promise<R>;
}

/** The greatest number of changes that wait to be made together. */
const MOST_TOGETHER = 1000;
/** The longest time between two changes, in milliseconds. */
const LONGEST_REST_MS = 15_000;

/** Changes that wait until the next one may be made, and are made together then. */
export class ChangeBatch<R> {
  readonly #options: ChangeBatchOptions<R>;
  /** Those that wait, if any do. */
  #waiting: { parts: Values[]; done: Promise<PromiseSettledResult<R>[]> } | undefined;
  /** When the next change may begin, by a clock that never jumps. */
  #restUntil = -Infinity;

  constructor(options: ChangeBatchOptions<R>) {
    this.#options = options;
  }

  /** Whether changes wait. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** The values that those that wait set, together. */
  get values(): Values {
    return merged(this.#waiting?.parts ?? []);
  }

  /**
   * Makes a change, together with those that wait.
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

  /** Makes no change for a while. */
  rest(ms: number): void {
    const until = performance.now() + Math.min(ms, LONGEST_REST_MS);
    this.#restUntil = Math.max(this.#restUntil, until);
  }

  /** One that can't be made must not take the others with it: then each is made alone. */
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

/** The last value of each name wins. */
function merged(parts: readonly Values[]): Values {
  return Object.assign({}, ...parts);
}

function resultOf<R>(results: readonly PromiseSettledResult<R>[], index: number): R {
  const result = results[index];
  if (result?.status === "fulfilled") return result.value;
  throw result?.reason;
}
