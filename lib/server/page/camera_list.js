import { camerasIn, requestCameras } from "../element/link/cameras.js";
import { secretsFor } from "./address.js";

const LEAST_REFRESH_S = 1;

/** @import { CameraInfo } from "../element/link/cameras.js" */

/** A server's list of cameras, read again and again where the server says that cameras come and go. */
export class CameraList {
  #onList;
  /** @type {URL | null} */
  #server = null;
  /** Tells the newest request from those that came too late. */
  #request = 0;
  /** When to read it again, by performance.now(). */
  #dueAt = Infinity;
  #refreshMs = Infinity;

  /** @param {{ onList: (cameras: CameraInfo[]) => void }} options */
  constructor({ onList }) {
    this.#onList = onList;
  }

  /** Another server, or none. */
  forget() {
    this.#request++;
    this.#dueAt = this.#refreshMs = Infinity;
  }

  /**
   * To be called often, while somebody looks and the server is there.
   *
   * @param {number} now
   */
  tick(now) {
    if (now >= this.#dueAt && this.#server !== null) this.load(this.#server);
  }

  /**
   * Reads a server's list; a server that refuses it is not asked again.
   *
   * @param {URL} server
   */
  async load(server) {
    if (server !== this.#server) this.forget();
    this.#server = server;
    this.#dueAt = Infinity;
    const request = ++this.#request;
    try {
      const response = await requestCameras(server, secretsFor(server));
      const list = camerasIn(response.ok ? await response.json() : null);
      if (request !== this.#request) return;
      if (response.status < 500) this.#refreshMs = refreshOf(response);
      if (list !== null) this.#onList(list);
    } catch {
      // No list, no menu.
    }
    if (request === this.#request) this.#dueAt = performance.now() + this.#refreshMs;
  }
}

/** @param {Response} response */
function refreshOf({ ok, headers }) {
  const seconds = Number(headers.get("x-refresh"));
  return ok && seconds >= LEAST_REFRESH_S ? seconds * 1000 : Infinity;
}
