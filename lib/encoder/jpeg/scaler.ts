import type { Frame } from "../../frame/frame.ts";
import type { Bitmap } from "../../jpeg/imagescript/encode_jpeg.ts";
import type { ScaleAnswer, ScaleRequest } from "./scale_worker.ts";

/** The worker, which runs while somebody needs it. */
interface Running {
  worker: Worker;
  /** The number of its users. */
  users: number;
}

/** One thread keeps up with a camera or two; a second one would take away what encoding needs. */
let running: Running | undefined;
/** The previous picture: working on one after the other takes only one copy of a frame. */
let previous: Promise<unknown> = Promise.resolve();
let spare: Uint8Array<ArrayBuffer> | undefined;

/** Scales pictures down on a thread that all share, to keep the event loop free. */
export class Scaler implements Disposable {
  #worker: Worker | undefined;

  /**
   * Scales a frame down; nobody may write to the frame until it is done.
   *
   * @throws {Error} when disposed of meanwhile
   */
  async scale(frame: Frame, width: number): Promise<Bitmap> {
    const worker = this.#worker ??= use();
    const next = previous.then(() => {
      if (this.#worker !== worker) {
        throw new Error("Cannot scale picture: it isn't wanted any more");
      }
      return ask(worker, frame, width);
    });
    previous = next.catch(() => {});
    return await next;
  }

  /** Gives up this user's claim on the thread. */
  [Symbol.dispose](): void {
    if (this.#worker === undefined) return;
    this.#worker = undefined;
    if (running === undefined || --running.users > 0) return;
    running.worker.terminate();
    // Nobody waits for an answer any more.
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
  // Others use the frame's own buffer as well.
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
  on("ended", () => reject(new Error("Cannot scale picture: it isn't wanted any more")));
  const request: ScaleRequest = { pixels, width, height, to };
  worker.postMessage(request, [pixels.buffer]);
  const answer = await promise;
  if (running?.worker === worker) spare = answer.pixels;
  return answer;
}
