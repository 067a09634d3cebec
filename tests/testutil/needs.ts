import type { NeedName } from "../../scripts/needs/need.ts";
import { needsHere } from "../../scripts/needs/needs.ts";
import { executableProblem } from "./program/executable.ts";
import { networkProblem } from "./network/network.ts";
import { systemdProblem } from "./system/systemd.ts";
import { vcamProblem } from "./camera/vcam.ts";

/**
 * A thing that a test may need: a program, the virtual camera with all that it needs, a systemd that runs, an
 * executable compiled by an older Deno, or a network that can be cut.
 */
export type TestNeed = NeedName | "vcam" | "booted systemd" | "executable" | "network";

const problems = new Map<TestNeed, string | undefined>();

/**
 * Says why something that a test needs can't be had. It is looked for once in each process.
 *
 * @param need The name of the need.
 * @returns The reason; `undefined` if it is there.
 */
export function problemWith(need: TestNeed): string | undefined {
  if (!problems.has(need)) problems.set(need, findProblem(need));
  return problems.get(need);
}

/**
 * Registers a test that is ignored, with the reason in its name, where something is missing.
 *
 * @param needs The needs of the test.
 * @param name The test's name.
 * @param fn The test.
 */
export function testWith(
  needs: readonly TestNeed[],
  name: string,
  fn: (t: Deno.TestContext) => void | Promise<void>,
): void {
  const problem = needs.map(problemWith).find((problem) => problem !== undefined);
  if (problem === undefined) Deno.test(name, fn);
  else Deno.test({ name: `${name} (ignored: ${problem})`, ignore: true, fn });
}

function findProblem(need: TestNeed): string | undefined {
  if (need === "vcam") return vcamProblem();
  if (need === "booted systemd") return systemdProblem();
  if (need === "executable") return executableProblem();
  if (need === "network") return networkProblem();
  const found = needsHere().find(({ name }) => name === need);
  if (found === undefined) return `${need} is used on Linux only`;
  return found.isThere() ? undefined : `${need} is not installed`;
}
