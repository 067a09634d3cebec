import { inspect } from "node:util";
import { AssertionError } from "./assertion_error.ts";
import type { Constructor } from "./values.ts";

/** The error that is expected. */
interface Expectation<E extends Error> {
  errorClass: Constructor<E> | undefined;
  msgIncludes: string | undefined;
  msg: string | undefined;
}

/**
 * Asserts that a function throws.
 *
 * @param fn The function.
 * @param msg The message if it doesn't.
 * @returns The error that it threw.
 */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/**
 * Asserts that a function throws a certain error.
 *
 * @param fn The function.
 * @param ErrorClass The class of the error.
 * @param msgIncludes A part of its message.
 * @param msg The message if it doesn't.
 * @returns The error.
 */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: Constructor<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClassOrMsg?: Constructor<E> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const expectation = expect(errorClassOrMsg, msgIncludes, { msg });
  try {
    fn();
  } catch (error) {
    return check(error, expectation);
  }
  throw new AssertionError(`Expected function to throw${suffix(expectation.msg)}`);
}

/**
 * Asserts that a function returns a promise that rejects. It fails if the function throws before it
 * returns.
 *
 * @param fn The function.
 * @param msg The message if it doesn't.
 * @returns The error that the promise rejected with.
 */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/**
 * Asserts that a function returns a promise that rejects with a certain error.
 *
 * @param fn The function.
 * @param ErrorClass The class of the error.
 * @param msgIncludes A part of its message.
 * @param msg The message if it doesn't.
 * @returns The error.
 */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: Constructor<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClassOrMsg?: Constructor<E> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const expectation = expect(errorClassOrMsg, msgIncludes, { msg });
  const promise = start(fn, expectation.msg);
  try {
    await promise;
  } catch (error) {
    return check(error, expectation);
  }
  throw new AssertionError(`Expected function to reject${suffix(expectation.msg)}`);
}

function expect<E extends Error>(
  errorClassOrMsg: Constructor<E> | string | undefined,
  msgIncludes: string | undefined,
  { msg }: { msg: string | undefined },
): Expectation<E> {
  return typeof errorClassOrMsg === "string"
    ? { errorClass: undefined, msgIncludes: undefined, msg: errorClassOrMsg }
    : { errorClass: errorClassOrMsg, msgIncludes, msg };
}

function start(fn: () => PromiseLike<unknown>, msg: string | undefined): PromiseLike<unknown> {
  let returned: unknown;
  try {
    returned = fn();
  } catch (cause) {
    throw new AssertionError(`Expected function to reject, but it threw${suffix(msg)}`, { cause });
  }
  if (isPromiseLike(returned)) return returned;
  throw new AssertionError(`Expected function to reject, but it gave no promise${suffix(msg)}`);
}

function check<E extends Error>(error: unknown, expectation: Expectation<E>): unknown {
  const { errorClass, msgIncludes, msg } = expectation;
  if (errorClass === undefined) return error;
  if (!(error instanceof Error)) {
    throw new AssertionError(`Expected an Error, got ${inspect(error)}${suffix(msg)}`);
  }
  if (!(error instanceof errorClass)) {
    const { name } = error.constructor;
    throw new AssertionError(
      `Expected an instance of ${errorClass.name}, got ${name}${suffix(msg)}`,
      { cause: error },
    );
  }
  if (msgIncludes && !error.message.includes(msgIncludes)) {
    const found = JSON.stringify(error.message);
    throw new AssertionError(
      `Expected an error message with ${JSON.stringify(msgIncludes)}, got ${found}${suffix(msg)}`,
      { cause: error },
    );
  }
  return error;
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}

function suffix(msg: string | undefined): string {
  return msg ? `: ${msg}` : ".";
}
