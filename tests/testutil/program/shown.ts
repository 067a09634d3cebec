import { type TestTerminal } from "./terminal.ts";
import { type StartOptions, startWscam, type Wscam } from "./wscam.ts";

export const LIVE_LINE = /^\d+\.\d fps, [\d.]+ ms old, 320x240, /;

export function startTest(options?: StartOptions): Promise<Wscam> {
  return startWscam(["--camera", "test", "--resolution", "320x240"], options);
}

/** Waits for the live line below the picture. */
export function untilLive(terminal: TestTerminal): Promise<string[]> {
  return terminal.untilRows((rows) => LIVE_LINE.test(rows.at(-1) ?? ""), "the live line");
}

export async function untilEnded(terminal: TestTerminal): Promise<string> {
  const rows = await terminal.untilRows(
    (rows) => rows.some((row) => /status=\d/.test(row)),
    "its exit status",
  );
  return rows.join("\n");
}
