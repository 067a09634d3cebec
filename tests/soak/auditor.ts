import { sleep } from "../../lib/time/sleep.ts";
import type { Look } from "./look.ts";
import type { Stage } from "./stage.ts";
import { contradictions, receivedMore, regressions, wrongSum } from "./truth.ts";

/** Time between two looks. */
const LOOK_MS = 500;

/** Looks at what a server says of itself, again and again, and keeps what can't be true. */
export interface Auditor extends AsyncDisposable {
  /** How often it has looked. */
  readonly looks: number;
  /** Contradictions found since this was last called. */
  findings(): string[];
}

/** Looks until it is disposed of. */
export function startAuditor(stage: Stage): Auditor {
  const over = new AbortController();
  let looks = 0;
  let found: string[] = [];
  let earlier: Look | undefined;

  async function audit(): Promise<void> {
    const watchers = stage.watchers();
    const now = await stage.look();
    found.push(
      ...contradictions(now),
      ...earlier ? regressions(earlier, now) : [],
      ...receivedMore(now, watchers),
      // Nobody comes and goes at these, only at the first.
      ...stage.subjects.slice(1).flatMap(({ name }) => wrongSum(now, name)),
    );
    earlier = now;
    looks++;
  }

  async function run(): Promise<void> {
    while (!over.signal.aborted) {
      try {
        await audit();
      } catch (error) {
        found.push(`Cannot ask the server: ${error instanceof Error ? error.message : error}`);
      }
      await sleep(LOOK_MS, over.signal);
    }
  }

  const ended = run();
  return {
    get looks() {
      return looks;
    },
    findings() {
      // A contradiction appears at every look, with other numbers.
      const kinds = Map.groupBy(found, (words) => words.replaceAll(/\d+/g, ""));
      found = [];
      return [...kinds.values()].flatMap(([first = ""]) => first);
    },
    async [Symbol.asyncDispose]() {
      over.abort();
      await ended;
    },
  };
}
