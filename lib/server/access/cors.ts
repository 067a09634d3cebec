import type { AskingPage } from "./asking_page.ts";

/** Whether a browser asks if a page may ask (Fetch, 3.2.2). */
export function isPreflight({ method, headers }: { method: string; headers: Headers }): boolean {
  return method === "OPTIONS" && headers.has("origin") &&
    headers.has("access-control-request-method");
}

/** The answer to such a question. */
export function preflightHeaders(headers: Headers, page: AskingPage): Record<string, string> {
  return {
    ...corsHeaders(page),
    "access-control-allow-methods": "GET, HEAD",
    "access-control-allow-headers": "authorization",
    "access-control-max-age": "600",
    ...(headers.has("access-control-request-private-network")
      ? { "access-control-allow-private-network": "true" }
      : {}),
  };
}

/**
 * Lets a page read the answer. Never with credentials: what a browser adds by itself counts for our own
 * page only.
 */
export function corsHeaders({ kind, origin }: AskingPage): Record<string, string> {
  if (origin === undefined || kind === "refused") return {};
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": "Retry-After, X-Refresh, X-Timestamp, X-Wscam-Reason",
  };
}
