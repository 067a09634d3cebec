import { assertEquals } from "@std/assert";
import { hasColor } from "../../lib/config/color.ts";

Deno.test("hasColor() is for terminals, unless NO_COLOR or TERM says otherwise", async (t) => {
  const cases: [boolean, Record<string, string>, boolean][] = [
    [true, {}, true],
    [true, { TERM: "xterm-256color", NO_COLOR: "" }, true],
    [false, {}, false],
    [true, { NO_COLOR: "1" }, false],
    [true, { NO_COLOR: "0" }, false],
    [true, { TERM: "dumb" }, false],
  ];
  for (const [isTerminal, env, expected] of cases) {
    await t.step(JSON.stringify([isTerminal, env]), () => {
      assertEquals(hasColor({ isTerminal: () => isTerminal }, (name) => env[name]), expected);
    });
  }
});
