import { AssertionError as Difference } from "node:assert/strict";
import { inspect } from "node:util";
import { AssertionError } from "./assertion_error.ts";
import { equal } from "./equal.ts";

/** Any class that can be instantiated. */
export type Constructor<T> = new (...args: never[]) => T;

/**
 * Asserts that an expression is truthy.
 *
 * @param expr The expression.
 * @param msg The message if it is not.
 */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/**
 * Asserts that two values hold the same data, however deep.
 *
 * @param actual The value that came.
 * @param expected The value that should have come.
 * @param msg The message before the difference.
 */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  throw new AssertionError(`Values are not equal${suffix(msg)}\n${difference(actual, expected)}`);
}

/**
 * Asserts that two values don't hold the same data.
 *
 * @param actual The value that came.
 * @param expected The value that should not have come.
 * @param msg The message if it did.
 */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  throw new AssertionError(`Expected anything but ${inspect(expected)}${suffix(msg)}`);
}

/**
 * Asserts that two values are one and the same, by `Object.is`.
 *
 * @param actual The value that came.
 * @param expected The value that should have come.
 * @param msg The message before the difference.
 */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const found = difference(actual, expected);
  throw new AssertionError(`Values are not strictly equal${suffix(msg)}\n${found}`);
}

/**
 * Asserts that a value is neither `undefined` nor `null`.
 *
 * @param actual The value.
 * @param msg The message if it is.
 */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual !== undefined && actual !== null) return;
  throw new AssertionError(`Expected a value, got ${actual}${suffix(msg)}`);
}

/**
 * Asserts that a value is an instance of a class.
 *
 * @param actual The value.
 * @param expectedType The class.
 * @param msg The message if it is not.
 */
export function assertInstanceOf<T>(
  actual: unknown,
  expectedType: Constructor<T>,
  msg = "",
): asserts actual is T {
  if (actual instanceof expectedType) return;
  const found = inspect(actual);
  throw new AssertionError(
    `Expected an instance of ${expectedType.name}, got ${found}${suffix(msg)}`,
  );
}

/**
 * Asserts that a string matches a regular expression.
 *
 * @param actual The string.
 * @param expected The expression.
 * @param msg The message if it doesn't.
 */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (expected.test(actual)) return;
  throw new AssertionError(`Expected a match of ${expected}, got "${actual}"${suffix(msg)}`);
}

/**
 * Asserts that a string contains another.
 *
 * @param actual The string.
 * @param expected The part that it should contain.
 * @param msg The message if it doesn't.
 */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (actual.includes(expected)) return;
  throw new AssertionError(`Expected "${expected}" within "${actual}"${suffix(msg)}`);
}

/**
 * Fails.
 *
 * @param msg Why.
 * @returns Never.
 */
export function fail(msg?: string): never {
  throw new AssertionError(`Failed assertion${suffix(msg)}`);
}

/** Node's diff of two values, which is all that is wanted of its assertions. */
function difference(actual: unknown, expected: unknown): string {
  return new Difference({ actual, expected, operator: "deepStrictEqual" }).message;
}

function suffix(msg: string | undefined): string {
  return msg ? `: ${msg}` : ".";
}
