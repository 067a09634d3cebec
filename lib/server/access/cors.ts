import type { AskingPage } from "./asking_page.ts";

/** Whether this is a browser's preflight request (Fetch, 3.2.2). */
export function isPreflight({ method, headers }: { method: string; headers: Headers }): boolean {
  return method === "OPTIONS" && headers.has("origin") &&
    headers.has("access-control-request-method");
}

/** The response to a preflight request. */
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
 * Lets a page read the response. Never with credentials: those that a browser adds by itself count
 * only for our own page.
 */
export function corsHeaders({ kind, origin }: AskingPage): Record<string, string> {
  if (origin === undefined || kind === "refused") return {};
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": "Retry-After, X-Refresh, X-Timestamp, X-Wscam-Reason",
  };
}
