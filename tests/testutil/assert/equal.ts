type Pairs = Map<object, object>;
type Key = string | symbol;

/** Objects whose text says everything about them, and whose fields say nothing. */
const TEXTUAL = [RegExp, URL, URLSearchParams];

/**
 * Tells whether two values hold the same data, however deep. As in `@std/assert`, `0` equals `-0`,
 * `NaN` equals `NaN`, and instances of a class are compared by all that can be read from them,
 * getters included (so two errors from different lines differ: their stacks do).
 *
 * @param actual One value.
 * @param expected The other.
 * @returns Whether they are equal.
 * @throws {TypeError} If a `WeakMap` or `WeakSet` is found, which can't be looked into.
 */
export function equal(actual: unknown, expected: unknown): boolean {
  return same(actual, expected, new Map());
}

function same(a: unknown, b: unknown, open: Pairs): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b) || kind(a) !== kind(b)) return false;
  if (a instanceof WeakMap || a instanceof WeakSet) {
    throw new TypeError(`Cannot compare: a ${a.constructor.name} can't be looked into`);
  }
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (TEXTUAL.some((type) => a instanceof type)) return String(a) === String(b);
  if (a instanceof WeakRef && b instanceof WeakRef) return same(a.deref(), b.deref(), open);
  // A cycle: this pair is being compared further up, and is decided there.
  if (open.get(a) === b) return true;
  open.set(a, b);
  const equal = sameContents(a, b, open);
  open.delete(a);
  return equal;
}

function sameContents(a: object, b: object, open: Pairs): boolean {
  const bytes = elements(a);
  if (bytes !== undefined) return sameList(bytes, elements(b) ?? []);
  if (a instanceof Map && b instanceof Map) return sameMap(a, b, open);
  if (a instanceof Set && b instanceof Set) return sameSet(a, b, open);
  return sameFields(a, b, open);
}

function sameList(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i] && !Object.is(a[i], b[i])) return false;
  }
  return true;
}

function sameMap(a: Map<unknown, unknown>, b: Map<unknown, unknown>, open: Pairs): boolean {
  return a.size === b.size &&
    [...a].every(([key, value]) =>
      b.has(key)
        ? same(value, b.get(key), open)
        : isObject(key) && [...b].some((other) => same([key, value], other, open))
    );
}

function sameSet(a: Set<unknown>, b: Set<unknown>, open: Pairs): boolean {
  return a.size === b.size &&
    [...a].every((value) =>
      b.has(value) || isObject(value) && [...b].some((other) => same(value, other, open))
    );
}

function sameFields(a: object, b: object, open: Pairs): boolean {
  const keys = readableKeys(a);
  const others = readableKeys(b);
  return keys.size === others.size &&
    [...keys].every((key) =>
      others.has(key) && same(Reflect.get(a, key), Reflect.get(b, key), open)
    );
}

/** Plain objects and arrays: own enumerable keys. Instances: every key up the chain. */
function readableKeys(value: object): Set<Key> {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype || prototype === Array.prototype) {
    const symbols = Object.getOwnPropertySymbols(value)
      .filter((symbol) => Object.prototype.propertyIsEnumerable.call(value, symbol));
    return new Set([...Object.keys(value), ...symbols]);
  }
  const keys = new Set<Key>();
  for (
    let level: object | null = value;
    level !== null && level !== Object.prototype && level !== Array.prototype;
    level = Object.getPrototypeOf(level)
  ) {
    for (const key of Reflect.ownKeys(level)) keys.add(key);
  }
  return keys;
}

/** A typed array's or buffer's elements, which need not be compared as keys. */
function elements(value: object): ArrayLike<unknown> | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (value instanceof SharedArrayBuffer) return new Uint8Array(value);
  if (value instanceof DataView || !ArrayBuffer.isView(value)) return undefined;
  return value as unknown as ArrayLike<unknown>;
}

/** Objects without a prototype count as plain ones. */
function kind(value: object): object {
  return Object.getPrototypeOf(value) ?? Object.prototype;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
