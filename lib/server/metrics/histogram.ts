import type { Sample } from "./exposition.ts";

/** A histogram for each value of one label. */
export class Histogram {
  readonly #label: string;
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, { counts: number[]; sum: number; count: number }>();

  /**
   * @param label the label that distinguishes its series
   * @param bounds the upper bounds of its buckets, ascending
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

  /** Removes a series. */
  forget(series: string): void {
    this.#series.delete(series);
  }

  /** Keeps only these series: a value may have come after its series was removed. */
  keep(series: ReadonlySet<string>): void {
    for (const known of this.#series.keys()) if (!series.has(known)) this.#series.delete(known);
  }

  /** Its values in Prometheus' form: each bucket includes those below it. */
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
