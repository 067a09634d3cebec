/**
 * Who may look: every request, for a page, a picture or a WebSocket, goes through here.
 *
 * @module
 */
import { STATUS_CODE } from "@std/http/status";
import type { Logger } from "../../log.ts";
import { atMostEvery } from "../../time/at_most_every.ts";
import { decide, type Question, type Rules } from "./decide.ts";
import { type Decision, type Grant, type Refusal, refuse } from "./decision.ts";
import { endingAt } from "./expiry.ts";
import { type Client, clientOf, type TrustedProxies, trustedProxies } from "./forwarded.ts";
import { hostsOf } from "./origins.ts";
import { createSecret } from "./secret.ts";
import { addSecurityHeaders } from "./security_headers.ts";
import { Throttle } from "./throttle.ts";
import { plain } from "../answers.ts";
import { reasonHeader } from "../refusal/reason.ts";

/** Who may look, as the user says it. */
export interface AccessOptions {
  /** Everyone needs it, if there is one. @default {none} */
  token?: string | undefined;
  /** Which web pages may connect; without any, those of the local network. @default {[]} */
  allowOrigins?: readonly string[];
  /** Proxies whose word is taken: addresses, networks, `unix`. @default {[]} */
  trustProxies?: readonly string[];
}

/** Options of {@linkcode Guard}. */
export interface GuardOptions extends AccessOptions {
  /** Whether requests come over our own TLS. @default {false} */
  isTls?: boolean;
  /** Where it is said that somebody guesses. */
  log: Logger;
}

/** A request, and the row of the table of routes that answers it. */
export interface RoutedRequest {
  /** The request. */
  readonly request: Request;
  /** Its address. */
  readonly url: URL;
  /** The row. */
  readonly route: Question["route"];
  /** Who connected. */
  readonly remoteAddr: Deno.Addr;
}

/**
 * Answers a request of somebody who may ask.
 *
 * @param address where who asks is, as far as that is known
 */
export type Answer = (grant: Grant, address: string | undefined) => Response | Promise<Response>;

/** A flood of guessers is no flood of log lines. */
const TELL_MS = 1000;

/** Who is counted together where there is no address. */
const UNIX = "unix";

/** The rules about who may look, in front of whatever answers. */
export class Guard {
  readonly #rules: Rules;
  readonly #isTls: boolean;
  readonly #proxies: TrustedProxies;
  readonly #log: Logger;
  readonly #throttle = new Throttle();

  /** Nobody has guessed yet. */
  constructor({ isTls = false, log, trustProxies = [], ...options }: GuardOptions) {
    this.#rules = rulesOf(options);
    this.#isTls = isTls;
    this.#proxies = trustedProxies(trustProxies);
    this.#log = { ...log, warn: atMostEvery(TELL_MS, log.warn) };
  }

  /** Answers a request, or says why not. */
  pass(
    { request: { method, headers }, url, route, remoteAddr }: RoutedRequest,
    answer: Answer,
  ): Response | Promise<Response> {
    const client = clientOf({
      headers,
      isTls: this.#isTls,
      peer: "hostname" in remoteAddr ? remoteAddr.hostname : undefined,
      // HTTP/2 has it in the address.
      host: headers.get("host") ?? url.host,
    }, this.#proxies);
    const question = { method, headers, url, route, client, now: Date.now() };
    const decision = this.#tooManyGuesses(question) ?? decide(question, this.#rules);
    this.#report(decision, client);
    if (!decision.isGranted) return this.refuse(decision, route);
    const { grant } = decision;
    const finish = (response: Response): Response => this.#finish(response, { grant, route });
    const answered = answer(grant, client.address);
    return answered instanceof Response ? finish(answered) : answered.then(finish);
  }

  /** Answers in place of a row. */
  refuse(refusal: Refusal, { isCrossOrigin }: Partial<Question["route"]> = {}): Response {
    const response = respond(refusal);
    addSecurityHeaders(response, { page: refusal.page, rule: this.#rules.origins, isCrossOrigin });
    return response;
  }

  #finish(
    response: Response,
    { grant, route: { isCrossOrigin, isEndless } }: { grant: Grant; route: Question["route"] },
  ): Response {
    if (response.status === STATUS_CODE.SwitchingProtocols) return response;
    const { cookie, page } = grant;
    if (cookie !== undefined) response.headers.append("set-cookie", cookie);
    const ending = isEndless ? untilExpiry(response, grant) : response;
    addSecurityHeaders(ending, { page, rule: this.#rules.origins, isCrossOrigin });
    return ending;
  }

  #tooManyGuesses({ client: { address = UNIX }, route }: Question): Refusal | undefined {
    const seconds = this.#throttle.waitSeconds(address, performance.now());
    if (seconds === 0 || route.who === "everybody") return undefined;
    return refuse(
      STATUS_CODE.TooManyRequests,
      `Too many wrong tokens came from your address: try again in ${seconds} s`,
      {
        headers: {
          "retry-after": String(seconds),
          ...reasonHeader("too-many-guesses", { seconds }),
        },
      },
    );
  }

  #report(decision: Decision, { address = UNIX }: Client): void {
    const now = performance.now();
    const wasBlocked = this.#throttle.waitSeconds(address, now) > 0;
    for (let i = 0; i < decision.guesses; i++) this.#throttle.fail(address, now);
    if (!wasBlocked && this.#throttle.waitSeconds(address, now) > 0) {
      this.#log.warn(`Ten wrong tokens came from ${address}: it is refused for a minute`);
    } else if (!decision.isGranted && decision.reason !== "") {
      this.#log.debug(`Refused a request of ${address}: ${decision.reason}`);
    }
  }
}

function rulesOf({ token, allowOrigins = [] }: AccessOptions): Rules {
  return {
    token: token === undefined ? undefined : { text: token, secret: createSecret(token) },
    origins: allowOrigins.length > 0 ? { kind: "list", origins: allowOrigins } : { kind: "local" },
    hosts: {
      machine: Deno.hostname(),
      named: hostsOf(allowOrigins),
      any: allowOrigins.includes("*"),
    },
  };
}

function respond({ status, reason, headers }: Refusal): Response {
  if (reason === "") return new Response(null, { status, headers });
  return plain(status, reason, headers);
}

/** A stream ends when the link does that opened it. */
function untilExpiry(response: Response, { expires }: Grant): Response {
  const { status, headers } = response;
  if (expires === undefined || !response.ok || response.body === null) return response;
  return new Response(endingAt(response.body, expires), { status, headers });
}
