/**
 * Installs what the tests need and is missing, where it may: on Debian and Ubuntu, as root.
 * Elsewhere it says what to install: `deno task setup`.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- what it did is its output
import { hasApt, installCommand } from "./install_command.ts";
import type { Need } from "./needs/need.ts";
import { needsHere } from "./needs/needs.ts";

/**
 * Installs what is missing, or says how to.
 *
 * @returns Whether everything is there now.
 */
export async function setup(): Promise<boolean> {
  const missing = needsHere().filter(({ isThere }) => !isThere());
  if (missing.length === 0) {
    console.log("Everything that the tests need is installed");
    return true;
  }
  if (!mayInstall()) {
    console.log(advice(missing));
    return false;
  }
  const lists = missing.map((need) => need.packages.debian);
  console.log(`Installing ${lists.flat().join(" ")}`);
  // A mirror may fail for a moment. If one package is unavailable, like chromium on Ubuntu, apt
  // installs none.
  if (!await install(lists.flat()) && !await install(lists.flat())) {
    for (const list of lists) await aptInstall(list);
  }
  const still = missing.filter(({ isThere }) => !isThere());
  if (still.length > 0) console.log(advice(still));
  return still.length === 0;
}

/** Whether packages can be installed without asking: on Debian and Ubuntu, as root. */
export function mayInstall(): boolean {
  return hasApt() && Deno.uid() === 0;
}

async function install(packages: string[]): Promise<boolean> {
  return await apt("update") && await aptInstall(packages);
}

async function aptInstall(packages: string[]): Promise<boolean> {
  return await apt("install", "--no-install-recommends", ...packages);
}

async function apt(...args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command("apt-get", {
    args: ["-y", "-q", "-o", "DPkg::Lock::Timeout=120", ...args],
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdin: "null",
  }).spawn().status;
  return success;
}

function advice(missing: Need[]): string {
  const lines = missing.map((need) =>
    `  ${need.name}, for ${need.purpose}: ${installCommand(need)}`
  );
  return `Missing, so that some tests will be ignored:\n${lines.join("\n")}`;
}

if (import.meta.main) {
  if (!await setup()) Deno.exit(1);
}
