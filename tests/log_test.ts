import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { createLogger, LOG_LEVELS, type LoggerOptions, printable } from "../lib/log.ts";
import { eventually } from "./testutil/eventually.ts";

/** The lines that a logger writes when one of each level is logged. */
function write(message: string, options: LoggerOptions = {}): string[] {
  const lines: string[] = [];
  using log = createLogger({ ...options, write: (line) => void lines.push(line) });
  for (const level of LOG_LEVELS) log[level](`${level}: ${message}`);
  return lines;
}

Deno.test("createLogger() drops what is below its level", async (t) => {
  const cases = [
    ["debug", ["debug", "info", "warn", "error"]],
    ["info", ["info", "warn", "error"]],
    ["warn", ["warn", "error"]],
    ["error", ["error"]],
  ] as const;
  for (const [level, written] of cases) {
    await t.step(level, () => {
      const lines = write("x", { level, format: "json" });
      assertEquals(lines.map((line) => JSON.parse(line).level), [...written]);
      assertEquals(lines.map((line) => JSON.parse(line).message), written.map((l) => `${l}: x`));
    });
  }
  assertEquals(write("x").length, 3, "info by default");
});

Deno.test("createLogger() writes time, level and message as text", () => {
  const [info = "", warn = ""] = write("hello 猫");
  assertMatch(info, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} info {2}info: hello 猫$/);
  assertMatch(warn, / warn {2}warn: hello 猫$/);
  // Without a zone, a time is read as local.
  const at = new Date(info.slice(0, 23).replace(" ", "T")).getTime();
  assertLess(Math.abs(Date.now() - at), 60_000);
});

Deno.test("createLogger() writes one JSON object a line", () => {
  const [line = ""] = write('a "b" \\ 猫', { format: "json" });
  const { time, ...rest } = JSON.parse(line);
  assertEquals(rest, { level: "info", message: 'info: a "b" \\ 猫' });
  assertEquals(new Date(time).toISOString(), time);
  assertLess(Math.abs(Date.now() - new Date(time).getTime()), 60_000);
});

Deno.test("createLogger() counts lines that were lost, and tells when there is room again", () => {
  const lines: string[] = [];
  let hasRoom = false;
  using log = createLogger({
    format: "json",
    write: (line) => hasRoom && lines.push(line) > 0,
  });
  log.info("one");
  log.error("two");
  hasRoom = true;
  log.info("three");
  const messages = lines.map((line) => JSON.parse(line).message);
  assertEquals(messages, ["2 lines were lost: the output was blocked", "three"]);
});

Deno.test("createLogger() writes no control characters, so that a line stays one", () => {
  const attack = "a\n2026-01-01 error forged\r\u001b[2J\u0007\u0000\u009b31m\u2028\u007f\tb";
  for (const format of ["text", "json"] as const) {
    for (const line of write(attack, { format })) {
      // deno-lint-ignore no-control-regex -- control characters are what is looked for
      assert(!/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(line), JSON.stringify(line));
      const text = format === "json" ? JSON.parse(line).message : line;
      assertMatch(text, /a\ufffd2026-01-01 error forged\ufffd{2}\[2J/);
    }
  }
});

Deno.test("printable() leaves text alone", () => {
  const text = "Grüße, 猫 🐈 ~ [a] 'b' \u00a0";
  assertEquals(printable(text), text);
  assertEquals(printable("a\tb\u0085c"), "a\ufffdb\ufffdc");
});

Deno.test("printable() makes seen what turns a line around, or is drawn as nothing", () => {
  const unseen = [
    "\u061c",
    "\u200e",
    "\u200f",
    "\u202a",
    "\u202b",
    "\u202c",
    "\u202d",
    "\u202e",
    "\u2066",
    "\u2067",
    "\u2068",
    "\u2069",
    "\u200b",
    "\u200c",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\u00ad",
    "\u2028",
    "\u2029",
    "\u180e",
    "\u3164",
    "\u{e0041}",
    "\ufe0f",
    "\ud800",
  ];
  for (const each of unseen) {
    assertEquals(printable(`do${each}or`), "do\ufffdor", each.codePointAt(0)?.toString(16));
  }
  assertEquals(printable("\u202egpj.rood"), "\ufffdgpj.rood");
});

Deno.test("printable() leaves emoji whole", () => {
  for (const text of ["👨‍👩‍👧", "🧑🏽‍🚀", "☀️", "❤️‍🔥", "1️⃣", "🇩🇪", "שלום", "مرحبا", "नमस्ते"]) {
    assertEquals(printable(text), text);
  }
});

Deno.test("createLogger() writes to stderr, writeStdout() to stdout, whole", async () => {
  const { href } = new URL("../lib/log.ts", import.meta.url);
  const script = `
    import { createLogger, writeStdout } from ${JSON.stringify(href)};
    createLogger().warn("to stderr");
    writeStdout("x".repeat(1_000_000) + "猫\\n");`;
  const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", script],
    stdin: "null",
  }).output();
  assertEquals(code, 0);
  assertEquals(new TextDecoder().decode(stdout), "x".repeat(1_000_000) + "猫\n");
  assertMatch(new TextDecoder().decode(stderr), /^[^\n]+ warn {2}to stderr\n$/);
});

Deno.test("createLogger() colours the level of a text, and nothing of JSON", () => {
  const [line = ""] = write("x", { color: true });
  assertEquals(line.slice("2026-01-01 00:00:00.000".length), " \x1b[32minfo \x1b[0m info: x");
  assert(!write("x", { color: true, format: "json" }).join().includes("\x1b"));
});

Deno.test("createLogger() writes no secrets, even in two halves of a line", () => {
  for (const format of ["text", "json"] as const) {
    const text = write("ws://a:hunter2@h/?token=hunter2 bearer.hunter2\nAuthorization: hunter2", {
      format,
    }).join();
    assert(!text.includes("hunter2"), text);
    assertMatch(text, /ws:\/\/h\/ bearer\.…/);
  }
});

Deno.test("createLogger() sums up a flood within a second, though nothing else is logged", async () => {
  const lines: string[] = [];
  using log = createLogger({ format: "json", write: (line) => void lines.push(line) });
  for (let i = 0; i < 1000; i++) log.warn("again");
  assertEquals(lines.length, 1);
  // The timer for it keeps no program alive.
  const awake = setInterval(() => {}, 10);
  await eventually(() => lines.length === 2);
  clearInterval(awake);
  assertEquals(lines.map((line) => JSON.parse(line).message), ["again", "again (999 times more)"]);
  assertEquals(JSON.parse(lines[1] ?? "").level, "warn");
});

Deno.test("createLogger() tells at the end what it has counted, and keeps no program alive", async () => {
  const { href } = new URL("../lib/log.ts", import.meta.url);
  const script = (disposes: boolean) => `
    import { createLogger } from ${JSON.stringify(href)};
    ${disposes ? "using" : "const"} log = createLogger();
    log.info("x"); log.info("x"); log.info("x");`;
  for (const disposes of [true, false]) {
    const { stderr, code } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-config", script(disposes)],
      stdin: "null",
    }).output();
    assertEquals(code, 0);
    const told = new TextDecoder().decode(stderr).trimEnd().split("\n");
    assertEquals(told.map((line) => line.slice(30)), disposes ? ["x", "x (2 times more)"] : ["x"]);
  }
});

Deno.test("createLogger() writes the beginning of what nobody would read to its end", () => {
  for (const format of ["text", "json"] as const) {
    const [info = ""] = write(`${"😀".repeat(50_000)} end`, { format });
    assertLess(info.length, 2200);
    assertMatch(info, /… \(98010 characters more\)("})?$/);
  }
  assertEquals(write("x".repeat(1900))[0]?.endsWith("xxx"), true);
});
