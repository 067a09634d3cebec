import { addressText, DEFAULT_PORT, SECRETS } from "../element/link/address.js";

/** @import { Secrets } from "../element/link/address.js" */

const STORAGE_KEY = "wscam.address";
const NOTHING_TYPED = { origin: "", token: "" };
/** A token that the user has typed since, and the server it is for. */
let typed = NOTHING_TYPED;
/** The query with which the page was opened. */
const openedWith = new URLSearchParams(globalThis.location?.search);

/** A page opened from a file looks for a server here. */
export const DEFAULT_ADDRESS = `ws://localhost:${DEFAULT_PORT}`;

/**
 * Returns the address of the server that this page came from, or null for a page opened from a
 * file.
 */
export function ownAddress() {
  if (!/^https?:$/.test(location.protocol)) return null;
  const url = new URL(location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  // A sub-path is kept, index.html is not.
  url.pathname = url.pathname.replace(/[^/]*\.[^/]*$/, "");
  url.search = url.hash = "";
  return url;
}

/**
 * The secrets in the page's own address are only for its own server: they must not reach another
 * server that the user types in, nor another program on the same machine.
 *
 * @param {URL} server
 * @returns {Secrets}
 */
export function secretsFor(server) {
  if (typed.origin === server.origin) return { token: typed.token };
  if (!isOwn(server)) return {};
  return Object.fromEntries(SECRETS.map((name) => [name, openedWith.get(name)]));
}

/** @param {URL} server */
function isOwn(server) {
  const own = ownAddress();
  return own === null || (own.protocol === server.protocol && own.host === server.host);
}

/**
 * Sends a token that the user typed to a server from now on.
 *
 * @param {URL} server
 * @param {string} token
 */
export function useToken(server, token) {
  typed = { origin: server.origin, token };
}

/**
 * Makes our own server keep an accepted token in a cookie that scripts can't read; the page then
 * doesn't need it any more.
 *
 * @param {URL} server
 */
export async function keepToken(server) {
  if (typed.origin !== server.origin || !/^https?:$/.test(location.protocol) || !isOwn(server)) {
    return;
  }
  const { token } = typed;
  typed = NOTHING_TYPED;
  const page = new URL(location.href);
  page.search = page.hash = "";
  page.searchParams.set("token", token);
  openedWith.delete("share");
  const headers = { accept: "application/json" };
  await fetch(page, { headers, cache: "no-store" }).then(({ body }) => body?.cancel(), () => {});
}

/**
 * A refused token is not sent again: to the server it would be one guess after the other.
 *
 * @param {URL} server
 */
export function forgetToken(server) {
  typed = NOTHING_TYPED;
  server.searchParams.delete("token");
  if (isOwn(server)) openedWith.delete("token");
}

/** The last typed address, if any. */
export function rememberedAddress() {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    // Storage may be disabled.
    return null;
  }
}

/**
 * No secret is left behind in a browser: an address with one is not remembered.
 *
 * @param {URL} url
 */
export function rememberAddress(url) {
  if (SECRETS.some((name) => url.searchParams.has(name)) || url.password !== "") return;
  try {
    localStorage.setItem(STORAGE_KEY, addressText(url));
  } catch {
    // Storage may be disabled or full.
  }
}

/**
 * Changes the query of the page's own address, which can be shared; null removes a field.
 *
 * @param {Readonly<Record<string, string | number | null>>} fields
 */
export function keepInAddress(fields) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(fields)) {
    if (value === null || value === "") url.searchParams.delete(name);
    else url.searchParams.set(name, String(value));
  }
  try {
    history.replaceState(null, "", url);
  } catch {
    // Some browsers refuse this for files.
  }
}

/** A served page keeps its address in the history: from now on the cookie replaces the token. */
export function hideToken() {
  if (ownAddress() !== null) keepInAddress({ token: null });
}
