import { assertEquals, assertLessOrEqual } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);
const READMES = ["README.md", "README.zh-CN.md"];

function read(name: string): string {
  return Deno.readTextFileSync(new URL(name, ROOT));
}

for (const readme of READMES) {
  Deno.test(`${readme}: can be read in one go`, () => {
    assertLessOrEqual(read(readme).trimEnd().split("\n").length, 150);
  });
}

for (const page of [...READMES, "CONTRIBUTING.md"]) {
  Deno.test(`${page}: names the Deno that is pinned`, () => {
    const versions = read(page).matchAll(/deno@([\d.]+\d)/g);
    const pinned = read(".dvmrc").trim();
    assertEquals(new Set(Array.from(versions, ([, version]) => version)), new Set([pinned]));
  });
}
