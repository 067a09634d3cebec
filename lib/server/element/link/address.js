export const DEFAULT_PORT = 8765;
/** Query fields that contain secrets. */
export const SECRETS = ["token", "share"];
const PROTOCOLS = new Map([["ws", "ws"], ["wss", "wss"], ["http", "ws"], ["https", "wss"]]);

/**
 * The secrets that give access, by query field.
 *
 * @typedef {Readonly<Record<string, string | null>>} Secrets
 */

/**
 * Returns the WebSocket URL for what a user typed, or null.
 *
 * @param {string} text
 */
export function parseAddress(text) {
  // Chinese keyboards produce a full-width colon.
  const typed = text.trim().replaceAll("：", ":");
  const [prefix, scheme = ""] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(typed) ?? ["", ""];
  const protocol = prefix === ""
    ? (location.protocol === "https:" ? "wss" : "ws")
    : PROTOCOLS.get(scheme.toLowerCase());
  let [, host = "", rest = ""] = /^([^/?#]*)(.*)$/.exec(typed.slice(prefix.length)) ?? ["", "", ""];
  if (protocol === undefined || host === "") return null;
  // A bare IPv6 address.
  if (/^[0-9a-f.]*:[0-9a-f.]*:[0-9a-f:.]*$/i.test(host)) host = `[${host}]`;
  if (prefix === "" && !/:\d+$/.test(host)) host += `:${DEFAULT_PORT}`;
  try {
    const url = new URL(`${protocol}://${host}${rest}`);
    url.hash = "";
    // Some browsers accept a sentence as a host name.
    return url.hostname.includes("%") ? null : url;
  } catch {
    return null;
  }
}

/**
 * An address in the form that users write.
 *
 * @param {URL} url
 */
export function addressText(url) {
  return placeText(url) + url.search;
}

/**
 * A server's address without its possible secrets.
 *
 * @param {URL} url
 */
export function placeText({ protocol, host, pathname }) {
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
}

/**
 * A server's WebSocket URL with query fields; null and empty ones are left out.
 *
 * @param {URL} server
 * @param {Readonly<Record<string, string | number | null>>} fields
 */
export function socketUrl(server, fields) {
  const url = new URL(server);
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null && value !== "") url.searchParams.set(name, String(value));
  }
  return url.href;
}

/**
 * A server's HTTP address, with the secrets that give access: those in its own address, or else
 * `secrets`.
 *
 * @param {URL} server
 * @param {"cameras" | "stream"} path
 * @param {Secrets} secrets
 */
export function httpUrl(server, path, secrets) {
  const url = new URL(server);
  const shown = SECRETS.map((
    name,
  ) => /** @type {const} */ ([name, url.searchParams.get(name) ?? secrets[name] ?? null]));
  url.protocol = url.protocol === "wss:" ? "https:" : "http:";
  url.pathname = url.pathname.replace(/\/?$/, `/${path}`);
  url.search = url.username = url.password = "";
  for (const [name, value] of shown) if (value !== null) url.searchParams.set(name, value);
  return url.href;
}
