import { FAILURE_CODES, type FailureCode } from "../../frame/source_error.ts";
import { printable } from "../../log.ts";

/** A publisher's message about a camera, every second and at each change. */
export interface Announcement {
  /** One run of one wscam. */
  readonly instance: string;
  /** When it began to publish, in milliseconds since 1970 on its clock. */
  readonly since: number;
  /** The machine's name. */
  readonly host: string;
  /** How the camera is; `gone` when it is published no more. */
  readonly state: "closed" | "opening" | "live" | "failed" | "gone";
  /** Why it has failed, for programs. */
  readonly code?: FailureCode;
  /** Why it has failed. */
  readonly reason?: string;
}

/** An edge's message while it has viewers, every two seconds. */
export interface Want {
  /** The edge's identity. */
  readonly edge: string;
  /** The publisher that it takes pictures from, once it knows one. */
  readonly instance?: string;
  /** Its last viewer has left. */
  readonly end?: true;
}

const MAX_BYTES = 4096;
const MAX_REASON = 300;
const STATES: readonly Announcement["state"][] = ["closed", "opening", "live", "failed", "gone"];
const ID = /^[\w-]{1,64}$/;

/** A message as bytes. */
export function bytesOf(message: object): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(message));
}

/** Reads an announcement; `undefined` when it is none. */
export function parseAnnouncement(data: Uint8Array): Announcement | undefined {
  const { instance, since, host, state, code, reason } = parseObject(data);
  const known = STATES.find((each) => each === state);
  if (!isId(instance) || known === undefined) return undefined;
  if (typeof since !== "number" || !(since >= 0 && since <= Number.MAX_SAFE_INTEGER)) {
    return undefined;
  }
  const why = typeof reason === "string" ? printable(reason.slice(0, MAX_REASON)) : "failed";
  return {
    instance,
    since,
    state: known,
    host: typeof host === "string" ? printable(host.slice(0, 64)) : "",
    ...(known === "failed" ? { code: codeOf(code), reason: why } : {}),
  };
}

/** A publisher of another version may have other codes, or none. */
function codeOf(value: unknown): FailureCode {
  return FAILURE_CODES.find((each) => each === value) ?? "failed";
}

/** Reads what an edge wants; `undefined` when it is nothing of the kind. */
export function parseWant(data: Uint8Array): Want | undefined {
  const { edge, instance, end } = parseObject(data);
  if (!isId(edge)) return undefined;
  return {
    edge,
    ...(isId(instance) ? { instance } : {}),
    ...(end === true ? { end } : {}),
  };
}

/** An identity that nobody else has. */
export function newId(): string {
  return crypto.randomUUID();
}

/** Whether a value from outside can be an identity. */
export function isId(value: unknown): value is string {
  return typeof value === "string" && ID.test(value);
}

/** Reads an object in JSON; an empty one where there is none, or too large a one. */
export function parseObject(data: Uint8Array, maxBytes = MAX_BYTES): Record<string, unknown> {
  if (data.length > maxBytes) return {};
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(data));
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
