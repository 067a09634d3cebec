/** The longest that a timer takes, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Calls back when a time has come, however far away it is.
 *
 * @param expires in milliseconds since 1970; nothing for never
 * @returns stops waiting
 */
export function atTime(expires: number | undefined, callback: () => void): () => void {
  if (expires === undefined) return () => {};
  let timer: ReturnType<typeof setTimeout>;
  const wait = (): void => {
    const left = expires - Date.now();
    if (left <= 0) return callback();
    // A timer may come early by a little, and the clock may be set.
    timer = setTimeout(wait, Math.min(left, LONGEST_MS));
  };
  timer = setTimeout(wait, Math.min(Math.max(0, expires - Date.now()), LONGEST_MS));
  return () => clearTimeout(timer);
}

/** A stream that ends when its time has come; what it reads from is cancelled then. */
export function endingAt(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  expires: number,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  let stop: (() => void) | undefined;
  return new ReadableStream({
    start(controller) {
      stop = atTime(expires, () => {
        controller.close();
        reader.cancel().catch(() => {});
      });
    },
    async pull(controller) {
      const { done, value } = await reader.read();
      // It may have ended meanwhile.
      if (value !== undefined && controller.desiredSize !== null) tryEnqueue(controller, value);
      if (done) {
        stop?.();
        tryClose(controller);
      }
    },
    async cancel(reason) {
      stop?.();
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}

function tryEnqueue<T>(controller: ReadableStreamDefaultController<T>, value: T): void {
  try {
    controller.enqueue(value);
  } catch {
    // Closed.
  }
}

function tryClose<T>(controller: ReadableStreamDefaultController<T>): void {
  try {
    controller.close();
  } catch {
    // Closed already.
  }
}
