import type { AskingPage } from "./asking_page.ts";
import { corsHeaders } from "./cors.ts";
import type { OriginRule } from "./origin/origins.ts";

/**
 * For responses without a policy of their own, such as a picture or text that a browser shows by
 * itself.
 */
const PLAIN_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'";

export interface SecurityOptions {
  /** Whether pages of other origins may read it. @default {false} */
  isCrossOrigin?: boolean | undefined;
  /** The page that asks; `undefined` if it may not. */
  page: AskingPage | undefined;
  /** The server's name, as the client calls it, if the response is not a refusal. */
  host?: string | undefined;
  /**
   * Whether the credentials were ones that a browser adds by itself, whichever page asks.
   *
   * @default {false}
   */
  isAmbient?: boolean | undefined;
  /** The pages that may. */
  rule: OriginRule;
}

/** Tells browsers who may read, frame and cache a response. */
export function addSecurityHeaders(response: Response, options: SecurityOptions): void {
  const { headers } = response;
  const { isCrossOrigin = false, page } = options;
  const policy = headers.get("content-security-policy") ?? PLAIN_POLICY;
  headers.set("content-security-policy", `${policy}; frame-ancestors ${frameAncestors(options)}`);
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "no-referrer");
  headers.set("cache-control", "no-store");
  const resourcePolicy = isShared(headers, options) ? "cross-origin" : "same-origin";
  headers.set("cross-origin-resource-policy", resourcePolicy);
  if (!isCrossOrigin) return;
  headers.append("vary", "Origin");
  if (page === undefined) return;
  for (const [name, value] of Object.entries(corsHeaders(page))) headers.set(name, value);
}

/**
 * Whether a foreign page may show a response. A page that hides its origin (`Referrer-Policy:
 * no-referrer`, as in Home Assistant) can't be told from a program: it may show pictures, which it
 * can't read, if everyone may have them, but not pictures obtained by its visitor's cookie or
 * password.
 */
function isShared(headers: Headers, { page, rule, isAmbient = false }: SecurityOptions): boolean {
  if (page === undefined) return false;
  if (page.kind === "other" || isForAll(rule)) return true;
  const isPicture = /^(image|video|multipart)\//.test(headers.get("content-type") ?? "");
  return isPicture && !isAmbient && (page.kind === "none" || page.kind === "hidden");
}

function isForAll(rule: OriginRule): boolean {
  return rule.kind === "list" && rule.origins.includes("*");
}

/**
 * The pages that may show the response in a frame. Listed pages always may. Without a list, the
 * page that asks may, since private addresses can't be listed in a policy. Unless it is a refusal,
 * pages on this machine's other ports and with local names may as well, since a page may hide its
 * origin.
 */
function frameAncestors({ page, host, rule }: SecurityOptions): string {
  if (isForAll(rule)) return "*";
  const always = rule.kind === "list" ? rule.origins : [];
  const local = rule.kind === "list" || host === undefined ? [] : localSources(host);
  const asking = page === undefined || page.kind === "refused" ? undefined : page.origin;
  const named = [...always, ...local, asking ?? ""].filter((each) => SOURCE.test(each));
  return ["'self'", ...new Set(named)].join(" ");
}

/** An origin that a policy can name (CSP 3, 2.3.1); nothing that could begin another directive. */
const SOURCE = /^https?:\/\/[\w.:*[\]-]+$/;
const LOCAL_NAMES = ["localhost", "*.localhost", "*.local", "*.lan", "*.home.arpa", "*.internal"];

function localSources(host: string): string[] {
  // A policy can't name an IPv6 address.
  const own = host.startsWith("[") ? [] : [host];
  return [...own, ...LOCAL_NAMES].flatMap((name) => [`http://${name}:*`, `https://${name}:*`]);
}
