import { httpUrl } from "./address.js";
import { isNumber } from "./message.js";

const MOST_CAMERAS = 256;

/** @import { Secrets } from "./address.js" */

/**
 * A camera in a server's list.
 *
 * @typedef {object} CameraInfo
 * @property {string} name
 * @property {number} [fps] the rate that it delivers now, if that is known
 */

/**
 * Requests a server's list of cameras.
 *
 * @param {URL} server
 * @param {Secrets} secrets
 */
export function requestCameras(server, secrets) {
  const headers = { accept: "application/json" };
  return fetch(httpUrl(server, "cameras", secrets), { headers, cache: "no-store" });
}

/**
 * A server's cameras.
 *
 * @param {URL} server
 * @param {Secrets} secrets
 */
export async function fetchCameras(server, secrets) {
  const response = await requestCameras(server, secrets);
  return camerasIn(response.ok ? await response.json() : null) ?? [];
}

/**
 * The cameras in a list; null if it is not one.
 *
 * @param {unknown} list
 * @returns {CameraInfo[] | null}
 */
export function camerasIn(list) {
  if (!Array.isArray(list)) return null;
  return list.map((item) => Object(item)).filter(({ name }) => typeof name === "string")
    .slice(0, MOST_CAMERAS)
    .map(({ name, fps }) => ({ name, ...(isNumber(fps) ? { fps } : {}) }));
}
