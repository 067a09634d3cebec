import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { type Info, reachedPackages } from "../scripts/release/npm_files.ts";
import { temporaryDirectory } from "./testutil/files.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

Deno.test("the first start downloads the program's packages, and none of the tests'", async () => {
  await using cache = await temporaryDirectory();
  const env = { DENO_DIR: cache.path, NO_COLOR: "1" };
  // 'deno task' fetches all that the lock file names, whatever the task is.
  const started = await deno(["task", "start", "--version"], env);
  assertEquals(started.success, true, started.stderr);
  const { stdout } = await deno(["info", "--json", "main.ts"], env);
  const needed = reachedPackages(JSON.parse(stdout) as Info).map(({ name }) => name);
  assertEquals(packagesIn(`${cache.path}/npm/registry.npmjs.org`), needed.sort());
});

async function deno(args: string[], env: Record<string, string>) {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    env,
    cwd: ROOT,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { success, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** The names of the packages that were unpacked: `NAME/VERSION` or `@SCOPE/NAME/VERSION`. */
function packagesIn(folder: string): string[] {
  const names = foldersIn(folder).flatMap((name) =>
    name.startsWith("@") ? foldersIn(`${folder}/${name}`).map((it) => `${name}/${it}`) : [name]
  );
  return names.filter((name) => foldersIn(`${folder}/${name}`).length > 0).sort();
}

function foldersIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder)).filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => name);
}
