import { assertEquals, assertThrows } from "@std/assert";
import { type Kind, number, oneOf, readKind, size, truth } from "../../lib/protocol/kind.ts";

function reader<T>(kind: Kind<T>): (text: string) => T {
  return (text) => readKind(kind, text);
}

Deno.test("number() takes plain decimal numbers between its bounds", async (t) => {
  const parse = reader(number({ min: 0.5, max: 10 }));
  const whole = reader(number({ min: 0, max: 10, whole: true }));
  for (
    const [text, value] of [["0.5", 0.5], [".5", 0.5], ["10", 10], ["007", 7], [
      "1.50",
      1.5,
    ]] as const
  ) {
    await t.step(text, () => assertEquals(parse(text), value));
  }
  for (
    const text of ["", " ", "0.4", "10.1", "-1", "+1", "1.", "1e0", "0x1", "1,5", "１", "1 ", "∞"]
  ) {
    await t.step(`not ${JSON.stringify(text)}`, () => {
      assertThrows(() => parse(text), RangeError, "must be a number from 0.5 to 10, got ");
      assertThrows(
        () => whole(text === "0.4" ? "0.0" : text),
        RangeError,
        "must be a whole number",
      );
    });
  }
});

Deno.test("number() takes negative numbers where its bounds have some", () => {
  const parse = reader(number({ min: -1, max: 1 }));
  for (const [text, value] of [["-0.3", -0.3], ["-1", -1], ["-.5", -0.5], ["0.3", 0.3]] as const) {
    assertEquals(parse(text), value);
  }
  for (const text of ["-1.1", "--1", "- 1", "-"]) {
    assertThrows(() => parse(text), RangeError, "must be a number from -1 to 1, got ");
  }
  assertEquals(reader(number({ min: -5, max: 5, whole: true }))("-5"), -5);
});

Deno.test("oneOf() takes one of its words", () => {
  const parse = reader(oneOf(["text", "json"]));
  assertEquals(parse("json"), "json");
  for (const text of ["JSON", "", "toString"]) {
    assertThrows(() => parse(text), RangeError, `must be text or json, got '${text}'`);
  }
});

Deno.test("truth takes yes and no in the usual words", () => {
  for (const text of ["1", "true", "yes", "TRUE", "Yes"]) assertEquals(readKind(truth, text), true);
  for (const text of ["0", "false", "no", "False"]) assertEquals(readKind(truth, text), false);
  assertThrows(
    () => readKind(truth, "maybe"),
    RangeError,
    "must be 1 or true or yes or 0 or false or no",
  );
});

Deno.test("size takes sides of 16 to 8192", () => {
  assertEquals(readKind(size, "16x8192"), { width: 16, height: 8192 });
  for (
    const text of [
      "x",
      "16",
      "16x",
      "x16",
      "15x16",
      "16x15",
      "8193x16",
      " 16x16",
      "1e3x16",
      "-16x16",
    ]
  ) {
    assertThrows(
      () => readKind(size, text),
      RangeError,
      "must be WIDTHxHEIGHT, each 16 to 8192, got ",
    );
  }
});
