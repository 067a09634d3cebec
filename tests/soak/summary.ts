import { cell } from "../bench/table.ts";
import type { Happening } from "./run_round.ts";

/** The table of everything that happened, by what it was. */
export function summarize(happenings: readonly Happening[]): string {
  const head = ["what", "times", "told, s", "well again, or took, s", "pictures lost"];
  const rows = [...Map.groupBy(happenings, ({ name }) => name)].map(([name, all]) => [
    name,
    String(all.length),
    spread(all.map(({ toldMs = NaN }) => toldMs / 1000)),
    spread(all.map(({ tookMs }) => tookMs / 1000)),
    spread(all.map(({ lost = NaN }) => lost), 0),
  ]);
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The median and the maximum; a dash if there are none. */
function spread(values: readonly number[], digits = 1): string {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  if (median === undefined) return "–";
  return `${cell(median, digits)}, at most ${cell(sorted.at(-1) ?? NaN, digits)}`;
}
