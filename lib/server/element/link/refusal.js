import { httpUrl } from "./address.js";

const LIMIT_MS = 5000;
const LONGEST_VALUE = 200;
/** Tiles that are refused together ask only once. */
const SAME_FOR_MS = 1000;
const RETRY_MS = 5000;
/**
 * A viewer that was refused for good is retried after this long, since the server's settings may
 * change.
 */
const RETRY_REFUSED_MS = 30_000;
/** Only the visitor can fix these: retrying would look like guessing. */
const FINAL = ["token-needed", "token-wrong", "link-ended", "link-damaged", "link-other"];

/**
 * Why a server refuses access.
 *
 * @typedef {object} Refusal
 * @property {string} code which words to use
 * @property {Readonly<Record<string, string>>} values the subjects of the words
 * @property {number} retryMs when to try again; Infinity for never
 */

/** @import { Secrets } from "./address.js" */

/** @type {{ url: string, at: number, answer: Promise<Refusal | null> }} */
let lastQuestion = { url: "", at: -Infinity, answer: Promise.resolve(null) };

/**
 * Asks a server that refused a WebSocket for the reason, at the address of its list: browsers tell
 * a page nothing about a failed handshake. Resolves to null if nobody answers.
 *
 * @param {URL} server
 * @param {Secrets} secrets
 */
export function askWhy(server, secrets) {
  const url = httpUrl(server, "cameras", secrets);
  const now = performance.now();
  if (url !== lastQuestion.url || now - lastQuestion.at > SAME_FOR_MS) {
    lastQuestion = { url, at: now, answer: ask(server, secrets).catch(() => null) };
  }
  return lastQuestion.answer;
}

/**
 * A permanent refusal.
 *
 * @param {string} code
 * @returns {Refusal}
 */
export function finalRefusal(code) {
  return { code, values: {}, retryMs: Infinity };
}

/**
 * @param {URL} server
 * @param {Secrets} secrets
 * @returns {Promise<Refusal>}
 */
async function ask(server, secrets) {
  const refusal = readRefusal(await request(httpUrl(server, "cameras", secrets), "GET"));
  if (refusal.code !== "no-websocket") return refusal;
  // The list needs no seat, but pictures do.
  return readRefusal(await request(httpUrl(server, "stream", secrets), "HEAD"));
}

/**
 * @param {string} url
 * @param {"GET" | "HEAD"} method
 */
async function request(url, method) {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), LIMIT_MS);
  try {
    // This tells the server that the browser must not ask for a password.
    const headers = { accept: "application/json" };
    return await fetch(url, { method, headers, cache: "no-store", signal: timeout.signal });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {{ status: number, headers: Headers }} response
 * @returns {Refusal}
 */
export function readRefusal({ status, headers }) {
  const { code, values } = readReason(headers.get("x-wscam-reason")) ??
    { code: codeOf(status), values: {} };
  const seconds = Number(headers.get("retry-after"));
  const usualMs = status === 403 ? RETRY_REFUSED_MS : RETRY_MS;
  const retryMs = FINAL.includes(code) ? Infinity : seconds > 0 ? seconds * 1000 : usualMs;
  return { code, values: { status: String(status), ...values }, retryMs };
}

/** @param {string | null} text */
function readReason(text) {
  const [code = "", ...pairs] = (text ?? "").split("; ");
  if (!/^[a-z-]+$/.test(code)) return null;
  /** @type {Record<string, string>} */
  const values = {};
  for (const pair of pairs) {
    const [name = "", value = ""] = pair.split("=");
    values[name] = decodeText(value).slice(0, LONGEST_VALUE);
  }
  return { code, values };
}

/** @param {string} text */
function decodeText(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The meaning of a status without a reason, from an older wscam or a proxy.
 *
 * @param {number} status
 */
function codeOf(status) {
  if (status < 300) return "no-websocket";
  if (status === 401) return "token-needed";
  if (status === 403) return "refused";
  if (status === 429) return "too-many-requests";
  return status >= 500 ? "unavailable" : "not-wscam";
}
