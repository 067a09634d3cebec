import { assertEquals, assertLessOrEqual, assertStringIncludes } from "@std/assert";

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

for (const page of ["README.zh-CN.md", "docs/how-to.zh-CN.md"]) {
  Deno.test(`${page}: says which of its links lead to English`, () => {
    // In the last section one sentence says it of all links.
    const [text = ""] = read(page).split("\n## 文档\n");
    const lines = text.split("\n").filter((line) => !line.startsWith("[English]"));
    for (const paragraph of lines.join("\n").split(/\n\n|\n(?=[-|])/)) {
      const targets = Array.from(paragraph.matchAll(/\]\(([^)#]+\.md)/g), ([, to = ""]) => to);
      if (targets.every((to) => to.endsWith(".zh-CN.md"))) continue;
      assertStringIncludes(paragraph, "英文");
    }
  });
}

const PINNED = ["how-to.zh-CN.md", "service.md", "troubleshooting.md"].map((it) => `docs/${it}`);

for (const page of [...READMES, ...PINNED, "CONTRIBUTING.md"]) {
  Deno.test(`${page}: names the Deno that is pinned`, () => {
    const versions = read(page).matchAll(/deno@([\d.]+\d)/g);
    const pinned = read(".dvmrc").trim();
    assertEquals(new Set(Array.from(versions, ([, version]) => version)), new Set([pinned]));
  });
}
