import { assert, assertEquals } from "@std/assert";
import { runEach } from "../../testutil/program/run_each.ts";
import { type Ended, runWscam } from "../../testutil/program/wscam.ts";

export interface Report {
  ok: boolean;
  checks: {
    name: string;
    status: string;
    message: string;
    remedy?: string;
    camera?: string;
    modes?: unknown[];
    measured?: { width: number; height: number; fps: number };
  }[];
}

/** The command line, on a free port unless another is named. */
function doctorArgs(args: readonly string[]): string[] {
  const port = args.includes("--port") ? [] : ["--port", "0"];
  return ["doctor", ...port, "--host", "127.0.0.1", ...args];
}

/** Runs it as a program of its own. */
export function doctor(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return runWscam(doctorArgs(args), env);
}

export async function examine(args: string[], env: Record<string, string> = {}): Promise<Report> {
  return readReport(await doctor([...args, "--json"], env));
}

/** Its findings for several command lines, in one process. */
export async function examineEach(
  lines: readonly (readonly string[])[],
  env: Record<string, string> = {},
): Promise<Report[]> {
  const ended = await runEach(lines.map((args) => doctorArgs([...args, "--json"])), env);
  return ended.map(readReport);
}

function readReport({ stdout, stderr, code }: Ended): Report {
  assertEquals(stderr, "");
  const report: Report = JSON.parse(stdout);
  assertEquals(code, report.ok ? 0 : 1);
  return report;
}

/** A check by its name, of one camera where several were looked at. */
export function found(
  report: Report | undefined,
  name: string,
  camera?: string,
): Report["checks"][number] {
  const checks = report?.checks ?? [];
  const check = checks.find((each) =>
    each.name === name && (camera === undefined || each.camera === camera)
  );
  assert(check, `no check of ${name} among ${JSON.stringify(checks)}`);
  return check;
}
