/**
 * Measures wscam on this machine, each figure beside the lowest possible one (the floor): `deno
 * task bench [encode|read|fanout|end|memory|floods]`; `floods` only if it is named. Ratios between
 * columns are valid elsewhere, times aren't. The cost of viewers is also drawn into docs/cost.svg.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- tables are its output
import { problemWith, type TestNeed } from "../testutil/needs.ts";
import { benchEncode } from "./encode.ts";
import { benchEndToEnd } from "./end_to_end.ts";
import { benchFloods } from "./floods.ts";
import { measureFanOut } from "./fan_out.ts";
import { benchMemory } from "./memory.ts";
import { plotFanOut } from "./plot.ts";
import { benchRead } from "./read.ts";
import type { Table } from "./table.ts";

/** A measurement, and what it needs. */
interface Bench {
  run: () => Promise<Table>;
  needs: TestNeed[];
}

const BENCHES: Record<string, Bench> = {
  encode: { run: benchEncode, needs: ["ffmpeg"] },
  read: { run: benchRead, needs: ["ffmpeg"] },
  fanout: { run: benchFanOut, needs: ["vcam", "ffmpeg"] },
  end: { run: benchEndToEnd, needs: ["vcam", "ffmpeg"] },
  memory: { run: benchMemory, needs: ["vcam", "ffmpeg"] },
  floods: { run: benchFloods, needs: ["vcam", "ffmpeg"] },
};
/** It takes ten minutes. */
const LONG = "floods";

const wanted = Deno.args.length > 0
  ? Deno.args
  : Object.keys(BENCHES).filter((name) => name !== LONG);
for (const name of wanted) {
  const bench = BENCHES[name];
  if (bench === undefined) {
    console.error(
      `Cannot run bench '${name}': it must be one of ${Object.keys(BENCHES).join(", ")}`,
    );
    Deno.exit(2);
  }
  const problem = bench.needs.map(problemWith).find((problem) => problem !== undefined);
  if (problem === undefined) print(await bench.run());
  else console.log(`## ${name}: not measured, ${problem}\n`);
}

async function benchFanOut(): Promise<Table> {
  const { table, points } = await measureFanOut();
  await Deno.writeTextFile(new URL("../../docs/cost.svg", import.meta.url), plotFanOut(points));
  return table;
}

function print({ title, head, rows, note }: Table): void {
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  console.log([`## ${title}`, "", ...lines, "", note, ""].join("\n"));
}
