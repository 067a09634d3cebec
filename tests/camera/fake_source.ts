import { Frame, type FramePool } from "../../lib/frame/frame.ts";
import type { Reading, Source } from "../../lib/camera/source.ts";

/** One time that a source was opened. */
export interface FakeRun {
  readonly pool: FramePool;
  readonly signal: AbortSignal;
  /** Whether everything of it is over. */
  isOver: boolean;
  /** Delivers a frame. */
  frame(): void;
  /** Drops a picture that isn't whole. */
  broken(): void;
  /** Ends the frames, with an error if one is given. */
  end(error?: unknown): void;
}

/** A source that does what a test says. */
export interface FakeSource extends Source {
  readonly runs: FakeRun[];
  /** The last of them. */
  readonly run: FakeRun;
  /** Frames that nobody holds any more. */
  released: number;
  /** Done before it ends, once its signal is aborted. */
  beforeEnd: () => Promise<void>;
}

type Step = { kind: "frame" } | { kind: "end"; error: unknown };

/** A source that gives no frame by itself. */
export function createFakeSource(size = { width: 2, height: 1 }): FakeSource {
  const runs: FakeRun[] = [];
  let sequence = 0;
  const source: FakeSource = {
    runs,
    released: 0,
    beforeEnd: () => Promise.resolve(),
    get run() {
      const last = runs.at(-1);
      if (last === undefined) throw new Error("The source was never opened");
      return last;
    },
    async *frames({ pool, signal, onBroken }: Reading) {
      const steps: Step[] = [];
      let wake = (): void => {};
      const put = (step: Step): void => {
        steps.push(step);
        wake();
      };
      const run: FakeRun = {
        pool,
        signal,
        isOver: false,
        frame: () => put({ kind: "frame" }),
        broken: () => onBroken?.(),
        end: (error) => put({ kind: "end", error }),
      };
      runs.push(run);
      signal.addEventListener("abort", () => wake());
      try {
        while (!signal.aborted) {
          const step = steps.shift();
          if (step === undefined) {
            await new Promise<void>((resolve) => wake = resolve);
          } else if (step.kind === "frame") {
            const info = { ...size, timestamp: 1000 + sequence, sequence: ++sequence };
            yield new Frame(
              new Uint8Array(size.width * size.height * 4),
              info,
              () => source.released++,
            );
          } else if (step.error === undefined) {
            return;
          } else {
            throw step.error;
          }
        }
        await source.beforeEnd();
      } finally {
        run.isOver = true;
      }
    },
  };
  return source;
}
