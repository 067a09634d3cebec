import { STATUS_CODE, type StatusCode } from "@std/http/status";
import type { AskingPage } from "./asking_page.ts";

/** The rights of a client that was let in. */
export interface Grant {
  /** Whether the cameras may be controlled, watched, or not even be named. */
  readonly rights: "control" | "watch" | "none";
  /** The only camera to be seen; all where it is undefined. */
  readonly camera: string | undefined;
  /** When it is over, in milliseconds since 1970; never where it is undefined. */
  readonly expires: number | undefined;
  /** The subprotocol that the answer to a WebSocket handshake must name. */
  readonly protocol: string | undefined;
  /** The page that asks. */
  readonly page: AskingPage;
  /** Whether it was had by what a browser adds by itself, whichever page asks. */
  readonly isAmbient: boolean;
  /** A cookie for the answer. */
  readonly cookie: string | undefined;
}

/** Says whether a request is answered or refused. */
export type Decision =
  | Granted
  | Refusal;

/** The request is answered. */
export interface Granted {
  /** Tells it from a refusal. */
  readonly isGranted: true;
  /** By whom, and for how long. */
  readonly grant: Grant;
  /** Wrong tokens that were tried besides, as fingerprints. */
  readonly guesses: readonly number[];
}

/** An answer in place of what was asked for. */
export interface Refusal {
  /** Tells it from a grant. */
  readonly isGranted: false;
  /** HTTP's status. */
  readonly status: StatusCode;
  /** For the answer's body. */
  readonly reason: string;
  /** Further headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** Wrong tokens that were tried, as fingerprints. */
  readonly guesses: readonly number[];
  /** Whether it is for want of a token or a link, which guessers have to wait for. */
  readonly isUnproven: boolean;
  /** The page that asks, where that is known. */
  readonly page?: AskingPage;
}

/** Lets somebody in, who may have tried wrong credentials besides. */
export function grant(grant: Grant, guesses: readonly number[] = []): Decision {
  return { isGranted: true, grant, guesses };
}

/** Options of {@linkcode refuse}. */
export interface RefuseOptions {
  /** Further headers of the answer. @default {{}} */
  headers?: Record<string, string>;
  /** Wrong tokens that were tried, as fingerprints. @default {[]} */
  guesses?: readonly number[];
  /** Whether it is for want of a token or a link. @default {false} */
  isUnproven?: boolean;
}

/** Answers in place of what was asked for; without a reason, the answer has no body. */
export function refuse(
  status: StatusCode,
  reason: string,
  { headers = {}, guesses = [], isUnproven = false }: RefuseOptions = {},
): Refusal {
  return { isGranted: false, status, reason, headers, guesses, isUnproven };
}

/** An answer to a request that doesn't say, or not in a way to be read, what it asks for. */
export const MALFORMED: Refusal = refuse(
  STATUS_CODE.BadRequest,
  "Cannot read request: its address or 'Host' is malformed",
);
