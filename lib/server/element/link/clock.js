const SAMPLES = 6;

/** Compares a server's clock with ours: for the page, and every other viewer that is ours. */
export class ServerClock {
  /** @type {{ roundTrip: number, offset: number }[]} */
  #samples = [];

  /**
   * Takes a server's time in seconds since 1970, and how long it took to get it in ms.
   *
   * @param {number} timestamp
   * @param {number} roundTrip
   */
  add(timestamp, roundTrip) {
    this.#samples.push({ roundTrip, offset: timestamp * 1000 - (Date.now() - roundTrip / 2) });
    if (this.#samples.length > SAMPLES) this.#samples.shift();
  }

  /** The server may have been started again with another clock. */
  forget() {
    this.#samples = [];
  }

  /** Server clock minus ours in ms; null where the server never told. */
  get offset() {
    return this.best?.offset ?? null;
  }

  /** The fastest of the last answers, which tells most; null where there was none. */
  get best() {
    const [first, ...others] = this.#samples;
    if (first === undefined) return null;
    return others.reduce((best, each) => each.roundTrip < best.roundTrip ? each : best, first);
  }
}
