import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { testWith } from "../testutil/needs.ts";

/** Faults that are soon over, on a machine that is busy with other tests. */
const QUICK = ["--seconds", "15", "--seed", "1", "--slack", "20"];

async function soak(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const script = fileURLToPath(new URL("../soak/soak.ts", import.meta.url));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

testWith(
  ["vcam", "ffmpeg"],
  "soak lets things go wrong, tells what came of each, and finds nothing",
  async () => {
    const { code, stdout, stderr } = await soak(...QUICK);
    assertEquals([code, stderr], [0, ""], stdout);
    assertStringIncludes(stdout, "Soaking for 15 s with seed 1\n");
    assertMatch(stdout, /^1: cam\d+ .*: \d+\.\d s, \d+ pictures lost$/m);
    assertMatch(stdout, /^1: at rest with \d+ MB, \d+ descriptors, \d+ processes$/m);
    assertMatch(stdout, /^\| what \| times \| told, s \|/m);
    assertMatch(stdout, /^at the end \d+ MB, /m);
    assertMatch(stdout, /^[1-9]\d* looks at /m);
  },
);

Deno.test("soak refuses what it can't read", async (t) => {
  const cases: [string[], RegExp][] = [
    [["--seconds", "0"], /'--seconds' must be above 0, got 0/],
    [["--seed", "x"], /'--seed' must be whole, got x/],
    [["--slack=-1"], /'--slack' must be 0 or more, got -1/],
    [["--minutes", "1"], /the options are '--seconds N', '--seed N' and/],
    [["1"], /the options are /],
  ];
  for (const [args, words] of cases) {
    await t.step(args.join(" "), async () => {
      const { code, stderr } = await soak(...args);
      assertEquals(code, 2);
      assertMatch(stderr, words);
    });
  }
});
