import { assertEquals } from "@std/assert";
import { nearest } from "../../../lib/config/options/nearest.ts";

const KNOWN = ["--camera", "--port", "--fps", "--quality", "--max-clients"];

Deno.test("nearest() is the word that was meant", async (t) => {
  const cases = [
    ["--port", "--port"],
    ["--prot", "--port"],
    ["--camra", "--camera"],
    ["--cameras", "--camera"],
    ["--qualtiy", "--quality"],
    ["--Fps", "--fps"],
    ["--maxclients", "--max-clients"],
    ["--MAX-CLIENTS", "--max-clients"],
    ["--cam", "--camera"],
    ["--clients", "--max-clients"],
    ["--qual", "--quality"],
    ["--c", undefined],
    ["--something", undefined],
    ["", undefined],
    ["-", undefined],
  ] as const;
  for (const [word, meant] of cases) {
    await t.step(word, () => assertEquals(nearest(word, KNOWN), meant));
  }
});

Deno.test("nearest() is the first of those that are as near", () => {
  assertEquals(nearest("--ba", ["--bb", "--bc"]), "--bb");
});

Deno.test("nearest() is nothing when nothing is known", () => {
  assertEquals(nearest("--port", []), undefined);
});
