import { assert, assertEquals, assertLess } from "@std/assert";
import { parseChecksums, sha256 } from "../../scripts/release/checksums.ts";
import { compileExecutable, runtimeSize } from "../testutil/program/executable.ts";
import { testWith } from "../testutil/needs.ts";

/** The most that may come on top of the runtime: our bundle (1 MB), and imagescript with one native addon (1.4 MB). */
const MAX_OWN_BYTES = 3e6;

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
  for (const present of ["x64-linux.node", "scale_worker.ts", "LICENSE"]) {
    assert(occurrences(bytes, `${present}"`) > 0, `${present} must be in it`);
  }
  for (
    const absent of [
      "browsers.json",
      "smoke_test.ts",
      "follow_brokers.ts",
      "arm64-darwin.node",
      "jpeg.wasm",
      "framebuffer.rs",
    ]
  ) {
    assertEquals(occurrences(bytes, `${absent}"`), 0, `${absent} must not be in it`);
  }
  const sums = parseChecksums(await Deno.readTextFile(`${folder}/first/SHA256SUMS`));
  assertEquals([...sums], [["wscam-linux-x86_64", await sha256(first)]]);
  await Deno.remove(folder, { recursive: true });
});
