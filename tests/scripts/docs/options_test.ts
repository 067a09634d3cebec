import { assert, assertEquals } from "@std/assert";
import { OPTIONS } from "../../../lib/config/options/options.ts";
import { PAGE, withOptions } from "../../../scripts/docs/options.ts";

/** Tables without the spaces that the formatter puts into them. */
function plain(text: string): string {
  return text.replaceAll(/ +\|/g, " |").replaceAll(/-{3,}/g, "---").replaceAll(/\n{2,}/g, "\n\n");
}

Deno.test("docs/options.md has every option as the program knows it", async () => {
  const page = await Deno.readTextFile(PAGE);
  assertEquals(plain(page), plain(withOptions(page)), "run 'deno task docs'");
  for (const { name } of OPTIONS.serve) assert(page.includes(`--${name}`), name);
});

Deno.test("withOptions() gives options, defaults and variables", () => {
  const page = withOptions("<!-- begin: serve -->\nold\n<!-- end -->\n");
  assert(page.includes("| `-f, --fps N` | 10 | frames a second, 0.1 to 120 | `WSCAM_FPS` |"), page);
  assert(page.includes("`--log-format text\\|json`"), page);
  assert(!page.includes("old"));
});
