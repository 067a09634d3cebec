export interface EventuallyOptions {
  /**
   * Gives up after this many milliseconds. This only keeps a test from hanging: on a busy machine,
   * anything may take long.
   *
   * @default {60_000}
   */
  within?: number;
  /** The event that is waited for, in words, or what makes them once it was waited for in vain. */
  what?: string | (() => string);
}

/** The longer it has waited, the longer it waits until it asks again: asking often keeps others from what they do. */
const PAUSE = { leastMs: 20, mostMs: 250, share: 0.1 };

/**
 * Asks again and again until the answer is neither false nor 0 nor NaN nor undefined.
 *
 * @throws {Error} when it takes too long
 */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  { within = 60_000, what = String(ask) }: EventuallyOptions = {},
): Promise<NonNullable<T>> {
  const start = performance.now();
  for (let waited = 0; waited < within; waited = performance.now() - start) {
    const answer = await ask();
    if (answer) return answer;
    const pause = Math.min(Math.max(PAUSE.share * waited, PAUSE.leastMs), PAUSE.mostMs);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  throw new Error(`Waited ${within} ms in vain for: ${typeof what === "string" ? what : what()}`);
}
