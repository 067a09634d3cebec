import { ATTEMPT_MS, findTold, readOutage } from "./link/told_outage.js";

/** @import { Connection } from "./link/connection.js" */
/** @import { Answer } from "./link/questions.js" */

const LONGEST_SERVER_TEXT = 300;
/** How often a server is asked whether a missing camera has appeared. */
const MISSING_EVERY_MS = 5000;
/** A camera that is live again gets this long until its pictures, in whatever format, are here. */
const FINE_MS = 5000;

/**
 * Why a camera gives no pictures, as far as the server has said.
 *
 * @typedef {object} Outage
 * @property {string} words the server's own, in English
 * @property {string} code the server's; empty until it told
 * @property {string} camera
 * @property {boolean} isMissing whether the server has no such camera now
 * @property {number} retryAt the time of the next try, by performance.now(); NaN if that is unknown
 *
 * @typedef {object} OutageEvents
 * @property {() => string} camera its name, or nothing for the first
 * @property {(outage: Outage) => void} onOutage there is one, or more is known of it
 * @property {() => void} onThere a camera that was missing is there
 * @property {() => void} onFine it is not the camera that is wrong
 */

/**
 * Asks the server why a camera gives no pictures, and when it is retried: the time changes with
 * each failed attempt.
 */
export class OutageWatch {
  #connection;
  #events;
  /** @type {Outage | null} */
  #outage = null;
  #askAt = Infinity;
  /** When the camera was first said to be live in this outage, by performance.now(). */
  #liveSince = NaN;

  /**
   * @param {Connection} connection
   * @param {OutageEvents} events
   */
  constructor(connection, events) {
    this.#connection = connection;
    this.#events = events;
  }

  /**
   * The server has reported a problem.
   *
   * @param {string} words
   */
  begin(words) {
    this.#tell({
      words: words.slice(0, LONGEST_SERVER_TEXT),
      code: "",
      camera: this.#events.camera(),
      isMissing: false,
      retryAt: NaN,
    });
    this.ask();
  }

  end() {
    this.#outage = null;
    this.#liveSince = NaN;
    this.#askAt = Infinity;
  }

  /** @param {number} now */
  tick(now) {
    if (this.#outage === null || now < this.#askAt) return;
    this.#askAt = now + ATTEMPT_MS;
    this.ask();
  }

  /** Asks for the camera's reason and its next attempt. */
  ask() {
    if (this.#outage === null || !this.#connection.isKnown) return;
    this.#connection.ask({ type: "status" }).then((status) => this.#read(status), () => {});
  }

  /** @param {Answer} status */
  #read({ cameras }) {
    if (this.#outage === null || !Array.isArray(cameras)) return;
    const own = findTold(cameras, this.#events.camera());
    const now = performance.now();
    if (own === undefined) {
      this.#askAt = now + MISSING_EVERY_MS;
      this.#tell({ ...this.#outage, isMissing: true });
      return;
    }
    // Its pictures come over another connection.
    if (this.#outage.isMissing) return this.#events.onThere();
    if (own.state === "closed") this.#events.onFine();
    if (own.state === "live") this.#expectPictures(now);
    else this.#liveSince = NaN;
    const told = readOutage(own, this.#connection.clock.offset ?? 0);
    if (told === undefined) return;
    this.#askAt = now + told.askMs;
    this.#tell({
      words: told.reason.slice(0, LONGEST_SERVER_TEXT),
      code: told.code,
      camera: told.camera,
      isMissing: false,
      retryAt: now + told.retryMs,
    });
  }

  /** @param {number} now */
  #expectPictures(now) {
    if (isNaN(this.#liveSince)) this.#liveSince = now;
    if (now - this.#liveSince >= FINE_MS) this.#events.onFine();
    else this.#askAt = this.#liveSince + FINE_MS;
  }

  /** @param {Outage} outage */
  #tell(outage) {
    this.#outage = outage;
    this.#events.onOutage(outage);
  }
}
