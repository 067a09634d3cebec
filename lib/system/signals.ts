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
 * Listens for SIGINT, SIGTERM and SIGHUP, with which a terminal closes. A second one ends the
 * process at once. A program that was started with `nohup` doesn't heed SIGHUP; where there is no
 * terminal, SIGHUP is the wish to be told anew what to do.
 *
 * @param onHangup called for SIGHUP where there is no terminal
 */
export function untilSignal(onHangup: () => void = () => {}): EndSignal {
  const { promise, resolve } = Promise.withResolvers<void>();
  const isAttached = hasTerminal();
  const hasHangup = isAttached && !outlivesTerminal();
  const atHangup = isAttached ? ignore : onHangup;
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
  if (!hasHangup) Deno.addSignalListener("SIGHUP", atHangup);
  return {
    received: promise,
    get wasReceived() {
      return firstAt !== undefined;
    },
    [Symbol.dispose]() {
      for (const name of names) Deno.removeSignalListener(name, listener);
      if (!hasHangup) Deno.removeSignalListener("SIGHUP", atHangup);
    },
  };
}

function ignore(): void {}

/** Whether a terminal would tell us with SIGHUP that it closes: only a controlling one does. */
function hasTerminal(): boolean {
  if (Deno.build.os === "windows") return true;
  try {
    Deno.openSync("/dev/tty").close();
    return true;
  } catch {
    return false;
  }
}
