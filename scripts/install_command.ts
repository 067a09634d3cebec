import type { Need } from "./needs/need.ts";

/** The command that installs it on this system. */
export function installCommand({ packages: { debian, brew, winget, dnf, pacman } }: Need): string {
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

/** Whether this is Debian, Ubuntu or a derivative. */
export function hasApt(): boolean {
  if (Deno.build.os !== "linux") return false;
  try {
    // The format is that of os-release(5): ID=ubuntu, ID_LIKE="ubuntu debian".
    return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(Deno.readTextFileSync("/etc/os-release"));
  } catch {
    return false;
  }
}
