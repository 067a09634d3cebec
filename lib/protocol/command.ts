import { type GivenAnnotation, readAnnotation } from "./annotation.ts";
import { quote } from "./quote.ts";
import { parseSettings, SETTINGS, type ViewerSettings } from "./viewer_settings.ts";

/** The maximum length of a command. */
export const MAX_COMMAND_BYTES: number = 64 * 1024;

/** A viewer's identifier for its command, by which it recognizes the answer. */
export type CommandId = string | number | boolean | null;

/** A command that a viewer can send over its WebSocket. */
export type Command =
  & { id?: CommandId }
  & (
    /** Measures the clock's offset and the round trip. */
    | { type: "ping" }
    /** Asks for everything that `GET /state` tells. */
    | { type: "status" }
    /** No pictures, until `resume`. */
    | { type: "pause" | "resume" }
    /** Changes settings of this viewer. */
    | { type: "configure"; settings: Partial<ViewerSettings> }
    /** Lists or sets a camera's controls, for everyone who watches it. */
    | { type: "control"; camera?: string; set?: Readonly<Record<string, unknown>> }
    /** Sends an annotation of a picture, to all who ask for annotations. */
    | { type: "annotate"; camera?: string; annotation: GivenAnnotation }
    /** Pictures up to this one have arrived. */
    | { type: "ack"; sequence: number }
  );

/** The result of {@linkcode parseCommand}. */
export type ParsedCommand =
  | { ok: true; command: Command }
  | {
    ok: false;
    message: string;
    id?: CommandId;
    /** Whether it has neither a command's type nor an id, so that its sender expects no answer. */
    isNoise?: true;
  };

const KNOWN = [
  "ack",
  "annotate",
  "configure",
  "control",
  "pause",
  "ping",
  "resume",
  "status",
] as const;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Parses a viewer's message. Never throws: a message that isn't a command yields what is wrong with
 * it, and its `id` if it has one.
 */
export function parseCommand(text: unknown): ParsedCommand {
  const fields = parseObject(text);
  if (fields === undefined) {
    const rule = typeof text === "string"
      ? "it must be a JSON object"
      : "commands are text, got a binary message";
    return { ok: false, message: `Cannot read command: ${rule}`, isNoise: true };
  }
  const { id } = fields;
  if (!isId(id)) {
    const rule = "field 'id' must be a string, a number, true, false or null";
    return {
      ok: false,
      message: `Cannot read command: ${rule}, got ${quote(id)}`,
    };
  }
  const own = id === undefined ? {} : { id };
  const read = readFields(fields);
  if (typeof read === "string") {
    const isNoise = id === undefined && !KNOWN.some((type) => type === fields.type);
    return { ok: false, message: `Cannot ${read}`, ...own, ...(isNoise ? { isNoise } : {}) };
  }
  return { ok: true, command: { ...read, ...own } };
}

/** The command, or what is wrong with it. */
function readFields(fields: Fields): Command | string {
  const type = KNOWN.find((each) => each === fields.type);
  switch (type) {
    case undefined: {
      const rule = `field 'type' must be one of ${KNOWN.map(quote).join(", ")}`;
      return `read command: ${rule}, got ${quote(fields.type)}`;
    }
    case "ack":
      return readAck(fields);
    case "annotate":
      return readAnnotate(fields);
    case "configure":
      return readConfigure(fields);
    case "control":
      return readControl(fields);
    default:
      return { type };
  }
}

function readAck({ sequence }: Fields): Command | string {
  if (typeof sequence === "number" && Number.isSafeInteger(sequence) && sequence > 0) {
    return { type: "ack", sequence };
  }
  return `take ack: field 'sequence' must be a picture's number, got ${quote(sequence)}`;
}

function readAnnotate({ type: _, id: __, camera, ...fields }: Fields): Command | string {
  const own = readCamera(camera);
  if (typeof own === "string") return `annotate: ${own}`;
  const annotation = readAnnotation(fields);
  if (typeof annotation === "string") return `annotate: ${annotation}`;
  return { type: "annotate", ...own, annotation };
}

function readControl({ camera, set }: Fields): Command | string {
  const own = readCamera(camera);
  if (typeof own === "string") return `control: ${own}`;
  if (set === undefined) return { type: "control", ...own };
  if (typeof set !== "object" || set === null || Array.isArray(set)) {
    return `control: field 'set' must be an object, got ${quote(set)}`;
  }
  return { type: "control", ...own, set: { ...set } };
}

/** The camera that a command names, if any; or what is wrong with the name. */
function readCamera(camera: unknown): { camera?: string } | string {
  if (camera === undefined) return {};
  if (typeof camera === "string") return { camera: camera.normalize("NFC") };
  return `field 'camera' must be a camera's name, got ${quote(camera)}`;
}

function readConfigure({ type: _, id: __, ...fields }: Fields): Command | string {
  const odd = Object.keys(fields).find((name) => !SETTINGS.some((each) => each === name));
  if (odd !== undefined) {
    return `configure: fields must be ${SETTINGS.map(quote).join(", ")}, got ${quote(odd)}`;
  }
  const parsed = parseSettings(fields);
  if (!parsed.ok) return `configure: ${parsed.message}`;
  return { type: "configure", settings: parsed.settings };
}

/** Deeply nested values could overflow the stack when they are written out again. */
function isId(id: unknown): id is CommandId | undefined {
  return id === undefined || typeof id !== "object" || id === null;
}

function parseObject(text: unknown): Fields | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? value as Fields : undefined;
  } catch {
    return undefined;
  }
}
