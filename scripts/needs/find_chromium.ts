import { isFile, runs } from "./probe.ts";

/**
 * Finds a browser of the Chromium family.
 *
 * @returns Its path or name, `undefined` if there is none.
 */
export function findChromium(): string | undefined {
  switch (Deno.build.os) {
    case "windows":
      // There `--version` opens a window.
      return ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"]
        .map((name) => `${Deno.env.get(name)}\\Google\\Chrome\\Application\\chrome.exe`)
        .find(isFile);
    case "darwin":
      return ["Google Chrome", "Chromium"]
        .map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`)
        .find((path) => runs(path, "--version"));
    default:
      return ["/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/chromium-browser"]
        .find((path) => runs(path, "--version"));
  }
}
