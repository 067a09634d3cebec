import { assertEquals, assertThrows } from "@std/assert";
import {
  BitReader,
  BitWriter,
  withEmulationPrevention,
  withoutEmulationPrevention,
} from "../../lib/h264/bits.ts";
import { createRandom } from "../testutil/random.ts";

Deno.test("BitReader reads what BitWriter wrote", () => {
  const random = createRandom(1);
  const numbers = Array.from({ length: 500 }, () => random.below(2 ** (1 + random.below(31))));
  const writer = new BitWriter();
  for (const number of numbers) writer.unsigned(number);
  writer.bits(5, 3);
  const reader = new BitReader(writer.finish());
  assertEquals(numbers.map(() => reader.unsigned()), numbers);
  assertEquals(reader.bits(3), 5);
});

Deno.test("BitReader.signed() alternates between above and below zero", () => {
  const writer = new BitWriter();
  for (let code = 0; code < 5; code++) writer.unsigned(code);
  const reader = new BitReader(writer.finish());
  assertEquals(Array.from({ length: 5 }, () => reader.signed() + 0), [0, 1, -1, 2, -2]);
});

Deno.test("BitReader refuses to read behind the end, and numbers of any length", () => {
  assertThrows(() => new BitReader(new Uint8Array()).bit(), RangeError, "too short");
  assertThrows(() => new BitReader(new Uint8Array(9)).unsigned(), RangeError, "too large");
});

Deno.test("emulation prevention is put in where it is needed, and taken out", () => {
  const cases = [
    [[0, 0, 0], [0, 0, 3, 0]],
    [[0, 0, 1], [0, 0, 3, 1]],
    [[0, 0, 3, 0, 0, 2], [0, 0, 3, 3, 0, 0, 3, 2]],
    [[0, 0, 4], [0, 0, 4]],
    [[0, 0, 0, 0, 0], [0, 0, 3, 0, 0, 3, 0]],
    [[3, 3, 3], [3, 3, 3]],
  ];
  for (const [plain = [], escaped = []] of cases) {
    assertEquals([...withEmulationPrevention(Uint8Array.from(plain))], escaped);
    assertEquals([...withoutEmulationPrevention(Uint8Array.from(escaped))], plain);
  }
});
