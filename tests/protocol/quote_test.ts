import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { quote } from "../../lib/protocol/quote.ts";

Deno.test("quote() puts a text in quotes, and other values as they are", async (t) => {
  const cases: [unknown, string][] = [
    ["a b", "'a b'"],
    ["", "''"],
    ["猫", "'猫'"],
    [undefined, "nothing"],
    [null, "null"],
    [1.5, "1.5"],
    [true, "true"],
    [[1, "a"], "an array"],
    [{ a: null }, "an object"],
  ];
  for (const [value, text] of cases) await t.step(text, () => assertEquals(quote(value), text));
});

Deno.test("quote() shortens what is longer than 60 characters", () => {
  assertEquals(quote("x".repeat(60)), `'${"x".repeat(60)}'`);
  assertEquals(quote("x".repeat(61)), `'${"x".repeat(60)}…'`);
  for (let length = 0; length < 200; length++) {
    assertLessOrEqual(quote("y".repeat(length)).length, 63);
  }
});

Deno.test("quote() stays on one line", () => {
  for (const text of ["a\nb", "a\r\nb", "a\u2028b"]) {
    assert(!/[\n\r\u2028]/.test(quote(text)), quote(text));
  }
});
