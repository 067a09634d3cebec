import { assertEquals } from "@std/assert";
import { parseCommand } from "../../lib/protocol/command.ts";
import { createRandom, type Random } from "../testutil/random.ts";
import { FIELDS, wrongWith } from "./protocol_schema.ts";

// deno-fmt-ignore
const VALUES = [
  null, true, false, "", "door", "json", "binary", "80", [], {}, -1, 0, 0.0999, 0.1, 0.5, 1, 15, 16, 100,
  101, 119.9, 120, 120.1, 8192, 8193, 1e300, 9007199254740991, 9007199254740992,
] as const;

Deno.test("the server takes each value of each field just when the schema does", async (t) => {
  for (const field of [...FIELDS, "id", "zoom"]) {
    await t.step(field, () => {
      for (const value of VALUES) agree({ type: "configure", [field]: value });
    });
  }
  await t.step("sequence", () => {
    for (const value of VALUES) agree({ type: "ack", sequence: value });
  });
  for (const field of ["camera", "set", "id", "zoom"]) {
    await t.step(`${field} of a control`, () => {
      for (const value of VALUES) agree({ type: "control", [field]: value });
    });
  }
  for (const field of ["camera", "timestamp", "boxes", "text", "for", "id", "zoom"]) {
    await t.step(`${field} of an annotate`, () => {
      for (const value of VALUES) agree({ type: "annotate", [field]: value });
    });
  }
  for (const field of ["x", "y", "width", "height", "label", "score", "zoom"]) {
    await t.step(`${field} of a box`, () => {
      const box = { x: 0, y: 0.5, width: 1, height: 1e-9 };
      for (const value of VALUES) {
        agree({ type: "annotate", boxes: [box, { ...box, [field]: value }] });
      }
      const { [field as "x"]: _, ...rest } = box;
      agree({ type: "annotate", boxes: [rest] });
    });
  }
  await t.step("an annotate at its bounds", () => {
    const box = { x: 0, y: 0, width: 0, height: 0 };
    for (const count of [200, 201]) agree({ type: "annotate", boxes: Array(count).fill(box) });
    for (const each of ["x", "猫", "😀"]) {
      for (const length of [100, 101]) {
        agree({ type: "annotate", boxes: [{ ...box, label: each.repeat(length) }] });
        agree({ type: "annotate", text: each.repeat(length * 10) });
      }
    }
    for (const value of [3600, 3600.1, 253402300799, 253402300800]) {
      agree({ type: "annotate", timestamp: value, for: 1 });
      agree({ type: "annotate", for: value });
    }
  });
  await t.step("type", () => {
    for (const value of [...VALUES, "ping", "status", "pause", "resume", "control", "image"]) {
      agree({ type: value, more: 1 });
    }
  });
});

Deno.test("the server takes random commands just when the schema does", () => {
  for (let seed = 1; seed <= 3000; seed++) agree(randomCommand(createRandom(seed)));
});

function agree(command: Record<string, unknown>): void {
  const wrong = wrongWith("command", command);
  const parsed = parseCommand(JSON.stringify(command));
  assertEquals(parsed.ok, wrong === undefined, `${JSON.stringify(command)}: ${wrong}`);
}

function randomCommand(random: Random): Record<string, unknown> {
  const types = [
    ...["configure", "configure", "configure"] as const,
    ...["control", "annotate", "ack", "ping", "pause", "fly"] as const,
  ] as const;
  const others = ["id", "sequence", "set", "boxes", "text", "for", "timestamp", "zoom"];
  const names = [...FIELDS, ...others] as [string, ...string[]];
  const fields = Array.from({ length: random.below(4) }, () => {
    return [random.pick(names), random.pick(VALUES)];
  });
  return { type: random.pick(types), ...Object.fromEntries(fields) };
}
