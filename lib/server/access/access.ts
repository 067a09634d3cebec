/**
 * Access control: every request, for a page, a picture or a WebSocket, passes through here.
 *
 * @module
 */
import { STATUS_CODE } from "@std/http/status";
import type { Logger } from "../../log.ts";
import { atMostEvery } from "../../time/at_most_every.ts";
import { askingPage, isPageMade } from "./asking_page.ts";
import { decide, type Question, type Rules } from "./decide.ts";
import { type Decision, type Grant, type Refusal, refuse } from "./decision.ts";
import { clientOf, type TrustedProxies, trustedProxies } from "./origin/forwarded.ts";
import { parseHost } from "./origin/hosts.ts";
import { hostsOf } from "./origin/origins.ts";
import { createSecret } from "./token/secret.ts";
import { addSecurityHeaders } from "./security_headers.ts";
import { Throttle, type Visitor } from "./token/throttle.ts";
import { plain } from "../answers.ts";
import { reasonHeader } from "../refusal/reason.ts";
import { unmapped } from "../sockets/address_text.ts";

/** The user's access rules. */
export interface AccessOptions {
  /**
   * The token that everyone needs.
   *
   * @default {none}
   */
  token?: string | undefined;
  /**
   * Web pages that may connect; if empty, those of the local network.
   *
   * @default {[]}
   */
  allowOrigins?: readonly string[];
  /**
   * Trusted proxies: addresses, networks, `unix`.
   *
   * @default {[]}
   */
  trustProxies?: readonly string[];
}

export interface GuardOptions extends AccessOptions {
  /**
   * Whether requests come over our own TLS.
   *
   * @default {false}
   */
  isTls?: boolean;
  /** Called when somebody guesses tokens. */
  log: Logger;
}

/** A request, and the row of the route table that answers it. */
export interface RoutedRequest {
  /** The request. */
  readonly request: Request;
  /** Its address. */
  readonly url: URL;
  /** The row. */
  readonly route: Question["route"];
  /** The peer's address. */
  readonly remoteAddr: Deno.Addr;
}

/**
 * Answers a request that was allowed.
 *
 * @param address the client's address, as far as it is known
 */
export type Answer = (grant: Grant, address: string | undefined) => Response | Promise<Response>;

/** A flood of guesses must not flood the log. */
const TELL_MS = 1000;

/** Stands for the address of all clients of a Unix socket. */
const UNIX = "unix";

/** The access rules, applied before anything answers. */
export class Guard {
  #rules: Rules;
  readonly #isTls: boolean;
  #proxies: TrustedProxies;
  readonly #log: Logger;
  readonly #throttle = new Throttle();

  constructor({ isTls = false, log, trustProxies = [], ...options }: GuardOptions) {
    this.#rules = rulesOf(options);
    this.#isTls = isTls;
    this.#proxies = trustedProxies(trustProxies);
    this.#log = { ...log, warn: atMostEvery(TELL_MS, log.warn) };
  }

  /** Applies other rules from now on. */
  update({ trustProxies = [], ...options }: AccessOptions): void {
    if (options.token !== this.#rules.token?.text) this.#throttle.forgetProofs();
    this.#rules = rulesOf(options);
    this.#proxies = trustedProxies(trustProxies);
  }

  /** Answers a request, or says why not. */
  pass(
    { request: { method, headers }, url, route, remoteAddr }: RoutedRequest,
    answer: Answer,
  ): Response | Promise<Response> {
    const client = clientOf({
      headers,
      isTls: this.#isTls,
      peer: "hostname" in remoteAddr ? unmapped(remoteAddr.hostname) : undefined,
      // HTTP/2 has the host in the address.
      host: headers.get("host") ?? url.host,
    }, this.#proxies);
    const page = askingPage(headers, { self: client, rule: this.#rules.origins });
    const { address = UNIX, isHidden } = client;
    const visitor = { address, isHidden, isPageMade: isPageMade(headers, page) };
    const isShut = this.#throttle.isShut(visitor, performance.now());
    const question = { method, headers, url, route, client, page, isShut, now: Date.now() };
    const decision = this.#slowed(decide(question, this.#rules), visitor);
    if (!decision.isGranted) return this.refuse(decision, route);
    const { grant } = decision;
    const host = parseHost(client.host ?? "")?.name;
    const finish = (response: Response): Response => this.#finish(response, { grant, route, host });
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
    { grant, route: { isCrossOrigin }, host }: {
      grant: Grant;
      route: Question["route"];
      host: string | undefined;
    },
  ): Response {
    if (response.status === STATUS_CODE.SwitchingProtocols) return response;
    const { cookie, page, isAmbient } = grant;
    if (cookie !== undefined) response.headers.append("set-cookie", cookie);
    const rule = this.#rules.origins;
    addSecurityHeaders(response, { page, host, isAmbient, rule, isCrossOrigin });
    return response;
  }

  /** Counts wrong tokens; an address that has shown too many has to wait. */
  #slowed(decision: Decision, visitor: Visitor): Decision {
    const { address } = visitor;
    const now = performance.now();
    const seconds = this.#throttle.waitSeconds(address, now);
    if (this.#throttle.fail(visitor, decision.guesses, now)) {
      this.#log.warn(
        `Ten wrong tokens came from ${address}: for a minute only the right one is accepted from there`,
      );
    } else if (!decision.isGranted && decision.reason !== "") {
      this.#log.debug(`Refused a request from ${address}: ${decision.reason}`);
    }
    if (!decision.isGranted) {
      return decision.isUnproven && seconds > 0 ? mustWait(decision, seconds) : decision;
    }
    const isOwner = this.#rules.token !== undefined && decision.grant.rights === "control";
    if (isOwner) this.#throttle.succeed(address, now);
    return decision;
  }
}

/** Replaces a refusal if the address has shown too many wrong tokens. */
function mustWait({ headers, page }: Refusal, seconds: number): Refusal {
  const cookie = headers["set-cookie"];
  const refusal = refuse(
    STATUS_CODE.TooManyRequests,
    `Too many wrong tokens came from your address: try again in ${seconds} s`,
    {
      headers: {
        "retry-after": String(seconds),
        ...reasonHeader("too-many-guesses", { seconds }),
        ...(cookie === undefined ? {} : { "set-cookie": cookie }),
      },
    },
  );
  return page === undefined ? refusal : { ...refusal, page };
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
