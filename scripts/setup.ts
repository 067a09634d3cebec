/**
 * Installs what the tests need and is missing, where it may: on Debian and Ubuntu, as root.
 * Elsewhere it says what to install: `deno task setup`.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- what it did is its output
import { type Need, needsHere } from "./needs.ts";

/**
 * Installs what is missing, or says how.
 *
 * @returns Whether everything is there now.
 */
export async function setup(): Promise<boolean> {
  const missing = needsHere().filter(({ isThere, optional }) => !optional && !isThere());
  if (missing.length === 0) {
    console.log("Everything that the tests need is installed");
    return true;
  }
  if (!hasApt() || Deno.uid() !== 0) {
    console.log(advice(missing));
    return false;
  }
  const lists = missing.map((need) => need.packages.debian);
  console.log(`Installing ${lists.flat().join(" ")}`);
  // A mirror may fail for a moment. Where one package can't be had, as chromium on Ubuntu, apt installs none.
  if (!await install(lists.flat()) && !await install(lists.flat())) {
    for (const list of lists) await aptInstall(list);
  }
  const still = missing.filter(({ isThere }) => !isThere());
  if (still.length > 0) console.log(advice(still));
  return still.length === 0;
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

function hasApt(): boolean {
  if (Deno.build.os !== "linux") return false;
  try {
    // The format is that of os-release(5): ID=ubuntu, ID_LIKE="ubuntu debian".
    return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(Deno.readTextFileSync("/etc/os-release"));
  } catch {
    return false;
  }
}

function advice(missing: Need[]): string {
  const lines = missing.map((need) =>
    `  ${need.name}, for ${need.purpose}: ${commands(need.packages)}`
  );
  return `Missing, so that some tests will be ignored:\n${lines.join("\n")}`;
}

function commands({ debian, brew, winget, dnf, pacman }: Need["packages"]): string {
  switch (Deno.build.os) {
    case "darwin":
      return `brew install ${brew}`;
    case "windows":
      return `winget install ${winget}`;
    default:
      return hasApt()
        ? `sudo apt-get install ${debian.join(" ")}`
        : `sudo dnf install ${dnf}, or: sudo pacman -S ${pacman}`;
  }
}

if (import.meta.main) {
  if (!await setup()) Deno.exit(1);
}
