const SAMPLES = 6;

/** Compares a server's clock with ours. */
export class ServerClock {
  #samples = [];

  /** Takes a server's time in seconds since 1970, and how long it took to get it in ms. */
  add(timestamp, roundTrip) {
    this.#samples.push({ roundTrip, offset: timestamp * 1000 - (Date.now() - roundTrip / 2) });
    if (this.#samples.length > SAMPLES) this.#samples.shift();
  }

  /** The server may have been started again with another clock. */
  forget() {
    this.#samples = [];
  }

  /** Server clock minus ours in ms, by the fastest of the last answers; null where the server never told. */
  get offset() {
    if (this.#samples.length === 0) return null;
    return this.#samples.reduce((best, each) => each.roundTrip < best.roundTrip ? each : best)
      .offset;
  }
}
