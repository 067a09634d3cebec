import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertLessOrEqual,
  assertRejects,
} from "@std/assert";
import { Child } from "../../lib/ffmpeg/child.ts";
import { eventually } from "../testutil/eventually.ts";
import { ignore, sh } from "./shell.ts";

/** All that it writes until it ends. */
async function textOf(child: Child): Promise<string> {
  return await new Response(child.stdout).text();
}

Deno.test("Child gives what the command writes, and its status", { ignore }, async (t) => {
  for (const status of [0, 1, 7, 255]) {
    await t.step(`status ${status}`, async () => {
      await using child = sh(`echo out; echo first >&2; echo last >&2; exit ${status}`);
      assertEquals(await textOf(child), "out\n");
      assertEquals(await child.exited, status);
      assertEquals(child.lastWords, ["first", "last"]);
    });
  }
});

Deno.test("Child passes arguments on as they are", { ignore }, async () => {
  const args = ["", " ", "a b", "$HOME", "`date`", "'\"\\", "*", "-n", "猫", "a\nb"];
  await using child = new Child("/bin/sh", [
    "-c",
    'for each in "$@"; do printf "<%s>" "$each"; done',
    "name",
    ...args,
  ]);
  assertEquals(await textOf(child), args.map((arg) => `<${arg}>`).join(""));
});

Deno.test("Child gives the command nothing to read", { ignore }, async () => {
  await using child = sh("cat; echo end");
  assertEquals(await textOf(child), "end\n");
});

Deno.test("Child gives 128 and the signal when the command is killed", { ignore }, async () => {
  await using child = sh("echo words >&2; kill -KILL $$");
  assertEquals(await child.exited, 137);
  assertEquals(child.lastWords, ["words"]);
});

Deno.test("Child ends with 127 when there is no such command", { ignore }, async () => {
  await using child = new Child("/nowhere/program", ["-x"]);
  assertEquals(await child.exited, 127);
  assertEquals(child.lastWords.length, 1);
});

Deno.test(
  "Child throws when there is no such command, on Windows",
  { ignore: !ignore },
  async () => {
    await assertRejects(async () => {
      await using _ = new Child("C:\\nowhere\\program.exe", []);
    }, Deno.errors.NotFound);
  },
);

Deno.test(
  "lastWords leaves out whole lines that somebody takes, however they are cut",
  { ignore },
  async () => {
    const taken: string[] = [];
    const script =
      "printf '1.0\\nwo' >&2; sleep 0.1; printf 'rds\\n2.' >&2; sleep 0.1; printf '0\\nend' >&2";
    const onLine = (line: string) => /^\d/.test(line) && taken.push(line) > 0;
    await using child = new Child("/bin/sh", ["-c", script], { onLine });
    await child.exited;
    assertEquals(taken, ["1.0", "2.0"]);
    assertEquals(child.lastWords, ["words", "end"]);
  },
);

Deno.test("lastWords is bounded when the command complains without end", { ignore }, async () => {
  const script = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo complaint $i; done >&2";
  await using child = sh(script);
  assertEquals(await child.exited, 0);
  const words = child.lastWords;
  assertEquals(words.at(-1), "complaint 20000");
  assertLessOrEqual(words.join("\n").length, 16_384);
  assertGreater(words.length, 10);
  for (const line of words) assert(/^complaint \d+$/.test(line), `a whole line: ${line}`);
});

Deno.test("lastWords is bounded when a line doesn't end", { ignore }, async () => {
  const script = "i=0; while [ $i -lt 4000 ]; do i=$((i+1)); printf xxxxxxxxxxxxxxxx; done >&2";
  await using child = sh(script);
  assertEquals(await child.exited, 0);
  assertLessOrEqual(child.lastWords.join("").length, 16_384);
});

Deno.test("Child lets a command that complains without end wait", { ignore }, async () => {
  const program = sh(`
    i=0
    while :; do
      head -c 65536 /dev/zero | tr '\\0' 'x' >&2
      i=$((i+1)); echo $i
    done`);
  let written = 0;
  const reading = (async () => {
    for await (const text of program.stdout.pipeThrough(new TextDecoderStream())) {
      written = Number(text.trim().split("\n").at(-1)) * 65_536;
    }
  })();
  await eventually(() => written > 1e6, { what: "it may complain" });
  const before = written;
  // Long enough to tell; a machine that is busy makes it less.
  const start = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const rate = (written - before) / (performance.now() - start) * 1000;
  assertLess(rate, 4e6, "bytes a second");
  await program.close();
  await reading;
  assertLessOrEqual(program.lastWords.join("").length, 16_384);
});

Deno.test("lastWords are lines, whatever ends them", { ignore }, async () => {
  await using child = sh(`printf 'a\\r\\nb\\rc\\n\\n d ' >&2`);
  await child.exited;
  assertEquals(child.lastWords, ["a", "b", "c", " d "]);
});
