import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { MAX_COMMAND_BYTES, parseCommand } from "../../lib/protocol/command.ts";
import { errorText, pongText } from "../../lib/protocol/message.ts";
import { createRandom, type Random } from "../testutil/random.ts";

const NO_OBJECT = "Cannot read command: it must be a JSON object";
const TYPES = "'ack', 'annotate', 'configure', 'control', 'pause', 'ping', 'resume', 'status'";
const NO_TYPE = `Cannot read command: field 'type' must be one of ${TYPES}, got `;

const FIELDS = ["camera", "fps", "quality", "width", "format", "ack", "annotations"] as const;
const ANNOTATION = ["boxes", "text", "for", "timestamp", "camera"] as const;
const IDS = [0, -1.5, 1e300, "", "猫", true, false, null];

Deno.test("parseCommand() reads a status", () => {
  const command = { type: "status", id: 1 } as const;
  assertEquals(parseCommand(JSON.stringify(command)), { ok: true, command });
});

Deno.test("parseCommand() reads what has no fields of its own", async (t) => {
  for (const type of ["ping", "status", "pause", "resume"] as const) {
    await t.step(type, () => {
      assertEquals(parseCommand(JSON.stringify({ type })), { ok: true, command: { type } });
      const command = { type, id: "a" };
      assertEquals(parseCommand(JSON.stringify(command)), { ok: true, command });
    });
  }
});

Deno.test("parseCommand() reads an acknowledgement of a picture's number", async (t) => {
  for (const sequence of [1, 77, Number.MAX_SAFE_INTEGER]) {
    const command = { type: "ack", sequence } as const;
    assertEquals(parseCommand(JSON.stringify(command)), { ok: true, command });
  }
  const cases: [string, string][] = [
    ["0", "0"],
    ["-1", "-1"],
    ["1.5", "1.5"],
    ["9007199254740992", "9007199254740992"],
    ["1e999", "Infinity"],
    ['"1"', "'1'"],
    ["null", "null"],
    ["[1]", "an array"],
  ];
  const rule = "Cannot take ack: field 'sequence' must be a picture's number";
  for (const [value, got] of cases) {
    await t.step(value, () => {
      const parsed = parseCommand(`{"type":"ack","sequence":${value},"id":3}`);
      assertEquals(parsed, { ok: false, message: `${rule}, got ${got}`, id: 3 });
    });
  }
  assertEquals(parseCommand('{"type":"ack"}'), { ok: false, message: `${rule}, got nothing` });
});

Deno.test("parseCommand() reads the settings of a configure", () => {
  const settings = {
    camera: "门",
    fps: 0.1,
    quality: null,
    width: 8192,
    format: "binary" as const,
    ack: false,
  };
  assertEquals(
    parseCommand(JSON.stringify({ type: "configure", ...settings, id: 1 })),
    { ok: true, command: { type: "configure", settings, id: 1 } },
  );
  assertEquals(
    parseCommand('{"type":"configure"}'),
    { ok: true, command: { type: "configure", settings: {} } },
  );
});

Deno.test("parseCommand() reads a control, with what it sets or without", async (t) => {
  for (
    const fields of [{}, { camera: "" }, { set: {} }, { camera: "门", set: { fps: 0, a: [1] } }]
  ) {
    const command = { type: "control", id: 1, ...fields } as const;
    assertEquals(parseCommand(JSON.stringify(command)), { ok: true, command });
  }
  const cases: [string, string][] = [
    ['"camera":null', "field 'camera' must be a camera's name, got null"],
    ['"camera":1,"set":1', "field 'camera' must be a camera's name, got 1"],
    ['"set":null', "field 'set' must be an object, got null"],
    ['"set":[]', "field 'set' must be an object, got an array"],
    ['"set":"fps"', "field 'set' must be an object, got 'fps'"],
  ];
  for (const [fields, wrong] of cases) {
    await t.step(fields, () => {
      const parsed = parseCommand(`{"type":"control","id":5,${fields}}`);
      assertEquals(parsed, { ok: false, message: `Cannot control: ${wrong}`, id: 5 });
    });
  }
});

Deno.test("parseCommand() says what is wrong with a configure", async (t) => {
  const known = "'camera', 'fps', 'quality', 'width', 'format', 'ack', 'annotations'";
  const cases: [string, string][] = [
    ['"fps":0', "field 'fps' must be a number from 0.1 to 120, got 0"],
    ['"width":8193', "field 'width' must be a whole number from 16 to 8192, got 8193"],
    ['"ack":1', "field 'ack' must be true or false, got 1"],
    ['"FPS":1', `fields must be ${known}, got 'FPS'`],
    ['"zoom":1,"fps":0', `fields must be ${known}, got 'zoom'`],
    ['"__proto__":{"fps":1}', `fields must be ${known}, got '__proto__'`],
    ['"toString":1', `fields must be ${known}, got 'toString'`],
    ['"settings":{}', `fields must be ${known}, got 'settings'`],
  ];
  for (const [fields, wrong] of cases) {
    await t.step(fields, () => {
      const parsed = parseCommand(`{"type":"configure","id":5,${fields}}`);
      assertEquals(parsed, { ok: false, message: `Cannot configure: ${wrong}`, id: 5 });
    });
  }
});

Deno.test("parseCommand() reads a ping with an id of any simple type", async (t) => {
  for (const id of IDS) {
    await t.step(JSON.stringify(id), () => {
      const parsed = parseCommand(JSON.stringify({ type: "ping", id, more: 1 }));
      assertEquals(parsed, { ok: true, command: { type: "ping", id } });
    });
  }
  const parsed = parseCommand(' {"type":"ping"}\n');
  assert(parsed.ok);
  assertEquals(pongText(1, parsed.command.id), '{"type":"pong","timestamp":1}');
});

Deno.test("parseCommand() says so when a message is no JSON object", async (t) => {
  const texts = [
    "",
    " ",
    "ping",
    "{",
    '{"type":"ping"',
    "null",
    "1",
    '"ping"',
    "[]",
    "[{}]",
    "{}{}",
  ];
  for (const text of texts) {
    await t.step(
      text,
      () => assertEquals(parseCommand(text), { ok: false, message: NO_OBJECT, isNoise: true }),
    );
  }
});

Deno.test("parseCommand() says so when a message is no text", () => {
  for (const data of [undefined, null, 1, new Blob(["{}"]), new ArrayBuffer(2), { type: "ping" }]) {
    const message = "Cannot read command: commands are text, got a binary message";
    assertEquals(parseCommand(data), { ok: false, message, isNoise: true });
  }
});

Deno.test("parseCommand() says so when a type is unknown, and repeats the id", async (t) => {
  const types = {
    fly: "'fly'",
    PING: "'PING'",
    "": "''",
    "ping ": "'ping '",
    toString: "'toString'",
  };
  for (const [type, got] of Object.entries(types)) {
    await t.step(type, () => {
      const parsed = parseCommand(JSON.stringify({ type, id: 7 }));
      assertEquals(parsed, { ok: false, message: NO_TYPE + got, id: 7 });
    });
  }
  const others: [unknown, string][] = [
    [0, "0"],
    [null, "null"],
    [true, "true"],
    [["ping"], "an array"],
    [{ ping: 1 }, "an object"],
  ];
  for (const [type, got] of others) {
    await t.step(JSON.stringify(type), () => {
      const parsed = parseCommand(JSON.stringify({ type, id: "a" }));
      assertEquals(parsed, { ok: false, message: NO_TYPE + got, id: "a" });
    });
  }
  await t.step("none", () => {
    const parsed = parseCommand('{"typ":"ping"}');
    assert(!parsed.ok);
    assertEquals(errorText(parsed.message, { id: parsed.id }), errorText(`${NO_TYPE}nothing`));
  });
});

Deno.test("parseCommand() refuses an id that is nested, however deeply", () => {
  const nested = (levels: number): string => '{"a":'.repeat(levels) + "1" + "}".repeat(levels);
  for (const levels of [1, 100, 6000, 10_000]) {
    for (const type of ["ping", "x"]) {
      const parsed = parseCommand(`{"type":"${type}","id":${nested(levels)}}`);
      assert(!parsed.ok);
      assertEquals(parsed.id, undefined);
      assert(errorText(parsed.message, { id: parsed.id }).length < 300);
    }
    assert(!parseCommand(`{"type":${nested(levels)}}`).ok);
  }
});

Deno.test("parseCommand() repeats little of what is long", () => {
  const parsed = parseCommand(JSON.stringify({ type: "x".repeat(60_000) }));
  assert(!parsed.ok);
  assertLess(parsed.message.length, 200);
  assertStringIncludes(parsed.message, "…");
});

/** Everything that a viewer is answered must go into JSON. */
function answer(text: unknown): void {
  const parsed = parseCommand(text);
  if (parsed.ok) JSON.parse(pongText(1, parsed.command.id));
  else JSON.parse(errorText(parsed.message, { id: parsed.id }));
}

Deno.test("parseCommand() and its answer take deeply nested values", () => {
  const depth = Math.floor(MAX_COMMAND_BYTES / 2) - 20;
  const [open, close] = ["[".repeat(depth), "]".repeat(depth)];
  answer(open + close);
  answer(`{"type":${open}${close}}`);
  answer(`{"type":"ping","id":${open}${close}}`);
  const objects = '{"a":'.repeat(10_000) + "1" + "}".repeat(10_000);
  answer(`{"type":"ping","id":${objects}}`);
  answer(`{"type":${objects}}`);
});

Deno.test("parseCommand() takes keys that mean something to JavaScript", () => {
  const parsed = parseCommand('{"__proto__":{"type":"ping"},"constructor":1,"id":1}');
  assertEquals(parsed.ok, false);
  assertEquals(parseCommand('{"type":"ping","id":{"toJSON":1,"__proto__":2}}').ok, false);
  answer('{"type":"ping","id":{"toJSON":1,"__proto__":2}}');
});

function randomJson(random: Random, depth: number): unknown {
  const words = [
    "type",
    "id",
    "ping",
    "",
    "猫",
    "\ud800",
    "__proto__",
    "toJSON",
    "configure",
    "ack",
    "sequence",
    "fps",
    "width",
    "format",
    "camera",
    "binary",
  ] as [string, ...string[]];
  switch (random.below(depth > 3 ? 4 : 6)) {
    case 0:
      return random.pick(words);
    case 1:
      return random.below(1e9) - 5e8;
    case 2:
      return random.pick([true, false, null]);
    case 3:
      return random.below(1000) / 7;
    case 4:
      return Array.from({ length: random.below(5) }, () => randomJson(random, depth + 1));
    default:
      return Object.fromEntries(
        Array.from({ length: random.below(5) }, () => [
          random.pick(words),
          randomJson(random, depth + 1),
        ]),
      );
  }
}

Deno.test("parseCommand() never throws when it is fed random JSON, whole or broken", () => {
  for (let seed = 1; seed <= 2000; seed++) {
    const random = createRandom(seed);
    const text = JSON.stringify(randomJson(random, 0));
    answer(text);
    answer(JSON.stringify({ type: "configure", [random.pick(FIELDS)]: randomJson(random, 2) }));
    answer(JSON.stringify({ type: "annotate", [random.pick(ANNOTATION)]: randomJson(random, 2) }));
    answer(JSON.stringify({ type: "ack", sequence: randomJson(random, 2) }));
    const at = random.below(text.length);
    answer(text.slice(0, at));
    answer(text.slice(0, at) + random.pick(['"', "{", "\\", "\u0000", ",", "9"]) + text.slice(at));
  }
});

Deno.test("parseCommand() never throws when it is fed random characters", () => {
  for (let seed = 1; seed <= 500; seed++) {
    const bytes = createRandom(seed).bytes(100);
    answer(new TextDecoder().decode(bytes));
    answer(String.fromCharCode(...new Uint16Array(bytes.buffer)));
  }
});
