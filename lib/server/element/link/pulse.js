import { ServerClock } from "./clock.js";
import { isNumber } from "./message.js";

/** @import { Answer } from "./questions.js" */

const PING_EVERY_MS = 5000;
/** A server that answers none of these knows no commands, or is deaf. */
const FIRST_PINGS = 3;
const FIRST_PINGS_EVERY_MS = 500;

/**
 * @typedef {object} PulseEvents
 * @property {(command: object) => Promise<Answer>} ask sends a command
 * @property {() => void} onAnswered the server has answered the first ping of a connection
 */

/** Pings a server: whether it answers, and what its clock says. */
export class Pulse {
  /** The server's clock. */
  clock = new ServerClock();
  /** Whether the server answers pings, and so other commands. */
  isAnswered = false;
  #events;
  #pings = 0;
  #pingedAt = 0;

  /** @param {PulseEvents} events */
  constructor(events) {
    this.#events = events;
  }

  /** Whether the server has had time to answer, and has not. */
  get isUnanswered() {
    return !this.isAnswered && this.#pings >= FIRST_PINGS;
  }

  /** A connection is open. */
  begin() {
    this.#pings = 0;
    this.ping();
  }

  /** There is no connection any more. */
  end() {
    this.isAnswered = false;
  }

  /**
   * Pings when it is time; to be called frequently while a connection is open.
   *
   * @param {number} now
   */
  tick(now) {
    const pause = this.#pings < FIRST_PINGS ? FIRST_PINGS_EVERY_MS : PING_EVERY_MS;
    if (now - this.#pingedAt >= pause) this.ping();
  }

  /** Asks for the server's time. */
  ping() {
    const sentAt = this.#pingedAt = performance.now();
    this.#pings++;
    this.#events.ask({ type: "ping" }).then(({ timestamp }) => {
      if (!isNumber(timestamp)) return;
      if (!this.isAnswered) this.#begin();
      this.clock.add(timestamp, performance.now() - sentAt);
    }).catch(() => {});
  }

  #begin() {
    this.isAnswered = true;
    this.clock.forget();
    this.#events.onAnswered();
  }
}
