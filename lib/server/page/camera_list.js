import { httpUrl } from "./address.js";

const MOST_CAMERAS = 256;
const LEAST_REFRESH_S = 1;

/** A server's list of cameras, read again and again where the server says that cameras come and go. */
export class CameraList {
  #onList;
  #server = null;
  /** Tells the newest request from those that came too late. */
  #request = 0;
  /** When to read it again, by performance.now(). */
  #dueAt = Infinity;
  #refreshMs = Infinity;

  constructor({ onList }) {
    this.#onList = onList;
  }

  /** Another server, or none. */
  forget() {
    this.#request++;
    this.#dueAt = this.#refreshMs = Infinity;
  }

  /** To be called often, while somebody looks and the server is there. */
  tick(now) {
    if (now >= this.#dueAt) this.load(this.#server);
  }

  /** Reads a server's list; a server that refuses it is not asked again. */
  async load(server) {
    if (server !== this.#server) this.forget();
    this.#server = server;
    this.#dueAt = Infinity;
    const request = ++this.#request;
    try {
      const response = await fetch(httpUrl(server, "cameras"), { cache: "no-store" });
      const list = response.ok ? await response.json() : null;
      if (request !== this.#request) return;
      if (response.status < 500) this.#refreshMs = refreshOf(response);
      if (Array.isArray(list)) this.#onList(list.filter(isCamera).slice(0, MOST_CAMERAS));
    } catch {
      // No list, no menu.
    }
    if (request === this.#request) this.#dueAt = performance.now() + this.#refreshMs;
  }
}

function isCamera(item) {
  return typeof item?.name === "string";
}

function refreshOf({ ok, headers }) {
  const seconds = Number(headers.get("x-refresh"));
  return ok && seconds >= LEAST_REFRESH_S ? seconds * 1000 : Infinity;
}
