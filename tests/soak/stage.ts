import { type CountingViewer, openCountingViewer } from "../testutil/client/counting_viewer.ts";
import { eventually } from "../testutil/eventually.ts";
import { type FaultBench, startFaultBench, type Subject } from "../testutil/camera/fault_bench.ts";
import { startWebCamera } from "../testutil/camera/web_camera.ts";
import { type Look, look } from "./look.ts";
import type { Watcher } from "./truth.ts";

/** Virtual cameras next to the test picture. */
const CAMERAS = 3;
/** Viewers of each camera that watch all along. */
const VIEWERS = 4;
/** The default camera: those who attack watch it. */
const PATTERN = ["--camera", "test", "--resolution", "320x240"];
/** One whose pictures are passed on: an ffmpeg makes each other rendition of them. */
const COPIED = { name: "copied", width: 320, height: 240 };

/** A server with cameras, and viewers that do nothing wrong. */
export interface Stage extends AsyncDisposable {
  readonly bench: FaultBench;
  readonly subjects: readonly Subject[];
  /** All viewers that have watched all along. */
  readonly viewers: readonly CountingViewer[];
  /** The cameras that only floods affect, and their viewers. */
  readonly flooded: { cameras: readonly string[]; viewers: readonly CountingViewer[] };
  /** The same as the server has them, with what each has received now. */
  watchers(): Watcher[];
  /** Asks the server how it is. */
  look(): Promise<Look>;
}

/** Starts it, and waits until everybody has pictures. */
export async function startStage(): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const { name, width, height } = COPIED;
  const web = stack.use(startWebCamera(() => ({ size: () => [width, height] })));
  const args = [...PATTERN, "--camera", `${name}=${web.url}#encoder=copy`];
  const bench = stack.use(await startFaultBench(CAMERAS, { args, viewers: VIEWERS }));
  const { server, subjects } = bench;
  const flooded = { cameras: ["test", name], viewers: [] as CountingViewer[] };
  for (const camera of flooded.cameras) {
    const url = `${server.ws}/?camera=${camera}`;
    for (let i = 0; i < VIEWERS; i++) {
      flooded.viewers.push(stack.use(await openCountingViewer(url)));
    }
  }
  await eventually(() => flooded.viewers.every(({ images }) => images > 5), { within: 30_000 });
  const viewers = [...flooded.viewers, ...subjects.flatMap((subject) => subject.viewers)];
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
    flooded,
    watchers: () =>
      viewers.map(({ images }, i) => ({ address: addresses[i] ?? "", received: images })),
    look: () => look(server.url),
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  };
}
