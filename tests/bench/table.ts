/** The findings of a measurement. */
export interface Table {
  title: string;
  head: string[];
  rows: string[][];
  /** The floor, and how it was measured. */
  note: string;
}

/** A number as it stands in a table. */
export function cell(value: number, digits = 1): string {
  return value.toFixed(digits);
}
