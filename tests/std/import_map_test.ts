import { assertEquals, assertMatch } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import jsr from "../../scripts/imports.jsr.json" with { type: "json" };

Deno.test("imports.jsr.json has the names of deno.json, and the same npm packages", () => {
  const mapped: Record<string, string> = jsr.imports;
  assertEquals(Object.keys(mapped), Object.keys(config.imports));
  for (const [name, target] of Object.entries(config.imports)) {
    if (name.startsWith("@std/")) assertMatch(mapped[name] ?? "", /^jsr:@std\/\w+@\d+\.\d+\.\d+/);
    else assertEquals(mapped[name], target);
  }
});
