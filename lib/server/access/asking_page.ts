import { isAllowedOrigin, isOwnOrigin, type OriginRule, type Self } from "./origin/origins.ts";

/** The web page behind a request. */
export interface AskingPage {
  /**
   * - `none`: a program, or somebody who opens an address
   * - `own`: the server's page
   * - `other`: one that may connect
   * - `hidden`: one that doesn't say where it is from, and may not connect for that
   * - `refused`: one that may not
   */
  readonly kind: "none" | "own" | "other" | "hidden" | "refused";
  /** Its origin, if known; `null` for a page that hides it. */
  readonly origin: string | undefined;
}

/**
 * Determines which page is behind a request. `Origin` says so, always for WebSockets. Requests of
 * `<img>` and the like have none: then `Referer` says it, and `Sec-Fetch-Site` where browsers send
 * it (to localhost and over TLS).
 */
export function askingPage(
  headers: Headers,
  { self, rule }: { self: Self; rule: OriginRule },
): AskingPage {
  const origin = headers.get("origin");
  if (origin !== null) return judge(origin, { self, rule });
  if (isWebSocket(headers)) return { kind: "none", origin: undefined };
  const referrer = refererOf(headers);
  const from = referrer === undefined ? undefined : judge(referrer, { self, rule });
  const site = headers.get("sec-fetch-site");
  if (site === "same-origin") return { kind: "own", origin: undefined };
  // Anyone may follow a link to the page; the response says which pages may show it in a frame.
  if (site === "none" || isNavigation(headers)) {
    return { kind: "none", origin: from?.kind === "refused" ? undefined : from?.origin };
  }
  if (from !== undefined) return from;
  // The response says which pages may show it in a frame, and the browser knows which page it is.
  if (site === null || isFrame(headers)) return { kind: "none", origin: undefined };
  // Another port of this machine, or a listed page, along with all pages that hide their origin.
  const isLocal = rule.kind === "local" && site === "same-site";
  const isListed = rule.kind === "list" && isAllowedOrigin("null", rule);
  return { kind: isLocal || isListed ? "other" : "hidden", origin: "null" };
}

/**
 * Whether credentials that a browser adds by itself count: only for our own page, and for a user
 * who opens an address.
 */
export function mayUseCookie({ kind }: AskingPage): boolean {
  return kind === "none" || kind === "own";
}

/** Whether a request asks for a WebSocket. */
export function isWebSocket(headers: Headers): boolean {
  return headers.get("upgrade")?.toLowerCase() === "websocket";
}

/**
 * Whether a foreign page could have made a browser send this. Over plain HTTP, a picture requested
 * by a page that hides its origin (`Referrer-Policy: no-referrer`) can't be told from an address
 * that somebody typed.
 */
export function isPageMade(headers: Headers, { kind }: AskingPage): boolean {
  if (kind !== "none") return kind !== "own";
  return headers.has("sec-fetch-site") || /^Mozilla\//.test(headers.get("user-agent") ?? "");
}

function judge(origin: string, { self, rule }: { self: Self; rule: OriginRule }): AskingPage {
  if (isOwnOrigin(origin, self)) return { kind: "own", origin };
  return { kind: isAllowedOrigin(origin, rule) ? "other" : "refused", origin };
}

/** Whether a user opens an address in a window, as far as the request tells. */
function isNavigation(headers: Headers): boolean {
  const destination = headers.get("sec-fetch-dest");
  if (destination !== null) return destination === "document";
  return headers.get("accept")?.includes("text/html") ?? false;
}

/** Whether a page requests something to show in a frame. */
function isFrame(headers: Headers): boolean {
  return /^i?frame$/.test(headers.get("sec-fetch-dest") ?? "");
}

function refererOf(headers: Headers): string | undefined {
  const url = URL.parse(headers.get("referer") ?? "");
  return url === null ? undefined : url.origin;
}
