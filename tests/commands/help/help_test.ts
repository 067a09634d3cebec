import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMAND_TEXTS } from "../../../lib/commands/help/command_texts.ts";
import { wrap } from "../../../lib/commands/help/columns.ts";
import { commandHelp } from "../../../lib/commands/help/help.ts";
import { manPage } from "../../../lib/commands/help/man_page.ts";
import { type CommandName, OPTIONS } from "../../../lib/config/options/options.ts";
import { testWith } from "../../testutil/needs.ts";

const COMMANDS = Object.keys(OPTIONS) as CommandName[];

Deno.test("commandHelp() fits 80 columns, and shows every option and three examples", async (t) => {
  for (const command of COMMANDS) {
    await t.step(command, () => {
      const help = commandHelp(command);
      for (const line of help.split("\n")) assert(line.length <= 80, `too wide: ${line}`);
      for (const { name } of OPTIONS[command]) {
        const row = new RegExp(`^ {2}.{4}--${name}( |$)`, "gm");
        assertEquals(help.match(row)?.length, 1, `--${name} must be described once`);
      }
      const { examples } = COMMAND_TEXTS[command];
      assertEquals(examples.length, 3);
      for (const [typed] of examples) assertStringIncludes(help, typed);
    });
  }
});

Deno.test("commandHelp() shows the options of serve under headings, wherever they are taken", () => {
  for (const command of ["serve", "doctor", "config"] as const) {
    const help = commandHelp(command);
    for (const { name, group } of OPTIONS.serve) {
      assert(group !== undefined, `--${name} must have a group`);
      assertStringIncludes(help, `\n${group}:\n`);
    }
  }
});

Deno.test("wrap() keeps words whole", () => {
  assertEquals(wrap("a bb ccc", 4), ["a bb", "ccc"]);
  assertEquals(wrap("longer-than-that a", 4), ["longer-than-that", "a"]);
  assertEquals(wrap("", 4), [""]);
});

testWith(["groff"], "manPage() has every option, and nothing that groff warns of", async () => {
  const groff = new Deno.Command("groff", {
    args: ["-man", "-Tutf8", "-ww", "-P-cbou"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const input = groff.stdin.getWriter();
  await input.write(new TextEncoder().encode(manPage("1.2.3")));
  await input.close();
  const { code, stdout, stderr } = await groff.output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  const text = new TextDecoder().decode(stdout);
  for (const command of COMMANDS) {
    for (const { name } of OPTIONS[command]) assertStringIncludes(text, `--${name}`);
    const { words = [], examples } = COMMAND_TEXTS[command];
    for (const [typed] of [...words, ...examples]) assertStringIncludes(text, typed);
  }
  assertEquals(text.match(/^ +(-p, )?--port /gm)?.length, 1, "the options of serve stand once");
  assertStringIncludes(text, "OPTIONS OF DOCTOR");
});
