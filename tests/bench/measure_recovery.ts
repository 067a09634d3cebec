/**
 * Lets each fault happen to a camera again and again while two viewers watch it, and prints the table of
 * docs/recovery.md: `deno run -A tests/bench/measure_recovery.ts [TIMES]`. All faults at the same time, each
 * to a virtual camera of its own; 20 times take about five minutes.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- tables are its output
import { type FaultFigures, startFaultBench } from "../testutil/camera/fault_bench.ts";
import { FAULTS } from "../testutil/camera/faults.ts";
import { cell } from "./table.ts";

const MEGABYTE = 1e6;
/** An outage ends at any moment between two tries. */
const MOST_MS = 6000;

const times = Number(Deno.args[0] ?? 20);
await using bench = await startFaultBench(FAULTS.length);
const before = await bench.holds();
const figures = await Promise.all(FAULTS.map(async (fault, i) => {
  const [subject] = bench.subjects.slice(i);
  if (subject === undefined) throw new Error(`There is no camera for '${fault.name}'`);
  return await bench.run(fault, subject, { times, lastsMs: () => Math.random() * MOST_MS });
}));
const after = await bench.holds();

const head = ["fault", "times", "told, s", "well again to picture, s", "pictures lost"];
const rows = FAULTS.map(({ name }, i) => rowOf(name, figures[i]));
for (const row of [head, head.map(() => "---"), ...rows]) console.log(`| ${row.join(" | ")} |`);
console.log(
  `\nmemory ${megabytes(before.resident)} → ${megabytes(after.resident)}, ` +
    `descriptors ${before.descriptors} → ${after.descriptors}, ` +
    `processes ${before.processes} → ${after.processes}`,
);

function rowOf(
  name: string,
  { toldMs, recoveredMs, lost }: FaultFigures = { toldMs: [], recoveredMs: [], lost: [] },
): string[] {
  const seconds = (values: number[]) => values.map((value) => value / 1000);
  return [
    name,
    String(recoveredMs.length),
    spread(seconds(toldMs)),
    spread(seconds(recoveredMs)),
    spread(lost, 0),
  ];
}

/** The median and the most. */
function spread(values: readonly number[], digits = 1): string {
  const sorted = [...values].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  return `${cell(median, digits)}, at most ${cell(sorted.at(-1) ?? NaN, digits)}`;
}

function megabytes(bytes: number): string {
  return `${cell(bytes / MEGABYTE, 0)} MB`;
}
