import { assert, assertEquals, assertLess, assertRejects, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import { compile } from "../../scripts/compile.ts";
import { parseChecksums, sha256 } from "../../scripts/release/checksums.ts";
import { findTarget, TARGETS } from "../../scripts/release/targets.ts";
import { compileExecutable, runtimeSize } from "../testutil/executable.ts";
import { testWith } from "../testutil/needs.ts";

/** What may come on top of Deno's runtime: our files, and imagescript's with one native addon. */
const MAX_OWN_BYTES = 6e6;

function occurrences(bytes: Uint8Array, text: string): number {
  // One byte, one character.
  return new TextDecoder("latin1").decode(bytes).split(text).length - 1;
}

testWith(["executable"], "compile() makes the same small executable twice", async () => {
  const folder = await Deno.makeTempDir();
  const first = await compileExecutable(`${folder}/first`);
  const now = new Date();
  await Deno.utime(new URL("../../main.ts", import.meta.url), now, now);
  const second = await compileExecutable(`${folder}/second`);
  assertEquals(await sha256(first), await sha256(second));
  const bytes = await Deno.readFile(first);
  assertLess(bytes.length - runtimeSize(), MAX_OWN_BYTES);
  for (const present of ["x64-linux.node", "jpeg.wasm"]) {
    assert(occurrences(bytes, `${present}"`) > 0, `${present} must be in it`);
  }
  for (const absent of ["browsers.json", "smoke_test.ts", "arm64-darwin.node", "svg.wasm"]) {
    assertEquals(occurrences(bytes, `${absent}"`), 0, `${absent} must not be in it`);
  }
  const sums = parseChecksums(await Deno.readTextFile(`${folder}/first/SHA256SUMS`));
  assertEquals([...sums], [["wscam-linux-x86_64", await sha256(first)]]);
  await Deno.remove(folder, { recursive: true });
});

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
