const RATE_WINDOW_MS = 2000;
const INTERVAL_SAMPLES = 9;

/** Counts pictures that arrive, and those that appear on screen. */
export class Tally {
  /** @type {number[]} */
  #arrivals = [];
  /** @type {{ at: number, age: number | null }[]} */
  #shown = [];

  /** A picture has arrived. */
  arrive() {
    const now = performance.now();
    this.#arrivals.push(now);
    if (this.#arrivals.length > INTERVAL_SAMPLES + 1) this.#arrivals.shift();
    return now;
  }

  /**
   * A picture is on screen.
   *
   * @param {number | null} capturedAt by the server's clock, in ms since 1970
   * @param {number} [inMs] when it will be
   */
  show(capturedAt, inMs = 0) {
    const now = performance.now();
    const age = capturedAt === null ? null : Date.now() + inMs - capturedAt;
    this.#shown.push({ at: now, age });
    const isOld = () => now - (this.#shown[0]?.at ?? now) > RATE_WINDOW_MS;
    while (this.#shown.length > 2 && isOld()) this.#shown.shift();
  }

  forget() {
    this.#arrivals = [];
    this.#shown = [];
  }

  forgetRate() {
    this.#shown = [];
  }

  /** When the last picture arrived, by performance.now(); undefined if none has. */
  get arrivedAt() {
    return this.#arrivals.at(-1);
  }

  /** Pictures shown a second, or null. */
  get rate() {
    const [first] = this.#shown;
    const last = this.#shown.at(-1);
    if (first === undefined || last === undefined || last === first) return null;
    return 1000 * (this.#shown.length - 1) / (last.at - first.at);
  }

  /** How old pictures were when they appeared on screen, by our clock, in ms, or null. */
  get age() {
    const ages = this.#shown.map(({ age }) => age).filter((age) => age !== null);
    return ages.length === 0 ? null : median(ages);
  }

  /** The measured interval of pictures in ms; 0 if unknown. */
  get interval() {
    if (this.#arrivals.length < 3) return 0;
    return median(this.#arrivals.slice(1).map((at, i) => at - (this.#arrivals[i] ?? at)));
  }
}

/** @param {readonly number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
