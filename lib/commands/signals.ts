/** The wish to end, as the system tells it. */
export interface EndSignal extends Disposable {
  /** Resolves with the first signal. */
  readonly received: Promise<void>;
  /** Whether there was one. */
  readonly wasReceived: boolean;
}

/** What a shell reports of a program that a signal ended. */
const STATUS_OF_SIGINT = 130;

/** Listens for SIGINT and SIGTERM. A second one ends the process at once. */
export function untilSignal(): EndSignal {
  const { promise, resolve } = Promise.withResolvers<void>();
  // Windows has no SIGTERM; Ctrl+Break is the other way to end a program there.
  const names =
    (Deno.build.os === "windows" ? ["SIGINT", "SIGBREAK"] : ["SIGINT", "SIGTERM"]) as Deno.Signal[];
  let count = 0;
  const listener = (): void => {
    if (++count > 1) Deno.exit(STATUS_OF_SIGINT);
    resolve();
  };
  for (const name of names) Deno.addSignalListener(name, listener);
  return {
    received: promise,
    get wasReceived() {
      return count > 0;
    },
    [Symbol.dispose]() {
      for (const name of names) Deno.removeSignalListener(name, listener);
    },
  };
}
