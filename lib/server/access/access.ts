/**
 * Who may look: every request, for a page, a picture or a WebSocket, goes through here.
 *
 * @module
 */
import { STATUS_CODE } from "@std/http/status";
import type { Logger } from "../../log.ts";
import { atMostEvery } from "../../time/at_most_every.ts";
import { type Asked, decide, isHealthCheck, type Rules } from "./decide.ts";
import { type Decision, type Grant, MALFORMED, type Refusal, refuse } from "./decision.ts";
import { endingAt } from "./expiry.ts";
import { type Client, clientOf, trustedProxies } from "./forwarded.ts";
import { hostsOf } from "./origins.ts";
import { createSecret } from "./secret.ts";
import { addSecurityHeaders } from "./security_headers.ts";
import { Throttle } from "./throttle.ts";
import { plain } from "../answers.ts";
import { requestUrl } from "../request_url.ts";

/** Who may look, as the user says it. */
export interface AccessOptions {
  /** Everyone needs it, if there is one. @default {none} */
  token?: string | undefined;
  /** Which web pages may connect; without any, those of the local network. @default {[]} */
  allowOrigins?: readonly string[];
  /** Proxies whose word is taken: addresses, networks, `unix`. @default {[]} */
  trustProxies?: readonly string[];
}

/** Options of {@linkcode guard}. */
export interface GuardOptions extends AccessOptions {
  /** Whether requests come over our own TLS. @default {false} */
  isTls?: boolean;
  /** Where it is said that somebody guesses. */
  log: Logger;
}

/** Answers a request of somebody who may ask. */
export type Answer = (
  request: Request,
  grant: Grant,
  about: RequestFacts,
) => Response | Promise<Response>;

/** What was found out about a request. */
export interface RequestFacts {
  /** Where it goes. */
  url: URL;
  /** Where who asks is, as far as that is known. */
  address: string | undefined;
}

/** A flood of guessers is no flood of log lines. */
const TELL_MS = 1000;

/** Who is counted together where there is no address. */
const UNIX = "unix";

/** Puts the rules about who may look in front of what answers. */
export function guard(
  answer: Answer,
  { isTls = false, log, trustProxies = [], ...options }: GuardOptions,
): Deno.ServeHandler<Deno.Addr> {
  const rules = rulesOf(options);
  const proxies = trustedProxies(trustProxies);
  const throttle = new Throttle();
  const warn = atMostEvery(TELL_MS, log.warn);
  return (request, { remoteAddr }) => {
    const url = requestUrl(request);
    if (url === null) return secured(respond(MALFORMED), undefined);
    const client = clientOf({
      ...{ headers: request.headers, isTls },
      peer: "hostname" in remoteAddr ? remoteAddr.hostname : undefined,
      // HTTP/2 has it in the address.
      host: request.headers.get("host") ?? url.host,
    }, proxies);
    const { method, headers } = request;
    const asked = { method, headers, url, client, now: Date.now() };
    const decision = tooManyGuesses(asked, throttle) ?? decide(asked, rules);
    report(decision, { client, throttle, log: { ...log, warn } });
    if (!decision.isGranted) {
      return secured(respond(decision), decision.page);
    }
    const { grant } = decision;
    const answered = answer(request, grant, { url, address: client.address });
    return answered instanceof Response ? finish(answered) : answered.then(finish);

    function finish(response: Response): Response {
      if (response.status === STATUS_CODE.SwitchingProtocols) return response;
      if (grant.cookie !== undefined) response.headers.append("set-cookie", grant.cookie);
      return secured(untilExpiry(response, grant), grant.page);
    }

    function secured(response: Response, page: Grant["page"] | undefined): Response {
      addSecurityHeaders(response, { url, page, rule: rules.origins });
      return response;
    }
  };
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

function tooManyGuesses(asked: Asked, throttle: Throttle): Refusal | undefined {
  const seconds = throttle.waitSeconds(asked.client.address ?? UNIX, performance.now());
  if (seconds === 0 || isHealthCheck(asked)) return undefined;
  return refuse(
    STATUS_CODE.TooManyRequests,
    `Too many wrong tokens came from your address: try again in ${seconds} s`,
    { headers: { "retry-after": String(seconds) } },
  );
}

function report(
  decision: Decision,
  { client: { address = UNIX }, throttle, log }: {
    client: Client;
    throttle: Throttle;
    log: Logger;
  },
): void {
  const { guesses } = decision;
  const now = performance.now();
  const wasBlocked = throttle.waitSeconds(address, now) > 0;
  for (let i = 0; i < guesses; i++) throttle.fail(address, now);
  if (!wasBlocked && throttle.waitSeconds(address, now) > 0) {
    log.warn(`Ten wrong tokens came from ${address}: it is refused for a minute`);
  } else if (!decision.isGranted && decision.reason !== "") {
    log.debug(`Refused a request of ${address}: ${decision.reason}`);
  }
}

function respond({ status, reason, headers }: Refusal): Response {
  if (reason === "") return new Response(null, { status, headers });
  return plain(status, reason, headers);
}

/** A stream ends when the link does that opened it. */
function untilExpiry(response: Response, { expires }: Grant): Response {
  const { status, headers } = response;
  const isStream = headers.get("content-type")?.startsWith("multipart/") ?? false;
  // Deno tells no length of a body that was only looked at.
  if (expires === undefined || !isStream || response.body === null) return response;
  return new Response(endingAt(response.body, expires), { status, headers });
}
