import type { EncodingCounters } from "../encoder/paced_encoder.ts";
import type { Tally } from "./recipient.ts";

/** Counts the work of a stream. */
export interface StreamCounters extends EncodingCounters, Tally {}

/** The counters of a stream that has done nothing yet. */
export function noCounts(): StreamCounters {
  return {
    encoded: 0,
    keys: 0,
    copied: 0,
    skipped: 0,
    failed: 0,
    sent: 0,
    dropped: 0,
    leftOut: 0,
    bytes: 0,
  };
}

/** The sums over several streams. */
export function sumOf(counters: readonly Readonly<StreamCounters>[]): StreamCounters {
  const sum = noCounts();
  for (const each of counters) {
    for (const name of Object.keys(sum) as (keyof StreamCounters)[]) sum[name] += each[name];
  }
  return sum;
}
