import type { AskingPage } from "./asking_page.ts";
import { corsHeaders } from "./cors.ts";
import type { OriginRule } from "./origin/origins.ts";

/** For answers that have no policy of their own: a browser shows a picture or text by itself. */
const PLAIN_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'";

/** Options of {@linkcode addSecurityHeaders}. */
export interface SecurityOptions {
  /** Whether pages of other origins may read it. @default {false} */
  isCrossOrigin?: boolean | undefined;
  /** The page that asks; nothing if it may not. */
  page: AskingPage | undefined;
  /** The server's name, as who asks calls it, where the answer is no refusal. */
  host?: string | undefined;
  /** Whether it was had by what a browser adds by itself, whichever page asks. @default {false} */
  isAmbient?: boolean | undefined;
  /** The pages that may. */
  rule: OriginRule;
}

/** Tells browsers who may read, show and keep an answer. */
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
 * Whether a page that isn't ours may show an answer. One that hides where it is from can't be told from a program
 * (`Referrer-Policy: no-referrer`, as Home Assistant has it): it may show pictures, which it can't read, where
 * whoever asks may have them, but none that its visitor's browser got by a cookie or a password.
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
 * The pages that may show the answer in a frame. The list always may. Without one, it is the page
 * that asks, for private addresses can't be named; and where there is more to show than a refusal,
 * pages of this machine's other ports and of local names, for a page may hide where it is from.
 */
function frameAncestors({ page, host, rule }: SecurityOptions): string {
  if (isForAll(rule)) return "*";
  const always = rule.kind === "list" ? rule.origins : [];
  const local = rule.kind === "list" || host === undefined ? [] : localSources(host);
  const asking = page === undefined || page.kind === "refused" ? undefined : page.origin;
  const named = [...always, ...local, asking ?? ""].filter((each) => SOURCE.test(each));
  return ["'self'", ...new Set(named)].join(" ");
}

/** A source that a policy may name (CSP 3, 2.3.1); nothing that begins another directive. */
const SOURCE = /^https?:\/\/[\w.:*[\]-]+$/;
const LOCAL_NAMES = ["localhost", "*.localhost", "*.local", "*.lan", "*.home.arpa", "*.internal"];

function localSources(host: string): string[] {
  // A policy can't name an IPv6 address.
  const own = host.startsWith("[") ? [] : [host];
  return [...own, ...LOCAL_NAMES].flatMap((name) => [`http://${name}:*`, `https://${name}:*`]);
}
