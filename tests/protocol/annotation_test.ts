import { assertEquals } from "@std/assert";
import { readAnnotation } from "../../lib/protocol/annotation.ts";

const BOX = { x: 0.1, y: 0.2, width: 0.3, height: 0.4 };

Deno.test("readAnnotation() reads what is there, and fills in the rest", () => {
  assertEquals(readAnnotation({}), { boxes: [], text: "", for: 1 });
  const whole = {
    timestamp: 1.5,
    boxes: [{ ...BOX, label: "猫", score: 1 }],
    text: "1",
    for: 0,
  };
  assertEquals(readAnnotation(whole), whole);
});

Deno.test("readAnnotation() shows characters that can't be seen", () => {
  const given = { text: "a\n\u202eb", boxes: [{ ...BOX, label: "\u001b[2J" }] };
  const shown = {
    text: "a\ufffd\ufffdb",
    boxes: [{ ...BOX, label: "\ufffd[2J" }],
    for: 1,
  };
  assertEquals(readAnnotation(given), shown);
});

Deno.test("readAnnotation() says what is wrong with which field", async (t) => {
  const known = "'x', 'y', 'width', 'height', 'label', 'score'";
  const cases: [Record<string, unknown>, string][] = [
    [{ for: -1 }, "field 'for' must be a number from 0 to 3600, got -1"],
    [{ for: null }, "field 'for' must be a number from 0 to 3600, got null"],
    [
      { timestamp: "now" },
      "field 'timestamp' must be a picture's timestamp, got 'now'",
    ],
    [
      { timestamp: -1 },
      "field 'timestamp' must be a picture's timestamp, got -1",
    ],
    [
      { text: 1 },
      "field 'text' must be a text of at most 1000 characters, got 1",
    ],
    [
      { boxes: {} },
      "field 'boxes' must be an array of at most 200 boxes, got an object",
    ],
    [
      { boxes: Array(201) },
      "field 'boxes' must be an array of at most 200 boxes, got an array",
    ],
    [{ boxes: [BOX, []] }, "field 'boxes[1]' must be an object, got an array"],
    [{ boxes: [null] }, "field 'boxes[0]' must be an object, got null"],
    [
      { boxes: [{ x: 0 }] },
      "field 'boxes[0].y' must be a number from 0 to 1, got nothing",
    ],
    [
      { boxes: [BOX, { ...BOX, x: 1.01 }] },
      "field 'boxes[1].x' must be a number from 0 to 1, got 1.01",
    ],
    [
      { boxes: [{ ...BOX, score: NaN }] },
      "field 'boxes[0].score' must be a number from 0 to 1, got NaN",
    ],
    [
      { boxes: [{ ...BOX, w: 1 }] },
      `fields of 'boxes[0]' must be ${known}, got 'w'`,
    ],
    [
      { box: BOX },
      "fields must be 'timestamp', 'boxes', 'text', 'for', got 'box'",
    ],
    [
      { ["__proto__x"]: 1, constructor: 1 },
      "fields must be 'timestamp', 'boxes', 'text', 'for', got '__proto__x'",
    ],
  ];
  for (const [fields, wrong] of cases) {
    await t.step(wrong, () => assertEquals(readAnnotation(fields), wrong));
  }
});
