import type { AskingPage } from "./asking_page.ts";
import { corsHeaders } from "./cors.ts";
import type { OriginRule } from "./origins.ts";

/** For answers that have no policy of their own: a browser shows a picture or text by itself. */
const PLAIN_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'";

/** Options of {@linkcode addSecurityHeaders}. */
export interface SecurityOptions {
  /** Whether pages of other origins may read it. @default {false} */
  isCrossOrigin?: boolean | undefined;
  /** Who asks; nobody who may. */
  page: AskingPage | undefined;
  /** Which pages may. */
  rule: OriginRule;
}

/** Tells browsers who may read, show and keep an answer. */
export function addSecurityHeaders(
  response: Response,
  { isCrossOrigin = false, page, rule }: SecurityOptions,
): void {
  const { headers } = response;
  const policy = headers.get("content-security-policy") ?? PLAIN_POLICY;
  const ancestors = frameAncestors(page, rule);
  headers.set("content-security-policy", `${policy}; frame-ancestors ${ancestors}`);
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "no-referrer");
  headers.set("cache-control", "no-store");
  const isShared = page?.kind === "other" || (page !== undefined && isForAll(rule));
  headers.set("cross-origin-resource-policy", isShared ? "cross-origin" : "same-origin");
  if (!isCrossOrigin) return;
  headers.append("vary", "Origin");
  if (page === undefined) return;
  for (const [name, value] of Object.entries(corsHeaders(page))) headers.set(name, value);
}

function isForAll(rule: OriginRule): boolean {
  return rule.kind === "list" && rule.origins.includes("*");
}

/** Which pages may show the answer in a frame: private addresses can't be named, so it is the one that asks. */
function frameAncestors(page: AskingPage | undefined, rule: OriginRule): string {
  if (isForAll(rule)) return "*";
  const listed = rule.kind === "list" ? rule.origins : [];
  const asking = page?.kind === "refused" ? undefined : page?.origin;
  const origins = [...listed, asking ?? ""].filter((each) => /^https?:\/\/[\w.:[\]-]+$/.test(each));
  return ["'self'", ...new Set(origins)].join(" ");
}
