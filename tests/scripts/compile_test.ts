import {
  assert,
  assertEquals,
  assertLess,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { fileURLToPath } from "node:url";
import { VERSION } from "../../lib/commands/version.ts";
import { compile } from "../../scripts/compile.ts";
import { bundle } from "../../scripts/release/bundle.ts";
import { findTarget, TARGETS } from "../../scripts/release/targets.ts";
import { temporaryDirectory } from "../testutil/files.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Runs the script like a user without a network. */
async function compileOffline(...args: string[]): Promise<{ code: number; stderr: string }> {
  const script = `${ROOT}scripts/compile.ts`;
  const out = await Deno.makeTempDir();
  const { DENORT_BIN: _, ...env } = Deno.env.toObject();
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, "--out", out, ...args],
    clearEnv: true,
    // A proxy at a port where nothing answers.
    env: { ...env, HTTPS_PROXY: "http://127.0.0.1:9", NO_COLOR: "1" },
    stdin: "null",
  }).output();
  await Deno.remove(out, { recursive: true });
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test("compile() says what to do when Deno's runtime can't be had", async () => {
  // Deno downloads its bundler once; it is in the cache from now on.
  await using folder = await temporaryDirectory();
  await bundle(ROOT, folder.path);
  // Nobody who runs this test has this runtime in the cache.
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

Deno.test("bundle() makes a program that runs, in few files, and its worker", async () => {
  await using folder = await temporaryDirectory();
  const { main, included } = await bundle(ROOT, folder.path);
  assertEquals(included, ["scale_worker.ts"]);
  const files = [...Deno.readDirSync(folder.path)].filter(({ isFile }) => isFile);
  assertLess(files.length, 100);
  const text = await Deno.readTextFile(`${folder.path}/scale_worker.ts`);
  assertMatch(text, /onmessage|addEventListener/);
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-config", `${folder.path}/${main}`, "--version"],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  assertEquals([code, new TextDecoder().decode(stdout)], [0, `wscam ${VERSION}\n`]);
});
