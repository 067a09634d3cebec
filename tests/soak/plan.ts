import type { Random } from "../testutil/random.ts";

/** Events at the same time, until all of them are over. */
export interface Round {
  /** For each virtual camera, which fault it has and how long that lasts, or none. */
  faults: ({ fault: number; lastsMs: number } | undefined)[];
  /** The clients that do harm meanwhile, if any. */
  hostility: number | undefined;
  /** The clients that ask for work without end meanwhile, if any. */
  flood: number | undefined;
  /**
   * The number of viewers that come and go meanwhile, and whether they watch the first virtual
   * camera, which may be down.
   */
  passers: { count: number; toFirst: boolean };
  /** Whether `watch --save` fills a disk meanwhile. */
  fillsDisk: boolean;
}

/** Numbers of things to choose from. */
export interface Choices {
  cameras: number;
  faults: number;
  hostilities: number;
  floods: number;
}

/** An outage ends at any moment between two tries. */
const MOST_MS = 6000;

/**
 * Plans rounds without end. Nothing that happens changes the plan: with the same random numbers, it is
 * the same. Every kind happens before any happens again.
 */
export function* planRounds(
  random: Random,
  { cameras, faults, hostilities, floods }: Choices,
): Generator<Round, never> {
  const nextFault = deal(random, faults);
  const nextHostility = deal(random, hostilities);
  const nextFlood = deal(random, floods);
  for (;;) {
    const outages = Array.from({ length: cameras }, () => {
      const lastsMs = random.below(MOST_MS);
      // Some cameras are well while others aren't.
      return random.below(6) === 0 ? undefined : { fault: nextFault(), lastsMs };
    });
    // Not both: a flood is judged only by its effect on others.
    const isFlood = random.below(2) === 0;
    yield {
      faults: outages,
      hostility: isFlood || random.below(4) === 0 ? undefined : nextHostility(),
      flood: isFlood ? nextFlood() : undefined,
      passers: { count: random.below(3) * 20, toFirst: random.below(2) === 0 },
      fillsDisk: random.below(5) === 0,
    };
  }
}

/** Numbers below `count` as from a pack of cards, which is shuffled when it is used up. */
function deal(random: Random, count: number): () => number {
  let pack: number[] = [];
  return () => {
    if (pack.length === 0) pack = Array.from({ length: count }, (_, i) => i);
    const [card = 0] = pack.splice(random.below(pack.length), 1);
    return card;
  };
}
