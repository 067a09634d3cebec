import { outlivesTerminal } from "./hangup.ts";

/** The wish to end, as the system tells it. */
export interface EndSignal extends Disposable {
  /** Resolves with the first signal. */
  readonly received: Promise<void>;
  /** Whether there was one. */
  readonly wasReceived: boolean;
}

/** npx and others pass a Ctrl+C on that the terminal has sent to us as well: that is one, not two. */
const SAME_SIGNAL_MS = 250;

/** The status that a shell reports of a program that a signal ended. */
const STATUS_OF_SIGINT = 130;

/**
 * Listens for SIGINT, SIGTERM and SIGHUP, with which a terminal closes. A second one ends the process at
 * once. Who was started with `nohup` doesn't heed SIGHUP.
 */
export function untilSignal(): EndSignal {
  const { promise, resolve } = Promise.withResolvers<void>();
  const hasHangup = !outlivesTerminal();
  // Windows has no SIGTERM; Ctrl+Break is the other way to end a program there.
  const names: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM", ...hasHangup ? ["SIGHUP"] as const : []];
  let firstAt: number | undefined;
  const listener = (): void => {
    firstAt ??= performance.now();
    if (performance.now() - firstAt > SAME_SIGNAL_MS) Deno.exit(STATUS_OF_SIGINT);
    resolve();
  };
  for (const name of names) Deno.addSignalListener(name, listener);
  // Deno ends with it otherwise, as soon as it listens for any other.
  if (!hasHangup) Deno.addSignalListener("SIGHUP", ignore);
  return {
    received: promise,
    get wasReceived() {
      return firstAt !== undefined;
    },
    [Symbol.dispose]() {
      for (const name of names) Deno.removeSignalListener(name, listener);
      if (!hasHangup) Deno.removeSignalListener("SIGHUP", ignore);
    },
  };
}

function ignore(): void {}
