import type { Credentials } from "./credentials.ts";
import type { Client } from "../origin/forwarded.ts";
import type { Host } from "../origin/hosts.ts";

/** Browsers keep a cookie no longer than this; each visit renews it. */
const MAX_AGE_SECONDS = 400 * 24 * 60 * 60;

/**
 * The name of our cookie: cookies don't know of ports, and there may be another wscam on another
 * one.
 */
export function cookieName(host: Host | undefined, { isSecure }: Client): string {
  return `wscam_${host?.port || (isSecure ? "443" : "80")}`;
}

/**
 * The cookie that the page sets. It has no path, so that it belongs to the folder that the page was
 * opened in, wherever a proxy has put us.
 */
export function liveCookie(
  name: string,
  { value, isSecure }: { value: string; isSecure: boolean },
): string {
  const secure = isSecure ? "; Secure" : "";
  return `${name}=${value}; Max-Age=${MAX_AGE_SECONDS}; HttpOnly; SameSite=Strict${secure}`;
}

/** Takes a wrong cookie away, so that the browser doesn't send it again and is taken for a guesser. */
export function deadCookie(name: string, { cookie }: Credentials): Record<string, string> {
  if (cookie === undefined) return {};
  return { "set-cookie": `${name}=; Max-Age=0; HttpOnly; SameSite=Strict` };
}
