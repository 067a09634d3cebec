import { camerasIn, requestCameras } from "../element/link/cameras.js";
import { secretsFor } from "./address.js";

const LEAST_REFRESH_S = 1;

/** @import { CameraInfo } from "../element/link/cameras.js" */

/** A server's list of cameras, re-read regularly if the server says that cameras come and go. */
export class CameraList {
  /** @type {readonly CameraInfo[]} */
  cameras = [];
  #options;
  /** @type {URL | null} */
  #server = null;
  /** Distinguishes the current request from late ones. */
  #request = 0;
  /** When to read it again, by performance.now(). */
  #dueAt = Infinity;
  #refreshMs = Infinity;

  /**
   * @param {object} options
   * @param {() => void} options.onList when the list was read
   * @param {() => void} options.onNames when it has other cameras than before
   */
  constructor(options) {
    this.#options = options;
  }

  /** The name of the first camera; empty until known. */
  get first() {
    return this.cameras[0]?.name ?? "";
  }

  /**
   * The camera with that name; the first one if there is none.
   *
   * @param {string} name
   */
  of(name) {
    return this.cameras.find((each) => each.name === name) ?? this.cameras[0];
  }

  /**
   * Whether there is a camera with that name; any camera if the name is empty.
   *
   * @param {string} name
   */
  has(name) {
    return name === "" ? this.cameras.length > 0 : this.cameras.some((each) => each.name === name);
  }

  /** Another server, or none. */
  forget() {
    this.cameras = [];
    this.#stopReading();
  }

  #stopReading() {
    this.#request++;
    this.#dueAt = this.#refreshMs = Infinity;
  }

  /**
   * To be called frequently, while the page is visible and the server is there.
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
    if (server !== this.#server) this.#stopReading();
    this.#server = server;
    this.#dueAt = Infinity;
    const request = ++this.#request;
    try {
      const response = await requestCameras(server, secretsFor(server));
      const list = camerasIn(response.ok ? await response.json() : null);
      if (request !== this.#request) return;
      if (response.status < 500) this.#refreshMs = refreshOf(response);
      if (list !== null) this.#take(list);
    } catch {
      // No list, no menu.
    }
    if (request === this.#request) this.#dueAt = performance.now() + this.#refreshMs;
  }

  /** @param {readonly CameraInfo[]} cameras */
  #take(cameras) {
    const isOther = namesOf(cameras) !== namesOf(this.cameras);
    this.cameras = cameras;
    if (isOther) this.#options.onNames();
    this.#options.onList();
  }
}

/** @param {readonly CameraInfo[]} cameras */
function namesOf(cameras) {
  return JSON.stringify(cameras.map(({ name }) => name));
}

/** @param {Response} response */
function refreshOf({ ok, headers }) {
  const seconds = Number(headers.get("x-refresh"));
  return ok && seconds >= LEAST_REFRESH_S ? seconds * 1000 : Infinity;
}
