/** Without these a program can't be started, or has no place for temporary files. */
const KEPT = ["SystemRoot", "SystemDrive", "ComSpec", "PATHEXT", "TEMP", "TMP", "TMPDIR"];
const isWindows = Deno.build.os === "windows";

/**
 * The environment of somebody who has never heard of Deno.
 *
 * @param home A folder that is made the home.
 */
export function isolatedEnv(home: string): Record<string, string> {
  const env: Record<string, string> = { HOME: home, USERPROFILE: home, NO_COLOR: "1" };
  for (const name of KEPT) {
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] = value;
  }
  const separator = isWindows ? ";" : ":";
  env.PATH = (Deno.env.get("PATH") ?? "").split(separator).filter(hasNoDeno).join(separator);
  return env;
}

function hasNoDeno(folder: string): boolean {
  try {
    return !Deno.statSync(`${folder}/deno${isWindows ? ".exe" : ""}`).isFile;
  } catch {
    return true;
  }
}
