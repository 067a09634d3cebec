import type { Sample } from "./exposition.ts";

/** Counts values by how large they are, for each value of one label. */
export class Histogram {
  readonly #label: string;
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, { counts: number[]; sum: number; count: number }>();

  /**
   * @param label the label that tells its series apart
   * @param bounds the upper bounds of its buckets, rising
   */
  constructor(label: string, bounds: readonly number[]) {
    this.#label = label;
    this.#bounds = bounds;
  }

  /** Counts a value. */
  observe(series: string, value: number): void {
    const known = this.#series.get(series) ??
      { counts: this.#bounds.map(() => 0), sum: 0, count: 0 };
    this.#series.set(series, known);
    known.sum += value;
    known.count++;
    const at = this.#bounds.findIndex((bound) => value <= bound);
    if (at >= 0) known.counts[at] = (known.counts[at] ?? 0) + 1;
  }

  /** Tells nothing of a series any more. */
  forget(series: string): void {
    this.#series.delete(series);
  }

  /** Tells of these series alone: a value may have come late, after its series was forgotten. */
  keep(series: ReadonlySet<string>): void {
    for (const known of this.#series.keys()) if (!series.has(known)) this.#series.delete(known);
  }

  /** Its values, as Prometheus wants them: each bucket with those below it. */
  *read(): Generator<Sample, void> {
    for (const [series, { counts, sum, count }] of this.#series) {
      const own = { [this.#label]: series };
      let below = 0;
      for (const [i, bound] of this.#bounds.entries()) {
        below += counts[i] ?? 0;
        yield { suffix: "_bucket", labels: { ...own, le: String(bound) }, value: below };
      }
      yield { suffix: "_bucket", labels: { ...own, le: "+Inf" }, value: count };
      yield { suffix: "_sum", labels: own, value: sum };
      yield { suffix: "_count", labels: own, value: count };
    }
  }
}
