import { assertEquals, assertMatch } from "@std/assert";
import {
  type Announcement,
  bytesOf,
  isId,
  newId,
  parseAnnouncement,
  parseWant,
} from "../../../lib/relay/broker/messages.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("parseAnnouncement() reads what bytesOf() writes", () => {
  const base = { instance: newId(), since: 17, host: "pi" };
  const all: Announcement[] = [
    { ...base, state: "live" },
    { ...base, state: "gone" },
    { ...base, state: "failed", code: "gone", reason: "was unplugged" },
  ];
  for (const each of all) assertEquals(parseAnnouncement(bytesOf(each)), each);
});

Deno.test("parseAnnouncement() takes no nonsense", () => {
  const good = { instance: "a", since: 1, host: "h", state: "live" };
  const bad = [
    { ...good, instance: "" },
    { ...good, instance: "a b" },
    {
      ...good,
      instance: "x".repeat(65),
    },
    { ...good, since: -1 },
    { ...good, since: "1" },
    { ...good, since: 1e300 },
    { ...good, state: "great" },
    { ...good, state: undefined },
    [],
    null,
    7,
    "live",
  ].map((each) => JSON.stringify(each));
  for (const text of [...bad, "", "{", `{"since":NaN}`, "x".repeat(5000)]) {
    assertEquals(parseAnnouncement(encode(text)), undefined, text.slice(0, 80));
  }
});

Deno.test("parseAnnouncement() makes reason and host fit to be shown", () => {
  const sent = {
    instance: "a",
    since: 1,
    host: "h\u001b[2J",
    state: "failed",
    reason: `${"x".repeat(999)}\n`,
  };
  const read = parseAnnouncement(encode(JSON.stringify(sent)));
  assertEquals(read?.reason?.length, 300);
  assertEquals(read?.host, "h\ufffd[2J");
  const silent = { ...sent, reason: { toString: "x" }, host: 4 };
  const other = parseAnnouncement(encode(JSON.stringify(silent)));
  assertEquals([other?.code, other?.reason, other?.host], ["failed", "failed", ""]);
});

Deno.test("parseWant() reads what bytesOf() writes, and no nonsense", () => {
  for (
    const want of [{ edge: "a" }, { edge: "a", instance: "b" }, { edge: "a", end: true as const }]
  ) {
    assertEquals(parseWant(bytesOf(want)), want);
  }
  assertEquals(parseWant(encode(`{"edge":"a","instance":"*","end":1}`)), { edge: "a" });
  for (const text of ["", "[]", `{"edge":1}`, `{"edge":"a.b"}`]) {
    assertEquals(parseWant(encode(text)), undefined);
  }
});

Deno.test("newId() is an identity, and another one each time", () => {
  assertEquals([isId(newId()), isId("a.b"), isId(7), isId("")], [true, false, false, false]);
  assertEquals(new Set(Array.from({ length: 100 }, newId)).size, 100);
  assertMatch(newId(), /^[\w-]+$/);
});
