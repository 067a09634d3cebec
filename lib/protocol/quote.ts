import { printable } from "../log.ts";

const MAX_QUOTED = 60;

/** A value from outside as it may stand in a message: in quotes, on one line, not too long. */
export function quote(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? "nothing";
  const line = printable(text);
  const short = line.length > MAX_QUOTED ? `${line.slice(0, MAX_QUOTED)}…` : line;
  return typeof value === "string" ? `'${short}'` : short;
}
