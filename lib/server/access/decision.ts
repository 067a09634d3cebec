import { STATUS_CODE, type StatusCode } from "@std/http/status";
import type { AskingPage } from "./asking_page.ts";

/** The rights of an accepted client. */
export interface Grant {
  /** Whether it may control cameras, only watch them, or not even see their names. */
  readonly rights: "control" | "watch" | "none";
  /** The only camera it may see; all if undefined. */
  readonly camera: string | undefined;
  /** When the rights end, in milliseconds since 1970; never if undefined. */
  readonly expires: number | undefined;
  /** The subprotocol that the response to a WebSocket handshake must name. */
  readonly protocol: string | undefined;
  /** The page that asks. */
  readonly page: AskingPage;
  /** Whether the credentials were ones that a browser adds by itself, whichever page asks. */
  readonly isAmbient: boolean;
  /** A cookie to set. */
  readonly cookie: string | undefined;
}

/** Whether a request is answered or refused. */
export type Decision =
  | Granted
  | Refusal;

/** The request is answered. */
export interface Granted {
  /** Discriminates it from a refusal. */
  readonly isGranted: true;
  /** The client's rights. */
  readonly grant: Grant;
  /** Fingerprints of wrong tokens that the request also contained. */
  readonly guesses: readonly number[];
}

/** A response in place of the requested one. */
export interface Refusal {
  /** Discriminates it from a grant. */
  readonly isGranted: false;
  /** HTTP's status. */
  readonly status: StatusCode;
  /** For the answer's body. */
  readonly reason: string;
  /** Further headers of the response. */
  readonly headers: Readonly<Record<string, string>>;
  /** Fingerprints of the wrong tokens in the request. */
  readonly guesses: readonly number[];
  /** Whether a token or link is missing or wrong, which makes guessers wait. */
  readonly isUnproven: boolean;
  /** The page that asks, if known. */
  readonly page?: AskingPage;
}

/** Grants a request, which may contain wrong credentials besides. */
export function grant(grant: Grant, guesses: readonly number[] = []): Decision {
  return { isGranted: true, grant, guesses };
}

export interface RefuseOptions {
  /**
   * Further headers of the response.
   *
   * @default {{}}
   */
  headers?: Record<string, string>;
  /**
   * Fingerprints of the wrong tokens in the request.
   *
   * @default {[]}
   */
  guesses?: readonly number[];
  /**
   * Whether a token or link is missing or wrong.
   *
   * @default {false}
   */
  isUnproven?: boolean;
}

/** Responds in place of the requested answer; without a reason, the response has no body. */
export function refuse(
  status: StatusCode,
  reason: string,
  { headers = {}, guesses = [], isUnproven = false }: RefuseOptions = {},
): Refusal {
  return { isGranted: false, status, reason, headers, guesses, isUnproven };
}

/** The response to a request that can't be parsed. */
export const MALFORMED: Refusal = refuse(
  STATUS_CODE.BadRequest,
  "Cannot read request: its address or 'Host' is malformed",
);
