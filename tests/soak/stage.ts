import { type CountingViewer, openCountingViewer } from "../testutil/counting_viewer.ts";
import { eventually } from "../testutil/eventually.ts";
import { type FaultBench, startFaultBench, type Subject } from "../testutil/fault_bench.ts";
import { type Look, look } from "./look.ts";
import type { Watcher } from "./truth.ts";

/** Virtual cameras next to the test pattern. */
const CAMERAS = 3;
/** Viewers of each camera that watch all along. */
const VIEWERS = 4;
/** The default camera: those who attack watch it. */
const PATTERN = ["--camera", "test", "--resolution", "320x240"];

/** A server with cameras, and viewers that do nothing wrong. */
export interface Stage extends AsyncDisposable {
  readonly bench: FaultBench;
  readonly subjects: readonly Subject[];
  /** All viewers that have watched all along. */
  readonly viewers: readonly CountingViewer[];
  /** The same as the server has them, with what each has received now. */
  watchers(): Watcher[];
  /** Asks the server how it is. */
  look(): Promise<Look>;
}

/** Starts it, and waits until everybody has pictures. */
export async function startStage(): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const bench = stack.use(await startFaultBench(CAMERAS, { args: PATTERN, viewers: VIEWERS }));
  const { server, subjects } = bench;
  const viewers: CountingViewer[] = [];
  for (let i = 0; i < VIEWERS; i++) viewers.push(stack.use(await openCountingViewer(server.ws)));
  await eventually(() => viewers.every(({ images }) => images > 5), { within: 30_000 });
  viewers.push(...subjects.flatMap((subject) => subject.viewers));
  // By camera, and each camera's in the order in which they came: as here.
  const addresses = (await look(server.url)).state.viewers.map(({ address }) => address);
  if (addresses.length !== viewers.length) {
    throw new Error(`Cannot start soak: ${addresses.length} viewers, not ${viewers.length}`);
  }
  const all = stack.move();
  return {
    bench,
    subjects,
    viewers,
    watchers: () =>
      viewers.map(({ images }, i) => ({ address: addresses[i] ?? "", received: images })),
    look: () => look(server.url),
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  };
}
