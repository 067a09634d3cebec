import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { Child, HUNG_GRACE_MS } from "../../lib/ffmpeg/child.ts";
import { eventually } from "../testutil/eventually.ts";
import { ignore, sh } from "./shell.ts";

/** The first line that it writes; the rest is not wanted. */
async function firstLine(child: Child): Promise<string> {
  let text = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.includes("\n")) break;
  }
  return text.trim();
}

/** A process's state according to `ps`; empty if there is no such process. */
function stateOf(pid: number): string {
  const { stdout } = new Deno.Command("ps", { args: ["-o", "stat=", "-p", String(pid)] })
    .outputSync();
  return new TextDecoder().decode(stdout).trim();
}

function isRunning(pid: number): boolean {
  return /^[^Z]/.test(stateOf(pid));
}

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
  assertLess(took, 60_000);
  assertEquals(await child.exited, 137);
  assert(!isRunning(pid));
});

Deno.test("close() gives a command as much time as it is told to", { ignore }, async (t) => {
  const cases = [[undefined, 0.3, 5], [HUNG_GRACE_MS, 100, 137], [0, 100, 137]] as const;
  for (const [graceMs, seconds, status] of cases) {
    await t.step(String(graceMs), async () => {
      const slow = `trap 'sleep ${seconds}; exit 5' TERM; echo ready; while :; do sleep 0.05; done`;
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
  await Promise.all(children.map((child) => child.close()));
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
