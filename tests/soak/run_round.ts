import { sleep } from "../../lib/time/sleep.ts";
import { comeAndGo } from "../testutil/client/come_and_go.ts";
import { RECOVERS_MS, type Subject } from "../testutil/camera/fault_bench.ts";
import { FAULTS } from "../testutil/camera/faults.ts";
import { watchOnSmallDisk } from "../testutil/program/full_disk.ts";
import { FLOODS } from "../testutil/attack/floods.ts";
import { HOSTILITIES } from "../testutil/attack/hostile.ts";
import type { Round } from "./plan.ts";
import { runFlood } from "./run_flood.ts";
import type { Stage } from "./stage.ts";
import { notDown } from "./truth.ts";

/** The result of one event. */
export interface Happening {
  /** The event. */
  name: string;
  /** The camera it was done to, if there was one. */
  camera?: string;
  /** From the camera being well again until all its viewers had a picture, or how long it took. */
  tookMs: number;
  /** From the fault until its viewers were told, in milliseconds. */
  toldMs?: number;
  /** The most pictures that one viewer missed. */
  lost?: number;
  /** The complaints. */
  wrong: string[];
}

export interface RunRoundOptions {
  /** Whether there can be a small disk. */
  hasDisk: boolean;
  /** Added to every limit, in milliseconds. */
  slackMs: number;
  /** Called for each thing that happened, when it is over. */
  onDone: (happening: Happening) => void;
}

/** The time of a silent camera (5 s), and what a busy machine adds. */
const TOLD_MS = 8000;
/** `/state` and its like may be so late. */
const TRUTH_MS = 3000;

/** Lets everything of a round happen at the same time, and waits until all is over. */
export async function runRound(
  round: Round,
  stage: Stage,
  { hasDisk, slackMs, onDone }: RunRoundOptions,
): Promise<void> {
  const { port, ws } = stage.bench.server;
  const running = round.faults.flatMap((planned, i) => {
    const subject = stage.subjects[i];
    return planned && subject ? [runOutage(planned, subject, { stage, slackMs })] : [];
  });
  const hostility = round.hostility === undefined ? undefined : HOSTILITIES[round.hostility];
  if (hostility) running.push(timed(hostility.name, () => hostility.strike(port)));
  const flood = round.flood === undefined ? undefined : FLOODS[round.flood];
  if (flood) running.push(timed(flood.name, () => runFlood(flood, stage, slackMs)));
  const { count, toFirst } = round.passers;
  const path = toFirst ? `/?camera=${stage.subjects[0]?.name}` : "/";
  if (count > 0) {
    running.push(timed("viewers that come and go", () => comeAndGo(count, { port, path })));
  }
  if (round.fillsDisk && hasDisk) running.push(timed(FULL_DISK, () => fillDisk(ws)));
  await Promise.all(running.map(async (happening) => onDone(await happening)));
}

const FULL_DISK = "'watch --save' with a full disk";

async function runOutage(
  { fault: index, lastsMs }: { fault: number; lastsMs: number },
  subject: Subject,
  { stage, slackMs }: { stage: Stage; slackMs: number },
): Promise<Happening> {
  const fault = FAULTS[index];
  if (fault === undefined) throw new RangeError(`There is no fault ${index}`);
  const { name, recoversMs = RECOVERS_MS } = fault;
  const wrong: string[] = [];
  const onDown = async (): Promise<void> => {
    const ask = async () => notDown(await stage.look(), subject.name);
    wrong.push(...await eventuallyNothing(ask, TRUTH_MS + slackMs));
  };
  try {
    const options = { times: 1, lastsMs: () => lastsMs, onDown };
    const { toldMs, recoveredMs, lost } = await stage.bench.run(fault, subject, options);
    const [told = NaN, recovered = NaN] = [...toldMs, ...recoveredMs];
    if (!(told <= TOLD_MS + slackMs)) wrong.push(`viewers were told after ${told} ms`);
    if (!(recovered <= recoversMs + slackMs)) {
      wrong.push(`no picture for ${recovered} ms, not ${recoversMs}`);
    }
    const camera = subject.name;
    return { name, camera, tookMs: recovered, toldMs: told, lost: Math.max(...lost), wrong };
  } catch (error) {
    await fault.mend?.(subject);
    return { name, camera: subject.name, tookMs: NaN, wrong: [...wrong, wordsOf(error)] };
  }
}

/** Pictures of 10 KB fill a megabyte within a quarter of a minute. */
async function fillDisk(url: string): Promise<void> {
  const { code, stderr, broken } = await watchOnSmallDisk(url);
  if (broken.length > 0) throw new Error(`It left broken pictures: ${broken.join(", ")}`);
  if (code === 1 && /Cannot save to '.*': No space left/.test(stderr)) return;
  throw new Error(`It ended with ${code}: ${stderr}`);
}

/** @param fn returns the complaints, if there can be any */
async function timed(name: string, fn: () => Promise<string[] | void>): Promise<Happening> {
  const start = performance.now();
  let wrong: string[] = [];
  try {
    wrong = await fn() ?? [];
  } catch (error) {
    wrong = [wordsOf(error)];
  }
  return { name, tookMs: performance.now() - start, wrong };
}

/** Checks until nothing is wrong; returns what is still wrong after a while. */
export async function eventuallyNothing(
  ask: () => string[] | Promise<string[]>,
  withinMs: number,
): Promise<string[]> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const wrong = await ask();
    if (wrong.length === 0 || performance.now() > deadline) return wrong;
    await sleep(100, AbortSignal.timeout(1000));
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
