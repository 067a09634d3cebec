import type { AskingPage } from "./asking_page.ts";

const PICTURE_PATHS = ["/stream", "/stream.mjpg", "/snapshot", "/snapshot.jpg"];
const LIST_PATHS = ["/cameras", "/state"];

/** What pages of other origins may read, if they may connect at all. */
export function crossOriginPaths(kind: "picture" | "all"): string[] {
  return kind === "picture" ? PICTURE_PATHS : [...PICTURE_PATHS, ...LIST_PATHS];
}

/** Whether an address is one of them. */
export function isCrossOriginPath({ pathname, searchParams }: URL): boolean {
  if (pathname === "/") return searchParams.has("action");
  return PICTURE_PATHS.includes(pathname) || LIST_PATHS.includes(pathname);
}

/** Whether a browser asks if a page may ask (Fetch, 3.2.2). */
export function isPreflight(
  { method, headers, url }: { method: string; headers: Headers; url: URL },
): boolean {
  return method === "OPTIONS" && headers.has("origin") &&
    headers.has("access-control-request-method") && isCrossOriginPath(url);
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
    "access-control-expose-headers": "X-Timestamp, X-Refresh",
  };
}
