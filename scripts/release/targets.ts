/** A system that executables are made for. */
export interface Target {
  /** Its name for people; part of the executable's name. */
  name: string;
  /** Its name for `deno compile --target`. */
  triple: string;
  /** imagescript's native code for it. */
  addon: string;
  /** The name of the executable. */
  file: string;
}

/** Every system that a release supports. */
export const TARGETS: readonly Target[] = [
  target("linux-x86_64", "x86_64-unknown-linux-gnu", "x64-linux"),
  target("linux-aarch64", "aarch64-unknown-linux-gnu", "arm64-linux"),
  target("macos-x86_64", "x86_64-apple-darwin", "x64-darwin"),
  target("macos-aarch64", "aarch64-apple-darwin", "arm64-darwin"),
  target("windows-x86_64", "x86_64-pc-windows-msvc", "x64-win32", ".exe"),
];

/** The list of checksums beside the executables. */
export const CHECKSUMS = "SHA256SUMS";

/**
 * Finds a target.
 *
 * @param name Its name or triple.
 * @throws {RangeError} If there is none.
 */
export function findTarget(name: string): Target {
  const found = TARGETS.find((target) => target.name === name || target.triple === name);
  if (found !== undefined) return found;
  const names = TARGETS.map(({ name }) => name).join(", ");
  throw new RangeError(`Cannot compile: the target must be one of ${names}, got '${name}'`);
}

function target(name: string, triple: string, addon: string, extension = ""): Target {
  return { name, triple, addon: `${addon}.node`, file: `wscam-${name}${extension}` };
}
