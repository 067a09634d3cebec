/**
 * The assertions of `@std/assert` that the tests use. They accept what the real package accepts, or
 * less; their messages are their own.
 *
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals([1, { two: 2 }], [1, { two: 2 }]);
 * assertThrows(() => new URL("no address"), TypeError, "Invalid URL");
 * ```
 *
 * @module
 */
export { AssertionError } from "./assertion_error.ts";
export {
  assertAlmostEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
} from "./numbers.ts";
export { assertRejects, assertThrows } from "./throws.ts";
export {
  assert,
  assertEquals,
  assertExists,
  assertInstanceOf,
  assertMatch,
  assertNotEquals,
  assertStrictEquals,
  assertStringIncludes,
  type Constructor,
  fail,
} from "./values.ts";
