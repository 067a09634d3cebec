import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertLessOrEqual,
  assertRejects,
} from "@std/assert";
import { Child, HUNG_GRACE_MS } from "../../lib/ffmpeg/child.ts";
import { eventually } from "../testutil/eventually.ts";

/** There is no shell to write small programs in. */
const ignore = Deno.build.os === "windows";

function sh(script: string): Child {
  return new Child("/bin/sh", ["-c", script]);
}

/** All that it writes until it ends. */
async function textOf(child: Child): Promise<string> {
  return await new Response(child.stdout).text();
}

/** The first line that it writes; the rest is not wanted. */
async function firstLine(child: Child): Promise<string> {
  let text = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.includes("\n")) break;
  }
  return text.trim();
}

/** As `ps` has it; nothing when there is no such process. */
function stateOf(pid: number): string {
  const { stdout } = new Deno.Command("ps", { args: ["-o", "stat=", "-p", String(pid)] })
    .outputSync();
  return new TextDecoder().decode(stdout).trim();
}

function isRunning(pid: number): boolean {
  return /^[^Z]/.test(stateOf(pid));
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

Deno.test("close() lets the command end by itself when it heeds SIGTERM", { ignore }, async () => {
  const child = sh("trap 'echo bye >&2; exit 5' TERM; echo ready; while :; do sleep 0.05; done");
  assertEquals(await firstLine(child), "ready");
  await child.close();
  assertEquals(await child.exited, 5);
  assertEquals(child.lastWords, ["bye"]);
});

Deno.test("close() kills the command when it ignores SIGTERM", { ignore }, async () => {
  const child = sh("trap '' TERM; echo $$; while :; do sleep 0.05; done");
  const pid = Number(await firstLine(child));
  assert(isRunning(pid));
  const start = performance.now();
  await child.close();
  const took = performance.now() - start;
  assertGreater(took, 1500, "it had its chance");
  assertLess(took, 6000);
  assertEquals(await child.exited, 137);
  assert(!isRunning(pid));
});

Deno.test("close() gives a command as much time as it is told to", { ignore }, async (t) => {
  const slow = "trap 'sleep 0.5; exit 5' TERM; echo ready; while :; do sleep 0.05; done";
  for (const [graceMs, status] of [[undefined, 5], [HUNG_GRACE_MS, 137], [0, 137]] as const) {
    await t.step(String(graceMs), async () => {
      const child = sh(slow);
      await firstLine(child);
      await child.close(graceMs);
      assertEquals(await child.exited, status);
    });
  }
});

Deno.test("close() ends a command that nobody reads from", { ignore }, async () => {
  const child = sh("exec cat /dev/zero");
  await child.close();
  assertEquals(await child.exited, 143);
});

Deno.test("close() ends a command that was stopped", { ignore }, async () => {
  const child = sh("echo $$; kill -STOP $$; sleep 1000");
  const pid = Number(await firstLine(child));
  await eventually(() => stateOf(pid).startsWith("T"), { what: "it is stopped" });
  await child.close();
  assertEquals(await child.exited, 137);
});

Deno.test("close() ends what the command started itself", { ignore }, async () => {
  const child = sh("sleep 1000 & echo $!; wait");
  const pid = Number(await firstLine(child));
  assert(isRunning(pid));
  await child.close();
  await eventually(() => !isRunning(pid), { what: "the grandchild is gone" });
});

Deno.test("close() doesn't wait for what the command left behind", { ignore }, async () => {
  const child = sh("sleep 1000 & echo $!");
  const pid = Number(await firstLine(child));
  await child.close();
  await eventually(() => !isRunning(pid), { what: "the grandchild is gone" });
  // It may have been told to stop before it ended by itself.
  assert([0, 143].includes(await child.exited));
});

Deno.test("close() may be called more than once, at any time", { ignore }, async (t) => {
  await t.step("at once", async () => {
    const child = sh("sleep 1000");
    await Promise.all([child.close(), child.close()]);
    await child.close();
    await child[Symbol.asyncDispose]();
    assertEquals(await child.exited, 143);
  });
  await t.step("after its end", async () => {
    const child = sh("exit 3");
    assertEquals(await child.exited, 3);
    await child.close();
    await child.close();
    assertEquals(await child.exited, 3);
  });
});

Deno.test("close() is done with many children at once", { ignore }, async () => {
  const children = Array.from({ length: 10 }, () => sh("exec sleep 1000"));
  const start = performance.now();
  await Promise.all(children.map((child) => child.close()));
  assertLess(performance.now() - start, 5000);
  for (const child of children) assertEquals(await child.exited, 143);
});

Deno.test("Child doesn't outlive a program that is killed", { ignore }, async (t) => {
  const { href } = new URL("../../lib/ffmpeg/child.ts", import.meta.url);
  const commands = {
    "heeds SIGTERM": "echo $$ >&2; exec sleep 1000",
    "ignores SIGTERM": "trap '' TERM; echo $$ >&2; while :; do sleep 0.05; done",
    "has a child": "sleep 1000 & echo $! >&2; wait",
  };
  for (const [name, command] of Object.entries(commands)) {
    await t.step(name, async () => {
      const script = `
        const { Child } = await import(${JSON.stringify(href)});
        const child = new Child("/bin/sh", ["-c", ${JSON.stringify(command)}]);
        while (child.lastWords.length === 0) await new Promise((done) => setTimeout(done, 20));
        console.log(child.lastWords[0]);
        await child.exited;`;
      await using program = new Deno.Command(Deno.execPath(), {
        args: ["eval", "--no-config", script],
        stdin: "null",
        stdout: "piped",
        stderr: "inherit",
      }).spawn();
      let pid = 0;
      for await (const text of program.stdout.pipeThrough(new TextDecoderStream())) {
        pid = Number(text);
        break;
      }
      assertGreater(pid, 0);
      assert(isRunning(pid));
      program.kill("SIGKILL");
      await program.status;
      await eventually(() => !isRunning(pid), { what: "the child is gone too" });
    });
  }
});

/** A process list of our own, in which nobody reaps what others leave behind. */
const UNSHARE = ["--pid", "--fork", "--mount-proc"];

function canUnshare(): boolean {
  if (Deno.build.os !== "linux") return false;
  try {
    return new Deno.Command("unshare", { args: [...UNSHARE, "true"] }).outputSync().success;
  } catch {
    return false;
  }
}

Deno.test(
  "Child leaves no zombie to process 1 of a container",
  { ignore: !canUnshare() },
  async () => {
    const { href } = new URL("../../lib/ffmpeg/child.ts", import.meta.url);
    const script = `
      const { Child } = await import(${JSON.stringify(href)});
      for (const command of ["exit 0", "exec sleep 100", "kill -KILL $$", "trap '' TERM; exec sleep 9"]) {
        const child = new Child("/bin/sh", ["-c", command]);
        await new Promise((resolve) => setTimeout(resolve, 100));
        await child.close();
      }
      for (const { name } of Deno.readDirSync("/proc")) {
        if (!/^[0-9]+$/.test(name)) continue;
        const text = Deno.readTextFileSync("/proc/" + name + "/status");
        if (/^State:\\s+Z/m.test(text)) console.log("zombie", name);
      }
      console.log(Deno.pid);`;
    const { stdout, stderr } = await new Deno.Command("unshare", {
      args: [...UNSHARE, Deno.execPath(), "eval", "--no-config", script],
      stdin: "null",
    }).output();
    assertEquals(new TextDecoder().decode(stdout), "1\n", new TextDecoder().decode(stderr));
  },
);
