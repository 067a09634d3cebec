import { printable } from "../log/text.ts";

const MAX_QUOTED = 60;

/** A value from outside in a form fit for messages: on one line, not too long; text in quotes. */
export function quote(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  const line = printable(String(value));
  const short = line.length > MAX_QUOTED ? `${line.slice(0, MAX_QUOTED)}…` : line;
  return typeof value === "string" ? `'${short}'` : short;
}
