import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import { compile } from "../../scripts/compile.ts";
import { findTarget, TARGETS } from "../../scripts/release/targets.ts";

/** Runs the script as somebody would who has no network. */
async function compileOffline(...args: string[]): Promise<{ code: number; stderr: string }> {
  const script = fileURLToPath(new URL("../../scripts/compile.ts", import.meta.url));
  const out = await Deno.makeTempDir();
  const { DENORT_BIN: _, ...env } = Deno.env.toObject();
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, "--out", out, ...args],
    clearEnv: true,
    // A proxy at a port where nobody answers.
    env: { ...env, HTTPS_PROXY: "http://127.0.0.1:9", NO_COLOR: "1" },
    stdin: "null",
  }).output();
  await Deno.remove(out, { recursive: true });
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test("compile() says what to do when Deno's runtime can't be had", async () => {
  // Nobody who runs this test has this one in the cache.
  const { code, stderr } = await compileOffline("windows-x86_64");
  assertEquals(code, 1);
  const [line, ...more] = stderr.trim().split("\n");
  assert(line?.startsWith("Cannot compile for windows-x86_64: Deno's runtime can't be downloaded"));
  assert(line?.endsWith("set DENORT_BIN to the path of 'denort'"));
  assertEquals(more, []);
});

Deno.test("compile() takes one runtime for one system only", async () => {
  await assertRejects(
    () => compile(TARGETS, { out: "/nowhere", runtime: "/nowhere/denort" }),
    Error,
    "name one target",
  );
});

Deno.test("findTarget() takes a name or a triple", () => {
  assertEquals(findTarget("macos-aarch64"), findTarget("aarch64-apple-darwin"));
  assertThrows(() => findTarget("linux-riscv64"), RangeError, "must be one of linux-x86_64, ");
});
