/** An edge that says nothing for so many ticks has died. It speaks every two. */
const MAX_TICKS = 6;
/** More would be nobody's machines. */
const MAX_EDGES = 10_000;

/**
 * Keeps the edges that have viewers. Time is counted in ticks of a second and not by a clock: a process that was
 * stopped for a while must not take its own silence for theirs.
 */
export class Wants {
  readonly #edges = new Map<string, number>();

  /** The number of edges. */
  get size(): number {
    return this.#edges.size;
  }

  /** An edge wants pictures. @returns whether it is new */
  renew(edge: string): boolean {
    const isNew = !this.#edges.has(edge);
    if (isNew && this.#edges.size >= MAX_EDGES) return false;
    this.#edges.set(edge, 0);
    return isNew;
  }

  /** An edge wants none any more. */
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
