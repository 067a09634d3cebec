import { parseAddress, socketUrl } from "../link/address.js";
import { askWhy } from "../link/refusal.js";
import { fetchCameras } from "../link/cameras.js";
import { viewTexts } from "../words/view_texts.js";

/** @import { FormatWish } from "../format_choice.js" */
/** @import { ViewSource } from "../wscam_view.js" */

const NUMBERS = /** @type {const} */ (["fps", "quality", "width"]);

/** The attributes that say which camera an element shows, and how. */
export const ATTRIBUTES = ["src", "camera", "token", "format", "annotations", ...NUMBERS];

/**
 * Whether an attribute can be changed while the camera is watched.
 *
 * @param {string} name
 */
export function isSetting(name) {
  return name === "format" || name === "annotations" || NUMBERS.some((each) => each === name);
}

/**
 * This viewer's settings, in the form of a command: null for the camera's own.
 *
 * @param {HTMLElement} element
 */
export function settingsOf(element) {
  const numbers = NUMBERS.map((name) => {
    const text = element.getAttribute(name)?.trim() ?? "";
    const value = Number(text);
    // The server rejects a text that is not a number.
    return /** @type {const} */ ([name, text === "" ? null : isNaN(value) ? text : value]);
  });
  return Object.fromEntries(numbers);
}

/** @param {HTMLElement} element */
function isAnnotated(element) {
  return !/^(null|0|false|off)$/.test(element.getAttribute("annotations") ?? "null");
}

/**
 * @param {HTMLElement} element
 * @returns {FormatWish}
 */
function formatOf(element) {
  const text = element.getAttribute("format")?.trim().toLowerCase() ?? "auto";
  return text === "h264" ? "h264" : /^(jpeg|binary|json)$/.test(text) ? "jpeg" : "auto";
}

/**
 * Parses an element's attributes.
 *
 * @param {HTMLElement} element
 * @returns {ViewSource}
 */
export function sourceOf(element) {
  /** @param {string} name */
  const read = (name) => element.getAttribute(name)?.trim() ?? "";
  // Settings in its query apply too, unless an attribute overrides them.
  const server = () => parseAddress(read("src"));
  const secrets = () => ({ token: read("token") || null });
  const camera = () => read("camera") || (server()?.searchParams.get("camera") ?? "");
  return {
    server,
    camera: () => camera().normalize("NFC"),
    address(format) {
      const url = server();
      if (url === null) throw new TypeError("Cannot connect: no server is named");
      const annotations = isAnnotated(element) ? 1 : null;
      const fields = { ...secrets(), ...settingsOf(element), annotations };
      return socketUrl(url, { ...fields, camera: camera(), format, ack: 1 });
    },
    announcedFps: () => Number(read("fps")) || undefined,
    async expectedFps() {
      const url = server();
      const cameras = url === null ? [] : await fetchCameras(url, secrets());
      const own = camera() === "" ? cameras[0] : cameras.find(({ name }) => name === camera());
      return own?.fps && Math.min(own.fps, Number(read("fps")) || Infinity);
    },
    format: () => formatOf(element),
    annotations: () => isAnnotated(element),
    askWhy: async () => {
      const url = server();
      return url && await askWhy(url, secrets());
    },
    nowhere() {
      const src = read("src");
      return {
        title: src === "" ? viewTexts.noServer : viewTexts.badServer(src.slice(0, 80)),
        detail: viewTexts.noServerDetail,
      };
    },
  };
}
