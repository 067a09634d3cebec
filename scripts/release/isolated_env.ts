/** Without these a program can't be started, or has no temporary folder. */
const KEPT = ["SystemRoot", "SystemDrive", "ComSpec", "PATHEXT", "TEMP", "TMP", "TMPDIR"];
const isWindows = Deno.build.os === "windows";

/**
 * The environment of a user without Deno.
 *
 * @param home A folder to use as the home.
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
