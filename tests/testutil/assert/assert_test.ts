import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertExists,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
} from "@std/assert";

class Point {
  #secret: number;
  constructor(public x: number, secret: number) {
    this.#secret = secret;
  }
  get doubled(): number {
    return this.#secret * 2;
  }
}

class Other {
  constructor(public x: number) {}
}

const cycle: Record<string, unknown> = { a: 1 };
cycle["self"] = cycle;
const otherCycle: Record<string, unknown> = { a: 1 };
otherCycle["self"] = otherCycle;
const date = "2026-01-02T03:04:05Z";

const EQUAL: [string, unknown, unknown][] = [
  ["zeros of either sign", 0, -0],
  ["NaN", NaN, NaN],
  ["nested data", { a: [1, { b: null }] }, { a: [1, { b: null }] }],
  ["key order", { a: 1, b: 2 }, { b: 2, a: 1 }],
  ["an object without a prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ["bytes", new Uint8Array([1, 2]), new Uint8Array([1, 2])],
  ["views at different offsets", new Uint8Array([9, 1]).subarray(1), new Uint8Array([1])],
  ["buffers", new Uint8Array([1]).buffer, new Uint8Array([1]).buffer],
  ["dates", new Date(date), new Date(date)],
  ["invalid dates", new Date(NaN), new Date(NaN)],
  ["regular expressions", /a/g, /a/g],
  ["URLs", new URL("http://a/b"), new URL("http://a/b")],
  ["maps", new Map([["a", { b: 1 }]]), new Map([["a", { b: 1 }]])],
  ["maps with objects as keys", new Map([[{ a: 1 }, 1]]), new Map([[{ a: 1 }, 1]])],
  ["sets", new Set([1, "a"]), new Set(["a", 1])],
  ["sets of objects", new Set([{ a: 1 }]), new Set([{ a: 1 }])],
  ["instances", new Point(1, 2), new Point(1, 2)],
  ["symbols as keys", { [Symbol.iterator]: 1 }, { [Symbol.iterator]: 1 }],
  ["cycles", cycle, otherCycle],
];

const DIFFERENT: [string, unknown, unknown][] = [
  ["a number and its text", 1, "1"],
  ["null and undefined", null, undefined],
  ["a missing and an undefined field", {}, { a: undefined }],
  ["differently named undefined fields", { a: undefined }, { b: undefined }],
  ["null and an object", null, {}],
  ["an array and an object", [1], { 0: 1 }],
  ["arrays of different length", [1], [1, 2]],
  ["nested data", { a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }],
  ["bytes", new Uint8Array([1, 2]), new Uint8Array([1, 3])],
  ["kinds of typed arrays", new Uint8Array([1]), new Uint16Array([1])],
  ["buffers", new Uint8Array([1]).buffer, new Uint8Array([2]).buffer],
  ["dates", new Date(1), new Date(2)],
  ["flags of regular expressions", /a/g, /a/i],
  ["URLs", new URL("http://a/b"), new URL("http://a/c")],
  ["queries", new URLSearchParams("a=1"), new URLSearchParams("a=2")],
  ["map values", new Map([["a", 1]]), new Map([["a", 2]])],
  ["map keys", new Map([["a", undefined]]), new Map([["b", undefined]])],
  ["sets", new Set([1]), new Set([2])],
  ["classes with the same fields", new Other(1), { x: 1 }],
  ["what a getter gives", new Point(1, 2), new Point(1, 3)],
  ["messages of errors", new Error("a"), new Error("b")],
  ["symbols as keys", { [Symbol.iterator]: 1 }, { [Symbol.iterator]: 2 }],
  ["functions", () => 1, () => 1],
];

Deno.test("assertEquals() accepts what holds the same data", async (t) => {
  for (const [name, a, b] of EQUAL) {
    await t.step(name, () => {
      assertEquals(a, b);
      assertEquals(b, a);
      assertThrows(() => assertNotEquals(a, b), AssertionError);
    });
  }
});

Deno.test("assertEquals() refuses what holds other data", async (t) => {
  for (const [name, a, b] of DIFFERENT) {
    await t.step(name, () => {
      assertThrows(() => assertEquals(a, b), AssertionError);
      assertThrows(() => assertEquals(b, a), AssertionError);
      assertNotEquals(a, b);
    });
  }
});

Deno.test("assertEquals() says what differs and why it matters", () => {
  const error = assertThrows(() => assertEquals([1, 2], [1, 3], "frames"), AssertionError);
  assertStringIncludes(error.message, "frames");
  assertMatch(error.message, /2/);
  assertMatch(error.message, /3/);
});

Deno.test("assertEquals() throws on what can't be looked into", () => {
  assertThrows(() => assertEquals(new WeakMap(), new WeakMap()), TypeError);
});

Deno.test("assertStrictEquals() goes by identity", () => {
  const value = {};
  assertStrictEquals(value, value);
  assertStrictEquals(NaN, NaN);
  assertThrows(() => assertStrictEquals({}, {}), AssertionError);
  assertThrows(() => assertStrictEquals(0, -0), AssertionError);
});

Deno.test("the simple assertions accept and refuse", async (t) => {
  const cases: [string, () => void, () => void][] = [
    ["assert()", () => assert(1), () => assert("")],
    ["assertExists()", () => assertExists(0), () => assertExists(null)],
    ["assertExists() undefined", () => assertExists(""), () => assertExists(undefined)],
    ["assertInstanceOf()", () => assertInstanceOf([], Array), () => assertInstanceOf({}, Array)],
    ["assertMatch()", () => assertMatch("abc", /b/), () => assertMatch("abc", /d/)],
    [
      "assertStringIncludes()",
      () => assertStringIncludes("abc", "bc"),
      () => assertStringIncludes("abc", "cb"),
    ],
    ["assertGreater()", () => assertGreater(2, 1), () => assertGreater(1, 1)],
    ["assertGreaterOrEqual()", () => assertGreaterOrEqual(1, 1), () => assertGreaterOrEqual(0, 1)],
    ["assertLess()", () => assertLess(1, 2), () => assertLess(1, 1)],
    ["assertLessOrEqual()", () => assertLessOrEqual(1, 1), () => assertLessOrEqual(2, 1)],
    ["NaN", () => assertNotEquals(NaN, 1), () => assertLess(NaN, 1)],
    ["assertAlmostEquals()", () => assertAlmostEquals(0.1 + 0.2, 0.3), () => {
      assertAlmostEquals(0.01, 0.02);
    }],
    ["its tolerance", () => assertAlmostEquals(1, 1.5, 0.5), () => {
      assertAlmostEquals(1, 1.5, 0.4);
    }],
    ["its tolerance at zero", () => assertAlmostEquals(0, 0), () => assertAlmostEquals(1e-9, 0)],
    ["infinity", () => assertAlmostEquals(Infinity, Infinity), () => {
      assertAlmostEquals(1, Infinity);
    }],
  ];
  for (const [name, accepted, refused] of cases) {
    await t.step(name, () => {
      accepted();
      assertThrows(refused, AssertionError);
    });
  }
});

Deno.test("fail() throws with the reason", () => {
  assertThrows(() => fail("because"), AssertionError, "because");
});

Deno.test("assertThrows() returns the error", () => {
  const thrown = new RangeError("out of range");
  const found = assertThrows(
    () => {
      throw thrown;
    },
    RangeError,
    "of range",
  );
  assertStrictEquals(found, thrown);
  assertEquals(assertThrows(() => JSON.parse("{")) instanceof SyntaxError, true);
});

Deno.test("assertThrows() refuses what isn't the error", async (t) => {
  const raise = (error: unknown) => () => {
    throw error;
  };
  const cases: [string, () => unknown][] = [
    ["no error", () => assertThrows(() => 1)],
    ["another class", () => assertThrows(raise(new TypeError("a")), RangeError)],
    ["another message", () => assertThrows(raise(new Error("a")), Error, "b")],
    ["no Error", () => assertThrows(raise("a"), Error)],
  ];
  for (const [name, fn] of cases) {
    await t.step(name, () => {
      assertThrows(fn, AssertionError);
    });
  }
});

Deno.test("assertRejects() returns the error", async () => {
  const thrown = new RangeError("out of range");
  const found = await assertRejects(() => Promise.reject(thrown), RangeError, "of range");
  assertStrictEquals(found, thrown);
});

Deno.test("assertRejects() refuses what isn't the rejection", async (t) => {
  const raise = (): Promise<void> => {
    throw new Error("a");
  };
  const nothing = (): Promise<void> => undefined as unknown as Promise<void>;
  const cases: [string, () => Promise<unknown>][] = [
    ["no rejection", () => assertRejects(() => Promise.resolve())],
    ["a throw before the promise", () => assertRejects(raise, Error)],
    ["no promise", () => assertRejects(nothing)],
    ["another class", () => assertRejects(() => Promise.reject(new TypeError("a")), RangeError)],
    ["another message", () => assertRejects(() => Promise.reject(new Error("a")), Error, "b")],
    ["no Error", () => assertRejects(() => Promise.reject("a"), Error)],
  ];
  for (const [name, fn] of cases) {
    await t.step(name, async () => {
      await assertRejects(fn, AssertionError);
    });
  }
});

Deno.test("AssertionError keeps its cause", () => {
  const cause = new Error("first");
  const error = new AssertionError("second", { cause });
  assertEquals(error.name, "AssertionError");
  assertStrictEquals(error.cause, cause);
});
