import type { Frame } from "../../frame/frame.ts";
import type { Bitmap } from "../../jpeg/imagescript/encode_jpeg.ts";
import type { ScaleAnswer, ScaleFailure, ScaleRequest } from "./scale_worker.ts";

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

const UNWANTED = "it isn't wanted any more";

/** Scales pictures down on a thread that all share, to keep the event loop free. */
export class Scaler implements Disposable {
  #worker: Worker | undefined;

  /**
   * Scales a frame down; nobody may write to the frame until it is done.
   *
   * @throws {Error} when it can't, or when disposed of meanwhile
   */
  async scale(frame: Frame, width: number): Promise<Bitmap> {
    // The thread may have ended for all, with an error.
    if (this.#worker !== running?.worker) this.#worker = undefined;
    const worker = this.#worker ??= use();
    const next = previous.then(() => {
      if (this.#worker !== worker) throw refusal(UNWANTED);
      if (running?.worker !== worker) throw refusal("its thread has ended");
      return ask(worker, frame, width);
    });
    previous = next.catch(() => {});
    return await next;
  }

  /** Gives up this user's claim on the thread. */
  [Symbol.dispose](): void {
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker === undefined || running?.worker !== worker) return;
    if (--running.users === 0) end(worker, UNWANTED);
  }
}

function use(): Worker {
  running ??= { worker: start(), users: 0 };
  running.users++;
  return running.worker;
}

function start(): Worker {
  const worker = new Worker(import.meta.resolve("./scale_worker.ts"), { type: "module" });
  worker.addEventListener("error", (event) => {
    // It would end the program.
    event.preventDefault();
    // The thread answers nothing any more: the next picture gets another.
    end(worker, event.message);
  });
  return worker;
}

/** Ends the thread; whoever waits for its answer is told. */
function end(worker: Worker, why: string): void {
  if (running?.worker === worker) running = spare = undefined;
  worker.terminate();
  worker.dispatchEvent(new CustomEvent("ended", { detail: why }));
}

function refusal(why: string): Error {
  return new Error(`Cannot scale picture: ${why}`);
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
  on<MessageEvent<ScaleAnswer | ScaleFailure>>("message", ({ data }) => {
    if ("problem" in data) reject(refusal(data.problem));
    else resolve(data);
  });
  on<CustomEvent<string>>("ended", ({ detail }) => reject(refusal(detail)));
  const request: ScaleRequest = { pixels, width, height, to };
  worker.postMessage(request, [pixels.buffer]);
  const answer = await promise;
  if (running?.worker === worker) spare = answer.pixels;
  return answer;
}
