/**
 * The Python that has the packages: on Linux the system's, since a version manager's, which may
 * come first on PATH, can't see the packages installed by the system.
 */
export const PYTHON = {
  linux: "/usr/bin/python3",
  windows: "python",
}[Deno.build.os as string] ?? "python3";
