import { assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url);
const WRONG = /import\.meta\.url\)\.pathname/;

function* sources(folder: URL): Generator<URL> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* sources(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts")) yield new URL(name, folder);
  }
}

// In one, a space is %20, and on Windows it begins with '/'. 'fileURLToPath' of node:url gives a path.
Deno.test("no file takes the pathname of a URL for a path", () => {
  const files = ["lib/", "scripts/", "tests/"].flatMap((name) => [...sources(new URL(name, ROOT))]);
  const wrong = files.filter((file) => WRONG.test(Deno.readTextFileSync(file)));
  assertEquals(wrong.map(({ href }) => href.slice(ROOT.href.length)), []);
});
