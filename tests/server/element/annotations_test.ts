import { assertEquals } from "@std/assert";
import { readAnnotation } from "../../../lib/server/element/annotations/annotation.js";
import { Annotations } from "../../../lib/server/element/annotations/annotations.js";

const BOX = { x: 0.1, y: 0.2, width: 0.3, height: 0.4 };

function said(text: string, from: string, capturedAt: number, lastsMs = 1000) {
  return { text, from, capturedAt, lastsMs, boxes: [] };
}

Deno.test("readAnnotation() reads what the server sends", () => {
  const boxes = [{ ...BOX, label: "cat", score: 0.93 }, BOX];
  const message = { type: "annotation", camera: "door", timestamp: 12.5, boxes, text: "1 cat" };
  assertEquals(readAnnotation({ ...message, for: 2, from: "a" }), {
    from: "a",
    capturedAt: 12_500,
    boxes: [{ ...BOX, label: "cat", score: 0.93 }, { ...BOX, label: "", score: null }],
    text: "1 cat",
    lastsMs: 2000,
  });
});

Deno.test("readAnnotation() drops what is hostile, and keeps the rest", async (t) => {
  await t.step("boxes", () => {
    const odd = [
      null,
      "box",
      [],
      { ...BOX, x: NaN },
      { ...BOX, x: -1 },
      { ...BOX, width: "1" },
      { ...BOX, height: 1e300 },
      { ...BOX, y: undefined },
    ];
    const found = readAnnotation({ timestamp: 1, boxes: [...odd, { ...BOX, x: 0.9, score: 7 }] });
    assertEquals(found?.boxes.length, 1);
    const [box] = found?.boxes ?? [];
    assertEquals([box?.score, Math.round(100 * (box?.width ?? 0))], [null, 10]);
    const many = readAnnotation({ timestamp: 1, boxes: Array(5000).fill(BOX) });
    assertEquals(many?.boxes.length, 200);
  });
  await t.step("texts", () => {
    const label = "\u202eevil\u0007\n".repeat(1000);
    const found = readAnnotation({ timestamp: 1, boxes: [{ ...BOX, label }], text: label });
    assertEquals(found?.boxes[0]?.label.length, 100);
    assertEquals(/[\p{C}]/u.test(found?.text ?? ""), false);
    assertEquals(readAnnotation({ timestamp: 1, text: { a: 1 } })?.text, "");
  });
  await t.step("all of it", () => {
    for (
      const odd of [{}, { timestamp: "1" }, { timestamp: 1, boxes: {} }, { timestamp: Infinity }]
    ) {
      assertEquals(readAnnotation(odd), null);
    }
    assertEquals(readAnnotation({ timestamp: 1, for: 1e9 })?.lastsMs, 3_600_000);
  });
});

Deno.test("Annotations are of the picture that they name, and of those after it until the next", () => {
  const annotations = new Annotations();
  const at = (capturedAt: number, now = 0): string =>
    annotations.of(capturedAt, now).map(({ text }) => text).join();
  annotations.add(said("one", "a", 1000), 0);
  annotations.add(said("two", "a", 1100), 0);
  assertEquals([at(999 - 1), at(1000), at(1050), at(1100), at(1200)], [
    "",
    "one",
    "one",
    "two",
    "two",
  ]);
});

Deno.test("Annotations last as long as they say, of each program", () => {
  const annotations = new Annotations();
  const at = (now: number): string =>
    annotations.of(5000, now).map(({ text }) => text).sort().join();
  annotations.add(said("a", "first", 1000, 500), 0);
  annotations.add(said("b", "second", 1000, 900), 0);
  assertEquals([at(0), at(499), at(501), at(901)], ["a,b", "a,b", "b", ""]);
  annotations.add(said("c", "first", 1000), 1000);
  annotations.add(said("", "first", 1000, 0), 1001);
  assertEquals(at(1002), "");
});

Deno.test("Annotations of a program that speaks of each picture are of that picture alone", () => {
  const annotations = new Annotations();
  const show = (capturedAt: number): string => {
    annotations.turnTo(capturedAt);
    return annotations.of(capturedAt, 0).map(({ text }) => text).sort().join();
  };
  annotations.add(said("now and then", "seldom", 1000, 60_000), 0);
  for (let i = 10; i < 20; i++) {
    annotations.add(said(String(i), "always", 100 * i, 60_000), 0);
    assertEquals(show(100 * i), `${i},now and then`);
  }
  assertEquals(show(2000), "now and then");
  annotations.add(said("20", "always", 2000, 60_000), 0);
  assertEquals(annotations.of(2000, 0).map(({ text }) => text).sort().join(), "20,now and then");
  // A program that stops is not shown again.
  for (let i = 21; i < 40; i++) assertEquals(show(100 * i), "now and then");
});

Deno.test("Annotations stay bounded", () => {
  const annotations = new Annotations();
  for (let i = 0; i < 1000; i++) annotations.add(said("x", `program ${i}`, 1000), 0);
  assertEquals(annotations.of(1000, 0).length, 16);
  for (let i = 0; i < 1000; i++) annotations.add(said(String(i), "one", 2000 + i, 60_000), 0);
  assertEquals(annotations.of(2000, 0).filter(({ from }) => from === "one").length, 0);
  assertEquals(annotations.of(5000, 0).find(({ from }) => from === "one")?.text, "999");
});
