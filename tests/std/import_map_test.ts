import { assertEquals, assertMatch } from "@std/assert";
import program from "../../deno.json" with { type: "json" };
import config from "../deno.json" with { type: "json" };
import jsr from "../../scripts/imports.jsr.json" with { type: "json" };

Deno.test("imports.jsr.json has the names of tests/deno.json, and the same npm packages", () => {
  const mapped: Record<string, string> = jsr.imports;
  assertEquals(Object.keys(mapped), Object.keys(config.imports));
  for (const [name, target] of Object.entries(config.imports)) {
    if (name.startsWith("@std/")) assertMatch(mapped[name] ?? "", /^jsr:@std\/\w+@\d+\.\d+\.\d+/);
    else assertEquals(mapped[name], target);
  }
});

Deno.test("tests/deno.json has what the program's deno.json has, and the tests' packages", () => {
  const own: Record<string, string> = config.imports;
  for (const [name, target] of Object.entries(program.imports)) {
    const resolved = (text: string, folder: string) =>
      text.startsWith(".") ? new URL(text, new URL(folder, import.meta.url)).href : text;
    assertEquals(resolved(own[name] ?? "", "../"), resolved(target, "../../"), name);
  }
  assertEquals(config.compilerOptions, program.compilerOptions);
  assertEquals(config.unstable, program.unstable);
});
