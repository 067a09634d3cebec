import { eventuallyNothing } from "./run_round.ts";
import type { Stage } from "./stage.ts";
import { notAtRest, receivedMore } from "./truth.ts";

/** A server's holdings: memory in bytes, file descriptors, processes. */
export type Holdings = Awaited<ReturnType<Stage["bench"]["holds"]>>;

const MEGABYTE = 1e6;
/**
 * Memory may grow by this much until everything is over. V8 collects garbage when it thinks it due,
 * and that isn't so for minutes: the garbage of many clients is there until then.
 */
const MEMORY = 150 * MEGABYTE;
/** Memory may grow by this much whenever garbage has been collected. */
const KEPT_MEMORY = 60 * MEGABYTE;
/** Connections of ours that are kept for the next question: one for each who asks at the same time. */
const DESCRIPTORS = 6;
/** Everything that was sent has come within this time. */
const RECEIVED_MS = 3000;
/**
 * Clients that never read are noticed only when they have gone; memory is given back 3 s after
 * that.
 */
const SETTLED_MS = 15_000;

/**
 * Finds differences from the start that remain although everything is over.
 *
 * @param slackMs added to the time that it has to become so, in milliseconds
 */
export function checkRest(stage: Stage, before: Holdings, slackMs: number): Promise<string[]> {
  return eventuallyNothing(async () => {
    const watchers = stage.watchers();
    const now = await stage.look();
    const lost = stage.viewers.filter(({ isOpen }) => !isOpen).length;
    return [
      ...lost > 0 ? [`${lost} viewers were disconnected that did nothing wrong`] : [],
      ...notAtRest(now, watchers),
      ...receivedMore(now, watchers),
      ...await untilReceived(stage, now.state.viewers),
      ...notBack(before, await stage.bench.holds()),
    ];
  }, SETTLED_MS + slackMs);
}

/** Finds memory that was never given back. The least of the second half of all rests tells. */
export function checkKept(residents: readonly number[], before: Holdings): string[] {
  if (residents.length === 0) return [];
  const least = Math.min(...residents.slice(Math.floor(residents.length / 2)));
  if (least <= before.resident + KEPT_MEMORY) return [];
  return [`resident: ${before.resident} at the start, never less than ${least} at last`];
}

/** Everything that was sent comes. */
async function untilReceived(
  stage: Stage,
  viewers: readonly { address: string; sent: number }[],
): Promise<string[]> {
  const sent = new Map(viewers.map((viewer) => [viewer.address, viewer.sent]));
  const missing = (): string[] =>
    stage.watchers().filter(({ address, received }) => received < (sent.get(address) ?? 0))
      .map(({ address, received }) =>
        `${address} has ${received} of ${sent.get(address)} pictures`
      );
  return await eventuallyNothing(missing, RECEIVED_MS);
}

/** The holdings that have grown. */
function notBack(before: Holdings, now: Holdings): string[] {
  const limits = {
    resident: before.resident + MEMORY,
    descriptors: before.descriptors + DESCRIPTORS,
    processes: before.processes,
  };
  return (["resident", "descriptors", "processes"] as const)
    .filter((what) => now[what] > limits[what])
    .map((what) => `${what}: ${before[what]} at the start, ${now[what]} now`);
}
