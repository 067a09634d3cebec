import { STATUS_CODE } from "@std/http/status";
import { quote } from "../../protocol/quote.ts";
import { isLocalAddress } from "./origin/addresses.ts";
import { type AskingPage, mayUseCookie } from "./asking_page.ts";
import { cookieName, deadCookie, liveCookie } from "./token/cookie.ts";
import { isPreflight, preflightHeaders } from "./cors.ts";
import { type Credentials, credentialsOf } from "./token/credentials.ts";
import { type Decision, type Grant, grant, MALFORMED, type Refusal, refuse } from "./decision.ts";
import type { Client } from "./origin/forwarded.ts";
import { type Host, type HostRule, isKnownHost, parseHost } from "./origin/hosts.ts";
import { judge, refuseShown, type Token } from "./judge.ts";
import { isNowhere, type OriginRule } from "./origin/origins.ts";
import type { ShareLink } from "./token/share_link.ts";
import type { Route } from "../route.ts";
import { reasonHeader } from "../refusal/reason.ts";

/** The rules of access. */
export interface Rules {
  /** Everyone needs it, if there is one. */
  readonly token: Token | undefined;
  /** Web pages that may connect. */
  readonly origins: OriginRule;
  /** Names of this server. */
  readonly hosts: HostRule;
}

/** A request to decide on. */
export interface Question {
  /** Its method. */
  readonly method: string;
  /** Its address. */
  readonly url: URL;
  /** Its headers. */
  readonly headers: Headers;
  /** The row that would answer it. */
  readonly route: Pick<Route, "who" | "isCrossOrigin" | "isPage">;
  /** The client that asks. */
  readonly client: Client;
  /** The page that asks. */
  readonly page: AskingPage;
  /**
   * Whether tokens are ignored because too many wrong ones came.
   *
   * @default {false}
   */
  readonly isShut?: boolean;
  /** The time, in milliseconds since 1970. */
  readonly now: number;
}

/** Decides on a request, purely by the given facts. */
export function decide(question: Question, rules: Rules): Decision {
  const decision = consider(question, rules);
  return decision.isGranted ? decision : { ...decision, page: question.page };
}

function consider(question: Question, rules: Rules): Decision {
  const { headers, client, url, route, page } = question;
  const host = client.host === undefined || client.host === "" ? undefined : parseHost(client.host);
  const refusal = refuseAddress(client, host, rules) ??
    (page.kind === "refused" ? refusePage(page) : undefined);
  if (refusal !== undefined) return refusal;
  if (route.isCrossOrigin && isPreflight(question)) {
    return refuse(STATUS_CODE.NoContent, "", { headers: preflightHeaders(headers, page) });
  }
  const name = cookieName(host, client);
  const credentials = credentialsOf({ headers, query: url.searchParams, cookieName: name });
  const open: Open = {
    camera: undefined,
    expires: undefined,
    cookie: undefined,
    protocol: credentials.protocol,
    isAmbient: false,
    page,
  };
  const { token } = rules;
  if (token === undefined) {
    if (page.kind === "hidden") return refusePage(page);
    return grant({ ...open, rights: rightsByPlace(client, page) });
  }
  const decision = considerToken(question, { token, credentials, name, open });
  const isOpen = route.who === "everybody" && page.kind !== "hidden" && !decision.isGranted;
  return isOpen ? grant({ ...open, rights: "none" }, decision.guesses) : decision;
}

/** A grant before the client's rights are known. */
type Open = Omit<Grant, "rights">;

function considerToken(
  question: Question,
  { token, credentials, name, open }: {
    token: Token;
    credentials: Credentials;
    name: string;
    open: Open;
  },
): Decision {
  const { headers, client, url, route, page, now, isShut = false } = question;
  const shown = judge(credentials, { page, now, isShut, ...token });
  const dead = mayUseCookie(page) ? deadCookie(name, credentials) : {};
  // It is an old one, or it would have counted.
  if (shown.kind === "link") {
    return grantLink(question, shown, { ...open, cookie: dead["set-cookie"] });
  }
  if (shown.kind !== "token") {
    // The client showed only this, and it is wrong.
    if (page.kind === "hidden") return refusePage(page, shown.guesses);
    return refuseShown(shown, dead);
  }
  const control = { ...open, rights: "control", isAmbient: shown.isAmbient } as const;
  if (!route.isPage || question.method !== "GET") return grant(control);
  const cookie = liveCookie(name, { value: token.secret.cookie, isSecure: client.isSecure });
  if (url.searchParams.has("token") && keepsCookie(headers)) return withoutToken(url, cookie);
  return grant({ ...control, cookie });
}

function refuseAddress(
  { host: said }: Client,
  host: Host | undefined,
  { hosts }: Rules,
): Refusal | undefined {
  // Browsers always send one; HTTP/1.0 and simple programs need not.
  if (said === undefined || said === "") return undefined;
  if (host === undefined) return MALFORMED;
  if (isKnownHost(host, hosts)) return undefined;
  return refuse(
    STATUS_CODE.Forbidden,
    `This server isn't known by the name ${quote(host.name)}: use its IP address, ` +
      `or start wscam with '--allow-origin https://${host.name}'`,
    { headers: reasonHeader("unknown-host", { host: host.name }) },
  );
}

function refusePage({ origin }: AskingPage, guesses: readonly number[] = []): Refusal {
  const named = origin === undefined || isNowhere(origin)
    ? "that doesn't say its origin"
    : `of ${quote(origin)}`;
  return refuse(
    STATUS_CODE.Forbidden,
    `A web page ${named} may not connect: '--allow-origin' names those that may`,
    {
      headers: reasonHeader(
        "foreign-page",
        origin === undefined || isNowhere(origin) ? {} : { origin },
      ),
      guesses,
      isUnproven: guesses.length > 0,
    },
  );
}

/** Without a token, everyone on the local network may do everything, as always. */
function rightsByPlace({ address, isHidden }: Client, { origin }: AskingPage): Grant["rights"] {
  const isLocal = address === undefined || isLocalAddress(address);
  const isNobodys = origin !== undefined && isNowhere(origin);
  return isLocal && !isHidden && !isNobodys ? "control" : "watch";
}

function grantLink(
  { url, route }: Question,
  { link: { camera, expires }, guesses }: { link: ShareLink; guesses: readonly number[] },
  open: Open,
): Decision {
  const asked = url.searchParams.get("camera")?.normalize("NFC");
  const isOther = asked !== undefined && asked !== camera;
  if (isOther || route.who === "owner") {
    const reason = `This link shows only camera ${quote(camera)}`;
    return refuse(STATUS_CODE.Forbidden, reason, {
      guesses,
      headers: reasonHeader("link-other", { camera }),
    });
  }
  return grant({ ...open, rights: "watch", camera, expires: expires * 1000 }, guesses);
}

/**
 * Whether the browser will send the cookie with this request: not if a page of another site led
 * here.
 */
function keepsCookie(headers: Headers): boolean {
  return /^(none|same-origin)$/.test(headers.get("sec-fetch-site") ?? "") &&
    headers.get("sec-fetch-dest") === "document";
}

/** The same page without the token in its address, for the browser's history. */
function withoutToken(url: URL, cookie: string): Refusal {
  const query = new URLSearchParams(url.searchParams);
  query.delete("token");
  // Relative, since a proxy may have changed the path.
  const location = query.size > 0 ? `./?${query}` : "./";
  return refuse(STATUS_CODE.SeeOther, "", { headers: { location, "set-cookie": cookie } });
}
