/**
 * A viewer that takes no picture for this time is disconnected, unless it is still receiving one.
 */
const STALLED_MS = 30_000;
/**
 * If pictures come at all, the next one comes within this time: the lowest rate is 0.1 a second.
 */
const LONGEST_GAP_MS = 10_000;

/** How long a viewer has taken none of the pictures offered to it. Times are in milliseconds. */
export class Stall {
  /** When it had last taken everything. */
  #takenAt: number;
  /** When it was last offered a picture. */
  #offeredAt: number;

  constructor(now: number) {
    this.#takenAt = this.#offeredAt = now;
  }

  /**
   * It is offered a picture. Time without any pictures doesn't count: while paused, or with the
   * camera down.
   */
  offer(now: number): void {
    const idleMs = Math.max(0, now - this.#offeredAt - LONGEST_GAP_MS);
    this.#takenAt = Math.min(now, this.#takenAt + idleMs);
    this.#offeredAt = now;
  }

  /** It has taken everything sent to it. */
  take(now: number): void {
    this.#takenAt = now;
  }

  /** Whether that was too long ago. */
  isStalled(now: number): boolean {
    return now - this.#takenAt > STALLED_MS;
  }
}
