import type { Frame } from "../../frame/frame.ts";
import type { Bitmap } from "../imagescript/encode_jpeg.ts";
import type { ScaleAnswer, ScaleRequest } from "./scale_worker.ts";

/** The worker that runs while somebody needs it. */
interface Running {
  worker: Worker;
  /** The number of those that need it. */
  users: number;
}

/** One thread is enough to keep up with a camera or two; a second one would take what encoding needs. */
let running: Running | undefined;
/** The one before: one picture after the other, so that one copy of a frame is all that it takes. */
let previous: Promise<unknown> = Promise.resolve();
let spare: Uint8Array<ArrayBuffer> | undefined;

/** Makes pictures narrower on a thread that all share, for the event loop has others to serve. */
export class Scaler implements Disposable {
  #worker: Worker | undefined;

  /**
   * Makes a frame narrower, which nobody may write to until it is done.
   *
   * @throws {Error} when it is disposed of meanwhile
   */
  async scale(frame: Frame, width: number): Promise<Bitmap> {
    const worker = this.#worker ??= use();
    const next = previous.then(() => {
      if (this.#worker !== worker) {
        throw new Error("Cannot scale picture: nobody wants it any more");
      }
      return ask(worker, frame, width);
    });
    previous = next.catch(() => {});
    return await next;
  }

  /** Needs the thread no more. */
  [Symbol.dispose](): void {
    if (this.#worker === undefined) return;
    this.#worker = undefined;
    if (running === undefined || --running.users > 0) return;
    running.worker.terminate();
    // Nobody waits for an answer of it any more.
    running.worker.dispatchEvent(new Event("ended"));
    running = spare = undefined;
  }
}

function use(): Worker {
  running ??= {
    worker: new Worker(import.meta.resolve("./scale_worker.ts"), { type: "module" }),
    users: 0,
  };
  running.users++;
  return running.worker;
}

async function ask(worker: Worker, frame: Frame, to: number): Promise<Bitmap> {
  const { width, height, data } = frame;
  const pixels = spare?.length === data.length ? spare : new Uint8Array(data.length);
  spare = undefined;
  // The frame's own buffer is others' as well.
  pixels.set(data);
  const { promise, resolve, reject } = Promise.withResolvers<ScaleAnswer>();
  using stack = new DisposableStack();
  const on = <T extends Event>(type: string, listener: (event: T) => void): void => {
    worker.addEventListener(type, listener as EventListener);
    stack.defer(() => worker.removeEventListener(type, listener as EventListener));
  };
  on<MessageEvent<ScaleAnswer>>("message", ({ data }) => resolve(data));
  on<ErrorEvent>("error", (event) => {
    event.preventDefault();
    reject(new Error(`Cannot scale picture: ${event.message}`));
  });
  on("ended", () => reject(new Error("Cannot scale picture: nobody wants it any more")));
  const request: ScaleRequest = { pixels, width, height, to };
  worker.postMessage(request, [pixels.buffer]);
  const answer = await promise;
  if (running?.worker === worker) spare = answer.pixels;
  return answer;
}
