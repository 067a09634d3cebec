const DEFAULT_PORT = 8765;
const STORAGE_KEY = "wscam.address";
/** Query fields that let their bearer in. */
const SECRETS = ["token", "share"];
const NOTHING_TYPED = { origin: "", token: "" };
/** A token that somebody has typed since, and for which server. */
let typed = NOTHING_TYPED;
/** What the page was opened with. */
const openedWith = new URLSearchParams(globalThis.location?.search);

const PROTOCOLS = new Map([["ws", "ws"], ["wss", "wss"], ["http", "ws"], ["https", "wss"]]);

/** Where a page that was opened as a file looks for a server. */
export const DEFAULT_ADDRESS = `ws://localhost:${DEFAULT_PORT}`;

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

/** Returns the address of the server that this page came from, or null for a page opened as a file. */
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
 * An address as a person would write it.
 *
 * @param {URL} url
 */
export function addressText(url) {
  return placeText(url) + url.search;
}

/**
 * The secrets in the page's own address are for its own server: they must not reach another one that somebody types in,
 * nor another program on the same machine.
 *
 * @param {URL} server
 * @returns {Record<string, string | null>}
 */
function secretsFor(server) {
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
 * Shows a token that somebody typed to a server from now on.
 *
 * @param {URL} server
 * @param {string} token
 */
export function useToken(server, token) {
  typed = { origin: server.origin, token };
}

/**
 * Has a token that was typed and taken kept by our own server in a cookie, where no script sees it; the page needs it no
 * more then.
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
 * A token that was refused is not shown again: to the server it would be one guess after the other.
 *
 * @param {URL} server
 */
export function forgetToken(server) {
  typed = NOTHING_TYPED;
  server.searchParams.delete("token");
  if (isOwn(server)) openedWith.delete("token");
}

/**
 * Where a server is, without what may be a secret.
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
  for (const [name, value] of Object.entries({ ...secretsFor(server), ...fields })) {
    if (value !== null && value !== "") url.searchParams.set(name, String(value));
  }
  return url.href;
}

/**
 * Where a server answers over HTTP, with what lets us in.
 *
 * @param {URL} server
 * @param {"cameras" | "stream"} path
 */
export function httpUrl(server, path) {
  const url = new URL(server);
  const own = secretsFor(server);
  const secrets = SECRETS.map((
    name,
  ) => /** @type {const} */ ([name, url.searchParams.get(name) ?? own[name] ?? null]));
  url.protocol = url.protocol === "wss:" ? "https:" : "http:";
  url.pathname = url.pathname.replace(/\/?$/, `/${path}`);
  url.search = url.username = url.password = "";
  for (const [name, value] of secrets) if (value !== null) url.searchParams.set(name, value);
  return url.href;
}

/** The address that was typed last, if any. */
export function rememberedAddress() {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    // Storage may be switched off.
    return null;
  }
}

/**
 * Secrets are not left behind in a browser: an address that holds one is not remembered.
 *
 * @param {URL} url
 */
export function rememberAddress(url) {
  if (SECRETS.some((name) => url.searchParams.has(name)) || url.password !== "") return;
  try {
    localStorage.setItem(STORAGE_KEY, addressText(url));
  } catch {
    // Storage may be switched off or full.
  }
}

/**
 * Changes the query of the page's own address, by which it can be shared; null takes a field away.
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
    // Some browsers refuse it for files.
  }
}

/** The address of a page that was served stays in the history: the cookie stands for the token from now on. */
export function hideToken() {
  if (ownAddress() !== null) keepInAddress({ token: null });
}
