/** Clocks of two machines drift apart by less than this, in seconds a second. */
const DRIFT = 0.001;
/** Two machines whose clocks are set by the network agree about so much, and pictures are quicker than this. */
const AGREE = { min: -0.1, max: 1 };
/** A clock was set, in seconds. */
const JUMP = 60;

/** When pictures were taken whose server says it, by a clock of its own. All times in seconds since 1970. */
export class Stamps {
  #least: number | undefined;
  #lastAt = 0;

  /**
   * When one was taken by our clock: as the server says where the two clocks agree, else what comes of the least
   * time that any has taken.
   */
  take(time: number, arrived: number): number {
    const delay = arrived - time;
    const usual = this.#least === undefined
      ? delay
      : this.#least + DRIFT * Math.max(0, arrived - this.#lastAt);
    this.#least = delay > usual + JUMP ? delay : Math.min(delay, usual);
    this.#lastAt = arrived;
    const agree = this.#least >= AGREE.min && this.#least <= AGREE.max;
    return Math.min(arrived, agree ? time : time + this.#least);
  }
}
