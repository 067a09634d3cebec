import { quote } from "./quote.ts";

/** The longest command that is read. */
export const MAX_COMMAND_BYTES: number = 64 * 1024;

/** What a viewer calls its command, to know the answer by. */
export type CommandId = string | number | boolean | null;

/** What a viewer can ask for over its WebSocket. */
export type Command = { type: "ping" | "status"; id?: CommandId };

/** What {@linkcode parseCommand} made of a text. */
export type ParsedCommand =
  | { ok: true; command: Command }
  | { ok: false; message: string; id?: CommandId };

const KNOWN = ["ping", "status"] as const;

/**
 * Reads a viewer's message. Never throws: a message that isn't a command is answered with what is
 * wrong with it, and with its `id` where it has one.
 */
export function parseCommand(text: unknown): ParsedCommand {
  const value = parseObject(text);
  if (value === undefined) {
    return { ok: false, message: "Cannot read command: it must be a JSON object" };
  }
  const { type, id } = value;
  if (!isId(id)) {
    const rule = "field 'id' must be a string, a number, true, false or null";
    return { ok: false, message: `Cannot read command: ${rule}, got ${quote(id)}` };
  }
  const own = id === undefined ? {} : { id };
  const known = KNOWN.find((each) => each === type);
  if (known !== undefined) return { ok: true, command: { type: known, ...own } };
  const rule = `field 'type' must be one of ${KNOWN.map(quote).join(", ")}`;
  return { ok: false, message: `Cannot read command: ${rule}, got ${quote(type)}`, ...own };
}

/** What is nested could be so deeply that writing it down again overflows the stack. */
function isId(id: unknown): id is CommandId | undefined {
  return id === undefined || typeof id !== "object" || id === null;
}

function parseObject(text: unknown): Record<string, unknown> | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}
