/**
 * Lets cameras fail and clients misbehave at random while others watch, and checks after everything that
 * nobody has noticed more than they must: `deno task soak [--seconds N] [--seed N] [--slack SECONDS]`. The
 * same seed gives the same sequence; slack is added to every time limit, where the machine is busy. It ends with status 1 where something was wrong, and says what.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- what happens is its output
import { parseArgs } from "node:util";
import { untilSignal } from "../../lib/system/signals.ts";
import { smallDiskProblem } from "../testutil/program/full_disk.ts";
import { FAULTS } from "../testutil/camera/faults.ts";
import { FLOODS } from "../testutil/attack/floods.ts";
import { HOSTILITIES } from "../testutil/attack/hostile.ts";
import { problemWith } from "../testutil/needs.ts";
import { createRandom } from "../testutil/random.ts";
import { type Auditor, startAuditor } from "./auditor.ts";
import { planRounds } from "./plan.ts";
import { checkKept, checkRest, type Holdings } from "./rest.ts";
import { type Happening, runRound } from "./run_round.ts";
import { type Stage, startStage } from "./stage.ts";
import { summarize } from "./summary.ts";

const MEGABYTE = 1e6;
/** After this time, a working camera's waits start over. */
const CALM_MS = 5500;

/** The options. */
interface SoakOptions {
  seconds: number;
  seed: number;
  slackMs: number;
}

const options = readOptions(Deno.args);
if (typeof options === "string") {
  console.error(options);
  Deno.exit(2);
}
const problem = problemWith("vcam") ?? problemWith("ffmpeg");
if (problem !== undefined) {
  console.error(`Cannot soak: ${problem}`);
  Deno.exit(1);
}
const wrong = await soak(options);
for (const words of wrong) console.error(`WRONG: ${words}`);
if (wrong.length > 0) console.error(`Again: deno task soak --seed ${options.seed}`);
Deno.exitCode = wrong.length > 0 ? 1 : 0;

/** Everything that was wrong. */
async function soak({ seconds, seed, slackMs }: SoakOptions): Promise<string[]> {
  console.log(`Soaking for ${seconds} s with seed ${seed}`);
  // Else the server that it has started would go on.
  using signal = untilSignal();
  const told = new AbortController();
  signal.received.then(() => told.abort());
  const end = AbortSignal.any([AbortSignal.timeout(seconds * 1000), told.signal]);
  await using stage = await startStage();
  await using auditor = startAuditor(stage);
  const before = await stage.bench.holds();
  const happenings: Happening[] = [];
  const wrong = await runRounds(seed, end, { stage, auditor, before, happenings, slackMs });
  console.log(`\n${summarize(happenings)}\n`);
  console.log(`at the start ${holdingsOf(before)}`);
  console.log(`at the end ${holdingsOf(await stage.bench.holds())}`);
  console.log(`${auditor.looks} looks at /state, /metrics and /healthz`);
  if (wrong.length > 0) {
    console.error(`The log ends:\n${stage.bench.server.output.stderr.slice(-4000)}`);
  }
  return wrong;
}

/** The tools of rounds. */
interface Scene {
  stage: Stage;
  auditor: Auditor;
  /** The server's holdings before all of it. */
  before: Holdings;
  /** Collects the events. */
  happenings: Happening[];
  /** Added to every limit, in milliseconds. */
  slackMs: number;
}

/** Runs rounds until told to end, or a viewer is lost; returns everything that was wrong. */
async function runRounds(
  seed: number,
  end: AbortSignal,
  { stage, auditor, before, happenings, slackMs }: Scene,
): Promise<string[]> {
  const diskProblem = smallDiskProblem();
  if (diskProblem !== undefined) console.log(`No full disk: ${diskProblem}`);
  const plan = planRounds(createRandom(seed), {
    cameras: stage.subjects.length,
    faults: FAULTS.length,
    hostilities: HOSTILITIES.length,
    floods: FLOODS.length,
  });
  const residents: number[] = [];
  const wrong: string[] = [];
  for (let number = 1; !end.aborted && isWhole(stage); number++) {
    const say = (words: string): void => console.log(`${number}: ${words}`);
    await runRound(plan.next().value, stage, {
      hasDisk: diskProblem === undefined,
      slackMs,
      onDone: (happening) => {
        happenings.push(happening);
        say(lineOf(happening));
        wrong.push(...happening.wrong.map((words) => `${number}: ${happening.name}: ${words}`));
      },
    });
    await new Promise((resolve) => setTimeout(resolve, CALM_MS));
    const found = [...await checkRest(stage, before, slackMs), ...auditor.findings()];
    for (const words of found) say(words);
    wrong.push(...found.map((words) => `${number}: ${words}`));
    const holds = await stage.bench.holds();
    residents.push(holds.resident);
    say(`at rest with ${holdingsOf(holds)}`);
  }
  return [...wrong, ...checkKept(residents, before)];
}

/** Whether it is worth going on: nobody who did nothing wrong has been lost. */
function isWhole({ viewers }: Stage): boolean {
  return viewers.every(({ isOpen }) => isOpen);
}

function lineOf({ name, camera, tookMs, lost, wrong }: Happening): string {
  const where = camera === undefined ? name : `${camera} ${name}`;
  const how = wrong.length > 0 ? wrong.join("; ") : `${(tookMs / 1000).toFixed(1)} s`;
  return lost === undefined ? `${where}: ${how}` : `${where}: ${how}, ${lost} pictures lost`;
}

function holdingsOf({ resident, descriptors, processes }: Holdings): string {
  const megabytes = Math.round(resident / MEGABYTE);
  return `${megabytes} MB, ${descriptors} descriptors, ${processes} processes`;
}

/** The options that were given, or the complaint about them. */
function readOptions(args: string[]): SoakOptions | string {
  const type = "string" as const;
  const options = { seconds: { type }, seed: { type }, slack: { type } };
  let given;
  try {
    given = parseArgs({ args, options }).values;
  } catch {
    return "Cannot soak: the options are '--seconds N', '--seed N' and '--slack SECONDS'";
  }
  const seconds = Number(given.seconds ?? 600);
  const seed = Number(given.seed ?? Date.now() % 1e6);
  if (!(seconds > 0)) return `Cannot soak: '--seconds' must be above 0, got ${given.seconds}`;
  if (!Number.isSafeInteger(seed)) return `Cannot soak: '--seed' must be whole, got ${given.seed}`;
  const slack = Number(given.slack ?? 0);
  if (!(slack >= 0)) return `Cannot soak: '--slack' must be 0 or more, got ${given.slack}`;
  return { seconds, seed, slackMs: slack * 1000 };
}
