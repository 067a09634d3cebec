import { hideSecrets } from "../../log/secrets.ts";
import { printable } from "../../log.ts";
import type { Check, CheckStatus } from "./check.ts";

const LABELS: Readonly<Record<CheckStatus, string>> = { ok: "ok", warn: "warn", fail: "FAIL" };

/** ECMA-48: green, yellow, red. */
const COLORS: Readonly<Record<CheckStatus, number>> = { ok: 32, warn: 33, fail: 31 };

/** A check as one line for people: "FAIL  what was found; what to do". */
export function checkLine(
  { status, message, remedy }: Check,
  { color }: { color: boolean },
): string {
  const label = LABELS[status].padEnd(4);
  const shown = color ? `\x1b[${COLORS[status]}m${label}\x1b[0m` : label;
  const text = remedy === undefined ? message : `${message}; ${remedy}`;
  return `${shown}  ${hideSecrets(printable(text))}\n`;
}

/** All checks in one line. */
export function summaryLine(checks: readonly Check[]): string {
  const count = (wanted: CheckStatus, [one, many]: readonly [string, string]): string[] => {
    const found = checks.filter(({ status }) => status === wanted).length;
    return found === 0 ? [] : [`${found} ${found === 1 ? one : many}`];
  };
  const found = [
    ...count("fail", ["problem", "problems"]),
    ...count("warn", ["warning", "warnings"]),
  ];
  return `${found.length === 0 ? "Everything is in order" : found.join(", ")}\n`;
}
