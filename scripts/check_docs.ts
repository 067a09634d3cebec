/**
 * Fails if an export has no documentation, like `deno doc --lint`. Constructors,
 * `Symbol.dispose` and `XOptions` may have none: a class or a function documents them.
 * `deno run -A scripts/check_docs.ts`.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- what it finds is its output
import { fileURLToPath } from "node:url";
import { readImportGraph } from "./import_graph.ts";

const ROOT = new URL("../", import.meta.url);
const FREE =
  /^\s*(constructor\(|(async )?\[Symbol\.(asyncD|d)ispose\]|export interface \w+Options\b)/;

/** A complaint of `deno doc --lint`. */
export interface Complaint {
  /** The complaint in words. */
  message: string;
  /** The file's whole path. */
  path: string;
  /** Counted from 1. */
  line: number;
}

/**
 * Parses the output of `deno doc --lint`.
 *
 * @param output Its stderr, without colours.
 */
export function readComplaints(output: string): Complaint[] {
  const found = output.matchAll(/^error\[[\w-]+\]: (.+)\n\s*--> (.+):(\d+):\d+$/gm);
  return Array.from(found, ([, message = "", path = "", line]) => ({
    message,
    path,
    line: Number(line),
  }));
}

/**
 * Filters out exports that may be undocumented.
 *
 * @param textOf Reads a file.
 */
export function realComplaints(
  complaints: readonly Complaint[],
  textOf: (path: string) => string,
): Complaint[] {
  return complaints.filter(({ path, line }) =>
    !FREE.test(textOf(path).split("\n")[line - 1] ?? "")
  );
}

async function check(): Promise<boolean> {
  const paths = (await readImportGraph(ROOT)).map(({ path }) => path)
    .filter((path) => path === "main.ts" || path.startsWith("lib/"));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", ...paths],
    cwd: fileURLToPath(ROOT),
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
  }).output();
  if (success) return true;
  const text = new TextDecoder().decode(stderr);
  const complaints = readComplaints(text);
  const real = realComplaints(complaints, Deno.readTextFileSync);
  for (const { message, path, line } of real) console.log(`${path}:${line}: ${message}`);
  // Any other output must not be lost.
  if (complaints.length === 0) console.log(text);
  return complaints.length > 0 && real.length === 0;
}

if (import.meta.main && !await check()) Deno.exit(1);
