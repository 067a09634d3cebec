import { sleep } from "../../lib/time/sleep.ts";
import type { CountingViewer } from "../testutil/client/counting_viewer.ts";
import type { Flood } from "../testutil/attack/floods.ts";
import { floodApart } from "./flood_worker.ts";
import type { Stage } from "./stage.ts";

/** So long the rate is measured before, and what others notice after that. */
const CALM_MS = 3000;
const FLOOD_MS = 10_000;
/** The number of clients that flood each camera at the same time. */
const CLIENTS = 3;
/** Viewers that only watch keep at least this share of their rate. */
const LEAST_RATE = 0.8;
/** On a machine that is known to be busy. */
const LEAST_BUSY_RATE = 0.25;
/** How old the last picture of one who only watches may be, at ten a second, in milliseconds. */
const OLDEST_MS = 1500;
/** `/healthz` is answered within this time. */
const HEALTH_MS = 2000;
/** So much more than before the flood. */
const MEMORY = 250e6;
/** Renditions have 32 ffmpegs at most; cameras that fail meanwhile have a few. */
const CHILDREN = 40;
const LOOK_MS = 200;

/** The worst that was seen. */
interface Worst {
  age: number;
  health: number;
  resident: number;
  children: number;
}

/**
 * Lets clients flood the cameras that have no other faults; returns the effects that others must
 * not notice.
 */
export async function runFlood(
  flood: Flood,
  stage: Stage,
  slackMs: number,
): Promise<string[]> {
  const { cameras, viewers } = stage.flooded;
  const { port } = stage.bench.server;
  const before = await stage.bench.holds();
  const free = await leastRate(viewers, CALM_MS);
  const end = new AbortController();
  const flooding = floodApart({ name: flood.name, port, cameras, clients: CLIENTS, ms: FLOOD_MS });
  const watching = watch(stage, end.signal);
  const flooded = await leastRate(viewers, FLOOD_MS);
  end.abort();
  await flooding;
  const { age, health, resident, children } = await watching;
  const least = slackMs > 0 ? LEAST_BUSY_RATE : LEAST_RATE;
  return [
    ...said(
      flooded >= least * free,
      `viewers got ${flooded} pictures a second, before ${free}`,
    ),
    ...said(
      age <= OLDEST_MS + slackMs,
      `viewers waited ${age} ms for a picture`,
    ),
    ...said(
      health <= HEALTH_MS + slackMs,
      `/healthz was answered after ${health} ms`,
    ),
    ...said(resident <= before.resident + MEMORY, `it held ${resident} bytes`),
    ...said(
      children <= before.processes + CHILDREN,
      `it had ${children} children`,
    ),
  ];
}

/** Pictures a second of the one who gets the fewest. */
async function leastRate(
  viewers: readonly CountingViewer[],
  ms: number,
): Promise<number> {
  const start = performance.now();
  const counts = viewers.map(({ images }) => images);
  await sleep(ms, AbortSignal.timeout(2 * ms));
  const seconds = (performance.now() - start) / 1000;
  return Math.min(
    ...viewers.map(({ images }, i) => (images - (counts[i] ?? 0)) / seconds),
  );
}

async function watch(
  { bench, flooded }: Stage,
  signal: AbortSignal,
): Promise<Worst> {
  const worst: Worst = { age: 0, health: 0, resident: 0, children: 0 };
  while (!signal.aborted) {
    const asked = performance.now();
    await (await fetch(`${bench.server.url}/healthz`)).body?.cancel();
    worst.health = Math.max(worst.health, performance.now() - asked);
    const ages = flooded.viewers.map(({ lastCapture }) => Date.now() - lastCapture);
    worst.age = Math.max(worst.age, ...ages);
    const { resident, processes } = await bench.holds();
    worst.resident = Math.max(worst.resident, resident);
    worst.children = Math.max(worst.children, processes);
    await sleep(LOOK_MS, signal);
  }
  return worst;
}

function said(isSo: boolean, words: string): string[] {
  return isSo ? [] : [words];
}
