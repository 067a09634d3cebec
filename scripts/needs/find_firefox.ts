import { isFile, runs } from "./probe.ts";

/**
 * Finds Firefox.
 *
 * @returns Its path or name, `undefined` if there is none.
 */
export function findFirefox(): string | undefined {
  switch (Deno.build.os) {
    case "windows":
      return ["ProgramFiles", "ProgramFiles(x86)"]
        .map((name) => `${Deno.env.get(name)}\\Mozilla Firefox\\firefox.exe`)
        .find(isFile);
    case "darwin":
      return ["/Applications/Firefox.app/Contents/MacOS/firefox"].find(isFile);
    default:
      return ["firefox-esr", "firefox"].find((name) => runs(name, "--version"));
  }
}
