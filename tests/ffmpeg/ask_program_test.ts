import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertLess,
  assertStringIncludes,
} from "@std/assert";
import { getEventListeners } from "node:events";
import { askProgram, problemWords, type ProgramAnswer } from "../../lib/ffmpeg/ask_program.ts";
import { eventually } from "../testutil/eventually.ts";
import { inOwnProcess } from "../testutil/program/own_process.ts";
import { isAlive } from "../testutil/system/processes.ts";
import { together } from "../testutil/together.ts";

const MODULE = new URL("../../lib/ffmpeg/ask_program.ts", import.meta.url).href;
const ignore = Deno.build.os === "windows";
/** The programs here go on for ever; a loaded machine may need this long to be done with them. */
const PATIENCE_MS = 60_000;
/** A loaded machine may need this long until a program says something. */
const TIMEOUT_MS = 3000;

/** Asks a shell; `$DIR` is a folder of its own. */
async function askShell(
  script: string,
  options: Parameters<typeof askProgram>[2] & { dir?: string } = {},
): Promise<ProgramAnswer & { ms: number; dir: string }> {
  const { dir = await Deno.makeTempDir({ prefix: "wscam-ask-" }) } = options;
  const start = performance.now();
  const answer = await askProgram("/bin/sh", ["-c", `DIR=${dir}\n${script}`], options);
  return { ...answer, ms: performance.now() - start, dir };
}

/** The processes that a script wrote down are gone. */
async function assertEnded(dir: string): Promise<void> {
  const pids = (await Deno.readTextFile(`${dir}/pids`)).trim().split("\n").map(Number);
  await Deno.remove(dir, { recursive: true });
  if (Deno.build.os !== "linux") return;
  assert(pids.length > 0 && pids.every((pid) => pid > 0));
  await eventually(() => pids.every((pid) => !isAlive(pid)));
}

const NOTE = 'echo $$ >> "$DIR/pids"';

Deno.test("askProgram() gives what a program writes to stdout, then to stderr", {
  ignore,
}, async () => {
  const { text, problem, dir } = await askShell("echo first; echo second >&2; echo third");
  assertEquals(text, "first\nthird\n\nsecond");
  assertEquals(problem, undefined);
  await Deno.remove(dir);
});

Deno.test("askProgram() gives what a program writes, whatever its exit status", {
  ignore,
}, async (t) => {
  for (const status of [0, 1, 2, 125, 255]) {
    await t.step(String(status), async () => {
      const { text, problem, dir } = await askShell(`echo yes; exit ${status}`);
      assertStringIncludes(text, "yes");
      assertEquals(problem, undefined);
      await Deno.remove(dir);
    });
  }
});

Deno.test("askProgram() takes arguments as they are", { ignore }, async () => {
  const args = ["%s\n", "a b", "$HOME", "'\"", "*", "", "猫"];
  const { text } = await askProgram("printf", args);
  assertEquals(text, `${args.slice(1).join("\n")}\n`);
});

Deno.test("askProgram() gives the program nothing to read", { ignore }, async () => {
  const { text, dir } = await askShell("cat; echo end");
  assertStringIncludes(text, "end");
  await Deno.remove(dir);
});

Deno.test("askProgram() says that a program is missing", async (t) => {
  for (const command of ["wscam-no-such-program", "/nowhere/ffmpeg", "/dev/null/ffmpeg"]) {
    await t.step(command, async () => {
      assertEquals((await askProgram(command, ["-version"])).problem, "missing");
    });
  }
});

Deno.test("askProgram() says that a program can't be run", { ignore }, async (t) => {
  const dir = await Deno.makeTempDir({ prefix: "wscam-ask-" });
  await Deno.writeTextFile(`${dir}/text`, "no program\n", { mode: 0o644 });
  for (const command of [dir, `${dir}/text`]) {
    await t.step(command === dir ? "a folder" : "a file", async () => {
      assertEquals((await askProgram(command, [])).problem, "not executable");
    });
  }
  await Deno.remove(dir, { recursive: true });
});

Deno.test("askProgram() gives a program that hangs no more than its time", {
  ignore,
}, async (t) => {
  const scripts = {
    "without a word": `${NOTE}; exec sleep 600`,
    "after an answer": `${NOTE}; echo yes; exec sleep 600`,
    "with a child that keeps our pipe": `${NOTE}; echo yes; sleep 600 & wait`,
    "with its stdout closed": `${NOTE}; echo yes; exec >&-; exec sleep 600`,
    "and ignores SIGTERM": `trap '' TERM; ${NOTE}; echo yes; while :; do sleep 600; done`,
  };
  const check = async (name: string, script: string): Promise<void> => {
    const { text, problem, ms, dir } = await askShell(script, { timeoutMs: TIMEOUT_MS });
    assertEquals(text.includes("yes"), name !== "without a word");
    assertEquals(problem, "hangs");
    assertLess(ms, PATIENCE_MS);
    await assertEnded(dir);
  };
  await together(
    t,
    Object.fromEntries(
      Object.entries(scripts).map(([name, script]) => [name, () => check(name, script)]),
    ),
  );
});

Deno.test("askProgram() doesn't wait for what a program leaves behind", { ignore }, async () => {
  const script = `(${NOTE}; exec sleep 600) >/dev/null 2>&1 & sleep 0.1; echo yes`;
  const { text, ms, dir } = await askShell(script);
  assertStringIncludes(text, "yes");
  assertLess(ms, PATIENCE_MS);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("askProgram() takes no more than a part of an endless answer", { ignore }, async (t) => {
  const scripts = {
    "in lines": `${NOTE}; exec yes some line`,
    "in one line": `${NOTE}; exec cat /dev/zero`,
    "in complaints": `${NOTE}; exec yes a complaint >&2`,
    "in both": `${NOTE}; yes a complaint >&2 & exec yes some line`,
  };
  for (const [name, script] of Object.entries(scripts)) {
    await t.step(name, async () => {
      const dir = await Deno.makeTempDir({ prefix: "wscam-ask-" });
      const { text, ms, grown } = await inOwnProcess<ProgramAnswer & { ms: number; grown: number }>(
        `
        import { askProgram } from ${JSON.stringify(MODULE)};
        const start = performance.now();
        const before = Deno.memoryUsage().rss;
        const args = ["-c", ${JSON.stringify(`DIR=${dir}\n${script}`)}];
        const answer = await askProgram("/bin/sh", args, { timeoutMs: ${TIMEOUT_MS} });
        const grown = Deno.memoryUsage().rss - before;
        console.log(JSON.stringify({ ...answer, ms: performance.now() - start, grown }));`,
      );
      assertLess(text.length, 256 * 1024);
      assertGreaterOrEqual(text.length, 8 * 1024);
      assertLess(ms, PATIENCE_MS);
      assertLess(grown, 64 * 1024 * 1024);
      await assertEnded(dir);
    });
  }
});

Deno.test("askProgram() ends when its signal is aborted", { ignore }, async (t) => {
  const scripts = {
    "while it waits": `${NOTE}; exec sleep 600`,
    "while it reads": `${NOTE}; while :; do echo x; sleep 0.05; done`,
  };
  for (const [name, script] of Object.entries(scripts)) {
    await t.step(name, async () => {
      const abort = new AbortController();
      const dir = await Deno.makeTempDir({ prefix: "wscam-ask-" });
      const asked = askShell(script, { signal: abort.signal, timeoutMs: 600_000, dir });
      await eventually(async () => (await Deno.readTextFile(`${dir}/pids`).catch(() => "")) !== "");
      abort.abort();
      const { ms } = await asked;
      assertLess(ms, PATIENCE_MS);
      assertEquals(getEventListeners(abort.signal, "abort"), []);
      await assertEnded(dir);
    });
  }
});

Deno.test(
  "askProgram() starts nothing when its signal is aborted already",
  { ignore },
  async () => {
    const { text, problem, dir } = await askShell(NOTE, { signal: AbortSignal.abort() });
    assertEquals([text, problem], ["", undefined]);
    assertEquals([...Deno.readDirSync(dir)], []);
    await Deno.remove(dir);
  },
);

Deno.test("askProgram() leaves no listener on its signal", { ignore }, async () => {
  const { signal } = new AbortController();
  await askProgram("true", [], { signal });
  await askProgram("/nowhere/ffmpeg", [], { signal });
  assertEquals(getEventListeners(signal, "abort"), []);
});

Deno.test("askProgram() reads characters that are cut between two chunks", { ignore }, async () => {
  const script = "printf '\\347\\214'; sleep 0.2; printf '\\253\\n'";
  const { text, dir } = await askShell(script);
  assertEquals(text, "猫\n");
  await Deno.remove(dir);
});

Deno.test("problemWords() follow a program's name", () => {
  const problems = ["missing", "not executable", "hangs"] as const;
  assertEquals(problems.map(problemWords), ["is missing", "is not executable", "doesn't answer"]);
});
