/**
 * A thread for those who flood: what they have to do must not hold up those who only watch.
 *
 * @module
 */
import { FLOODS } from "../testutil/attack/floods.ts";

/** The orders for a thread. */
export interface FloodOrder {
  /** Which of {@linkcode FLOODS}, by its name. */
  name: string;
  /** The server's, on 127.0.0.1. */
  port: number;
  /** The cameras that are flooded at the same time. */
  cameras: readonly string[];
  /** The number of clients that flood each camera. */
  clients: number;
  /** How long, in milliseconds. */
  ms: number;
}

/** Floods in a thread of its own; resolves when nobody of it is left. */
export async function floodApart(order: FloodOrder): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const worker = new Worker(import.meta.url, { type: "module" });
  worker.onmessage = () => resolve();
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(`Cannot flood: ${event.message}`));
  };
  worker.postMessage(order);
  try {
    await promise;
  } finally {
    worker.terminate();
  }
}

async function flood({ name, port, cameras, clients, ms }: FloodOrder): Promise<void> {
  const signal = AbortSignal.timeout(ms);
  const flood = FLOODS.find((each) => each.name === name);
  if (flood === undefined) throw new RangeError(`There is no flood '${name}'`);
  await Promise.all(cameras.map((camera) => flood.run(port, { signal, clients, camera })));
}

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<FloodOrder>) => void;
  postMessage?: (message: string) => void;
};
if (scope.postMessage !== undefined) {
  scope.onmessage = async ({ data }) => {
    await flood(data);
    scope.postMessage?.("done");
  };
}
