import { installCommand } from "./install_command.ts";
import type { Need } from "./needs/need.ts";
import { needsHere } from "./needs/needs.ts";

/**
 * The tests that were ignored.
 *
 * @param junit The file written by `deno test --junit-path`.
 * @returns Their number, by the reason at the end of their names; tests without one are for another
 *   system.
 */
export function ignoredTests(junit: string): Map<string | undefined, number> {
  const found = new Map<string | undefined, number>();
  for (const [, name = ""] of junit.matchAll(/<testcase name="([^"]*)"[^>]*>\s*<skipped\/>/g)) {
    const [, reason] = name.match(/\(ignored: (.+)\)$/) ?? [];
    found.set(reason, (found.get(reason) ?? 0) + 1);
  }
  return found;
}

/** Lines to print: one for each reason, with its remedy. */
export function reportIgnored(
  ignored: ReadonlyMap<string | undefined, number>,
  needs: readonly Need[] = needsHere(),
): string[] {
  const lines = Array.from(ignored, ([reason, count]) => {
    if (reason === undefined) return `  ${count}: they are for another system`;
    const missing = needs.find(({ name }) => reason === `${name} is not installed`);
    const remedy = missing === undefined ? "" : `; to get it: ${installCommand(missing)}`;
    return `  ${count}: ${reason}${remedy}`;
  });
  return lines.length === 0 ? [] : ["Tests that were ignored:", ...lines];
}
