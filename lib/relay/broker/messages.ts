import { FAILURE_CODES, type FailureCode } from "../../frame/source_error.ts";
import { printable } from "../../log.ts";

/** A publisher's announcement of a camera, sent every second and at each change. */
export interface Announcement {
  /** Identifies one run of one wscam. */
  readonly instance: string;
  /** When it began to publish, in milliseconds since 1970 on its clock. */
  readonly since: number;
  /** The machine's name. */
  readonly host: string;
  /** The camera's state; `gone` when it is no longer published. */
  readonly state: "closed" | "opening" | "live" | "failed" | "gone";
  /** Why it has failed, as a code for programs. */
  readonly code?: FailureCode;
  /** Why it has failed. */
  readonly reason?: string;
}

/** An edge's message while it has viewers, sent every two seconds. */
export interface Want {
  /** The edge's identity. */
  readonly edge: string;
  /** The publisher it takes pictures from, once it knows one. */
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

/** Parses an announcement; `undefined` if it is not one. */
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

/** Parses an edge's message; `undefined` if it is not one. */
export function parseWant(data: Uint8Array): Want | undefined {
  const { edge, instance, end } = parseObject(data);
  if (!isId(edge)) return undefined;
  return {
    edge,
    ...(isId(instance) ? { instance } : {}),
    ...(end === true ? { end } : {}),
  };
}

/** A unique identity. */
export function newId(): string {
  return crypto.randomUUID();
}

/** Whether a value from outside can be an identity. */
export function isId(value: unknown): value is string {
  return typeof value === "string" && ID.test(value);
}

/** Parses a JSON object; empty if there is none, or it is too large. */
export function parseObject(data: Uint8Array, maxBytes = MAX_BYTES): Record<string, unknown> {
  if (data.length > maxBytes) return {};
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(data));
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
