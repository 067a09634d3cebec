/** Options of {@linkcode eventually}. */
export interface EventuallyOptions {
  /**
   * Gives up after so many milliseconds. It only keeps a test from hanging: a machine that is busy may take
   * long for anything.
   *
   * @default {60_000}
   */
  within?: number;
  /** The event that is waited for, in words. */
  what?: string;
}

/**
 * Asks again and again until the answer is neither false nor 0 nor NaN nor undefined.
 *
 * @throws {Error} when it takes too long
 */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  { within = 60_000, what = String(ask) }: EventuallyOptions = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + within;
  while (performance.now() < deadline) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Waited ${within} ms in vain for: ${what}`);
}
