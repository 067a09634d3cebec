/** An edge that is silent for this many ticks counts as dead. It sends a message every two. */
const MAX_TICKS = 6;
/** Nobody has more machines. */
const MAX_EDGES = 10_000;

/**
 * Keeps track of the edges that have viewers. Time is counted in ticks of a second rather than by a
 * clock: a process that was stopped must not blame others for the gap.
 */
export class Wants {
  readonly #edges = new Map<string, number>();

  /** The number of edges. */
  get size(): number {
    return this.#edges.size;
  }

  /**
   * An edge wants pictures.
   *
   * @returns whether it is new
   */
  renew(edge: string): boolean {
    const isNew = !this.#edges.has(edge);
    if (isNew && this.#edges.size >= MAX_EDGES) return false;
    this.#edges.set(edge, 0);
    return isNew;
  }

  /** An edge no longer wants any. */
  end(edge: string): void {
    this.#edges.delete(edge);
  }

  /** A second is over. */
  tick(): void {
    for (const [edge, ticks] of this.#edges) {
      if (ticks + 1 >= MAX_TICKS) this.#edges.delete(edge);
      else this.#edges.set(edge, ticks + 1);
    }
  }
}
