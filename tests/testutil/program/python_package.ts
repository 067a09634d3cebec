import { assert, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { startWscam, type Wscam } from "./wscam.ts";

/** The folder `clients/python`. */
export const PYTHON_PACKAGE: string = fileURLToPath(
  new URL("../../../clients/python", import.meta.url),
);
/** The token of {@linkcode startPackageServer}. */
export const PACKAGE_TOKEN = "a-token-for-the-tests";

/** A server as the package's own tests need it. */
export function startPackageServer(port?: number): Promise<Wscam> {
  const args = ["--camera", "door=test", "--camera", "attic=test", "--camera", "ai=push"];
  const options = { env: { WSCAM_TOKEN: PACKAGE_TOKEN }, ...(port === undefined ? {} : { port }) };
  return startWscam([...args, "--resolution", "320x240", "--fps", "20"], options);
}

export interface PackageTestsOptions {
  /** The command that runs Python: a program with its first arguments. */
  python: readonly [program: string, ...args: string[]];
  /**
   * The package's folder, as that Python sees it.
   *
   * @default {PYTHON_PACKAGE}
   */
  folder?: string;
  /** Folders of Python, found before its own. @default {[]} */
  path?: readonly string[];
  /** Added to the environment. */
  env?: Record<string, string>;
}

/** Runs the package's own tests; all of them must pass. */
export async function runPackageTests(
  { ws }: Wscam,
  { python: [program, ...first], folder = PYTHON_PACKAGE, path = [], env = {} }:
    PackageTestsOptions,
): Promise<void> {
  const unittest = ["-W", "error::ResourceWarning", "-m", "unittest", "discover", "-s"];
  const { success, stderr } = await new Deno.Command(program, {
    args: [...first, ...unittest, `${folder}/tests`],
    env: {
      PYTHONPATH: [`${folder}/src`, ...path].join(":"),
      PYTHONDONTWRITEBYTECODE: "1",
      WSCAM_URL: ws,
      WSCAM_TOKEN: PACKAGE_TOKEN,
      ...env,
    },
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stderr);
  assert(success, text);
  assertMatch(text, /^Ran 19 tests/m);
}
