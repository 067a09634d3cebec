import { Camera } from "../../lib/camera/camera.ts";
import { Stream } from "../../lib/stream/stream.ts";
import { createFakeSource, type FakeSource } from "../camera/fake_source.ts";
import { encoderOf } from "./collector.ts";
import { eventually } from "../testutil/eventually.ts";

export const OPTIONS = { name: "door", quality: null, width: null };

/** One frame that is being encoded. */
export interface Job {
  sequence: number;
  /** The encoder is done with it. */
  finish(): Promise<void>;
  /** The encoder refuses it. */
  fail(): Promise<void>;
}

export interface Bench extends AsyncDisposable {
  source: FakeSource;
  camera: Camera;
  stream: Stream;
  /** The states that the stream has told. */
  states: string[];
  /** Everything that was ever given to the encoder. */
  jobs: Job[];
  /** The number of frames it works on. */
  inFlight: number;
  /** Gives the camera this many frames. */
  frames(count: number): Promise<void>;
}

/** Lets everything happen that is due by now. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve, 0));
}

export function createBench({ retryMs = [1] }: { retryMs?: number[] } = {}): Bench {
  const source = createFakeSource();
  const camera = new Camera(source, { fps: 1e9, lingerMs: 0, retryMs });
  const bench: Bench = {
    source,
    camera,
    jobs: [],
    inFlight: 0,
    states: [],
    stream: new Stream(
      camera,
      encoderOf(({ sequence }) => {
        bench.inFlight++;
        const { promise, resolve, reject } = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
        const end = async (how: () => void): Promise<void> => {
          bench.inFlight--;
          how();
          await settle();
        };
        bench.jobs.push({
          sequence,
          finish: () => end(() => resolve(Uint8Array.of(sequence))),
          fail: () => end(() => reject(new Error("refused"))),
        });
        return promise;
      }),
      { ...OPTIONS, onStatus: ({ state }) => void bench.states.push(state) },
    ),
    async frames(count) {
      await eventually(() => source.runs.length > 0);
      const before = camera.counters.captured;
      for (let i = 0; i < count; i++) source.run.frame();
      await eventually(() => camera.counters.captured === before + count);
      await settle();
    },
    [Symbol.asyncDispose]: () => camera.close(),
  };
  return bench;
}
