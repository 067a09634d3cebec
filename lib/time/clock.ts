import { sleep } from "./sleep.ts";

/** Time as a camera sees it. */
export interface Clock {
  /** Milliseconds since some moment, on a monotonic clock. */
  now(): number;
  /** Resolves after `ms` milliseconds, or as soon as the signal is aborted. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The system's clock. */
export const SYSTEM_CLOCK: Clock = { now: () => performance.now(), sleep };
