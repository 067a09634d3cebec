import { assert, assertEquals } from "@std/assert";
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

/** On a free port, unless another is named. */
export function doctor(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const port = args.includes("--port") ? [] : ["--port", "0"];
  return runWscam(["doctor", ...port, "--host", "127.0.0.1", ...args], env);
}

export async function examine(args: string[], env: Record<string, string> = {}): Promise<Report> {
  const { stdout, stderr, code } = await doctor([...args, "--json"], env);
  assertEquals(stderr, "");
  const report: Report = JSON.parse(stdout);
  assertEquals(code, report.ok ? 0 : 1);
  return report;
}

export function found(report: Report | undefined, name: string): Report["checks"][number] {
  const checks = report?.checks ?? [];
  const check = checks.find((each) => each.name === name);
  assert(check, `no check of ${name} among ${JSON.stringify(checks)}`);
  return check;
}
