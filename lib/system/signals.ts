import { outlivesTerminal } from "./hangup.ts";

/** The wish to end, as the system tells it. */
export interface EndSignal extends Disposable {
  /** Resolves with the first signal. */
  readonly received: Promise<void>;
  /** Whether there was one. */
  readonly wasReceived: boolean;
}

/**
 * npx and others forward a Ctrl+C that the terminal has already sent to us: those two count as one.
 */
const SAME_SIGNAL_MS = 250;

/** The status that a shell reports for a program ended by a signal. */
const STATUS_OF_SIGINT = 130;

/**
 * Listens for SIGINT, SIGTERM and SIGHUP, which a closing terminal sends. A second signal ends the
 * process at once. A program started with `nohup` ignores SIGHUP; without a terminal, SIGHUP asks
 * for a reload.
 *
 * @param onHangup called for SIGHUP without a terminal
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
  // Otherwise Deno would end with it as soon as any other signal is listened for.
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

/** Whether a terminal would send us SIGHUP when it closes: only a controlling terminal does. */
function hasTerminal(): boolean {
  if (Deno.build.os === "windows") return true;
  try {
    Deno.openSync("/dev/tty").close();
    return true;
  } catch {
    return false;
  }
}
