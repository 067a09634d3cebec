const SAMPLES = 6;

/** Compares a server's clock with ours, for the page and every other wscam viewer. */
export class ServerClock {
  /** @type {{ roundTrip: number, offset: number }[]} */
  #samples = [];

  /**
   * Adds a measurement: the server's time in seconds since 1970, and the round trip in ms.
   *
   * @param {number} timestamp
   * @param {number} roundTrip
   */
  add(timestamp, roundTrip) {
    this.#samples.push({ roundTrip, offset: timestamp * 1000 - (Date.now() - roundTrip / 2) });
    if (this.#samples.length > SAMPLES) this.#samples.shift();
  }

  /** The server may have been restarted with another clock. */
  forget() {
    this.#samples = [];
  }

  /** The server's clock minus ours, in ms; null if unknown. */
  get offset() {
    return this.best?.offset ?? null;
  }

  /** The fastest of the last answers, which is the most accurate; null if there is none. */
  get best() {
    const [first, ...others] = this.#samples;
    if (first === undefined) return null;
    return others.reduce((best, each) => each.roundTrip < best.roundTrip ? each : best, first);
  }
}
