import type { Credentials } from "./credentials.ts";
import type { Client } from "../origin/forwarded.ts";
import type { Host } from "../origin/hosts.ts";

/** The longest lifetime that browsers allow for a cookie; each visit renews it. */
const MAX_AGE_SECONDS = 400 * 24 * 60 * 60;

/**
 * The name of our cookie: cookies don't distinguish ports, and another wscam may run on another
 * one.
 */
export function cookieName(host: Host | undefined, { isSecure }: Client): string {
  return `wscam_${host?.port || (isSecure ? "443" : "80")}`;
}

/**
 * The cookie that the page sets. It has no path, so it applies to the folder that the page was
 * opened in, wherever a proxy has put us.
 */
export function liveCookie(
  name: string,
  { value, isSecure }: { value: string; isSecure: boolean },
): string {
  const secure = isSecure ? "; Secure" : "";
  return `${name}=${value}; Max-Age=${MAX_AGE_SECONDS}; HttpOnly; SameSite=Strict${secure}`;
}

/** Deletes a wrong cookie, so that the browser doesn't send it again and count as guessing. */
export function deadCookie(name: string, { cookie }: Credentials): Record<string, string> {
  if (cookie === undefined) return {};
  return { "set-cookie": `${name}=; Max-Age=0; HttpOnly; SameSite=Strict` };
}
