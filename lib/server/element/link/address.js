export const DEFAULT_PORT = 8765;
/** Query fields that let their bearer in. */
export const SECRETS = ["token", "share"];
const PROTOCOLS = new Map([["ws", "ws"], ["wss", "wss"], ["http", "ws"], ["https", "wss"]]);

/**
 * The secrets that let us in, by the names of query fields.
 *
 * @typedef {Readonly<Record<string, string | null>>} Secrets
 */

/**
 * Returns the WebSocket URL meant by what a person typed, or null.
 *
 * @param {string} text
 */
export function parseAddress(text) {
  // Chinese keyboards write a full-width colon.
  const typed = text.trim().replaceAll("：", ":");
  const [prefix, scheme = ""] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(typed) ?? ["", ""];
  const protocol = prefix === ""
    ? (location.protocol === "https:" ? "wss" : "ws")
    : PROTOCOLS.get(scheme.toLowerCase());
  let [, host = "", rest = ""] = /^([^/?#]*)(.*)$/.exec(typed.slice(prefix.length)) ?? ["", "", ""];
  if (protocol === undefined || host === "") return null;
  // An IPv6 address as it is.
  if (/^[0-9a-f.]*:[0-9a-f.]*:[0-9a-f:.]*$/i.test(host)) host = `[${host}]`;
  if (prefix === "" && !/:\d+$/.test(host)) host += `:${DEFAULT_PORT}`;
  try {
    const url = new URL(`${protocol}://${host}${rest}`);
    url.hash = "";
    // Some browsers take a sentence for a host name.
    return url.hostname.includes("%") ? null : url;
  } catch {
    return null;
  }
}

/**
 * An address as a person would write it.
 *
 * @param {URL} url
 */
export function addressText(url) {
  return placeText(url) + url.search;
}

/**
 * A server's address, without anything that may be a secret.
 *
 * @param {URL} url
 */
export function placeText({ protocol, host, pathname }) {
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
}

/**
 * A server's WebSocket, with what is asked of it; what is null or empty is not.
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
 * A server's address over HTTP, with the secrets that let us in: of its own address, or else of
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
