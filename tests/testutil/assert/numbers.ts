import { inspect } from "node:util";
import { AssertionError } from "./assertion_error.ts";

/**
 * Asserts that two numbers are close.
 *
 * @param actual The value that came.
 * @param expected The value that should have come.
 * @param tolerance The largest difference allowed; a ten-millionth of `expected` by default.
 * @param msg The message if they are not.
 */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  if (Object.is(actual, expected)) return;
  const allowed = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  const delta = Math.abs(expected - actual);
  if (delta <= allowed) return;
  const reason = msg ? `: ${msg}` : ".";
  throw new AssertionError(
    `Expected ${expected} give or take ${allowed}, got ${actual}, off by ${delta}${reason}`,
  );
}

/**
 * Asserts that one value is greater than another.
 *
 * @param actual The value.
 * @param expected The value that it should exceed.
 * @param msg The message instead if it doesn't.
 */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) refuse(actual, ">", { expected, msg });
}

/**
 * Asserts that one value is greater than another, or equal.
 *
 * @param actual The value.
 * @param expected The value that it should reach.
 * @param msg The message instead if it doesn't.
 */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) refuse(actual, ">=", { expected, msg });
}

/**
 * Asserts that one value is less than another.
 *
 * @param actual The value.
 * @param expected The value that it should stay below.
 * @param msg The message instead if it doesn't.
 */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) refuse(actual, "<", { expected, msg });
}

/**
 * Asserts that one value is less than another, or equal.
 *
 * @param actual The value.
 * @param expected The value that it should not exceed.
 * @param msg The message instead if it does.
 */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) refuse(actual, "<=", { expected, msg });
}

function refuse(
  actual: unknown,
  relation: string,
  { expected, msg }: { expected: unknown; msg: string | undefined },
): never {
  throw new AssertionError(msg ?? `Expect ${inspect(actual)} ${relation} ${inspect(expected)}`);
}
