/**
 * Installs what the tests need, where it may, runs them, and reports at the end what was ignored
 * and how to get it: `deno task test [--slow] [FLAG...] [FILE...]`. Flags and files go to `deno
 * test`.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- what was ignored is its output
import { mayInstall, setup } from "./setup.ts";
import { ignoredTests, reportIgnored } from "./ignored.ts";

/** `deno task check` checks the types. */
const FLAGS = [
  "--config",
  "tests/deno.json",
  "-A",
  "--no-check",
  "--shuffle",
  "--parallel",
  "--trace-leaks",
];
/** Tests that take so long that only CI runs them: `deno task test:slow`. */
const SLOW = ["tests/slow", "tests/browser/slow"];

/**
 * Runs the tests.
 *
 * @param args `--slow`, and arguments for `deno test`.
 * @returns The exit status.
 */
async function test(args: readonly string[]): Promise<number> {
  if (mayInstall()) await setup();
  const isSlow = args[0] === "--slow";
  // Tests wait more than they compute; slow ones compute more than others.
  const jobs = navigator.hardwareConcurrency + (isSlow ? 2 : 4);
  // Otherwise a test would see the program download its packages.
  await deno(jobs, "cache", "--quiet", "main.ts");
  const rest = args.slice(isSlow ? 1 : 0);
  const folder = await Deno.makeTempDir({ prefix: "wscam-junit-" });
  try {
    const report = rest.map((arg) => arg.match(/^--junit-path=(.+)/)?.[1]).find(Boolean) ??
      `${folder}/junit.xml`;
    const code = await deno(
      jobs,
      "test",
      ...FLAGS,
      `--junit-path=${report}`,
      ...(isSlow ? SLOW : [`--ignore=${SLOW}`]),
      ...rest.filter((arg) => !arg.startsWith("--junit-path=")),
    );
    const ignored = ignoredTests(await Deno.readTextFile(report).catch(() => ""));
    // Tests excluded by a filter are reported like those for another system.
    if (rest.some((arg) => arg.startsWith("--filter"))) ignored.delete(undefined);
    for (const line of reportIgnored(ignored)) console.log(line);
    return code;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs Deno, with the number of files that it tests at a time. */
async function deno(jobs: number, ...args: string[]): Promise<number> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args,
    env: { DENO_JOBS: Deno.env.get("DENO_JOBS") ?? String(jobs) },
    stdin: "null",
  }).spawn().status;
  return code;
}

if (import.meta.main) Deno.exit(await test(Deno.args));
