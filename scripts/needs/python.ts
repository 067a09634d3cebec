/**
 * The Python that has the packages: on Linux the system's, for a version manager's own, found first
 * on PATH, doesn't see what the system's package manager installs.
 */
export const PYTHON = {
  linux: "/usr/bin/python3",
  windows: "python",
}[Deno.build.os as string] ?? "python3";
