const MAX_QUOTED = 60;

/** A value from outside as it may stand in a message: in quotes, on one line, not too long. */
export function quote(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? "nothing";
  const short = text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
  return typeof value === "string" ? `'${short}'` : short;
}
