/** A viewer that has sent nothing for so long hears what we say. */
const QUIET_MS = 50;
/** One that never is quiet is closed all the same. */
const PATIENCE_MS = 1000;

/** The end of a WebSocket that has sent what it may not. */
export interface Goodbye {
  /** Whether it was said, or will be. */
  readonly isDue: boolean;
  /** Says it as soon as nothing comes any more. */
  say(code: number, reason: string): void;
  /** To be called when something comes. */
  putOff(): void;
}

/**
 * Closes a WebSocket so that its client learns why: Deno breaks a connection off, without code or reason,
 * when a message comes after our `close`, and who sends too much has more on its way.
 *
 * @param quietMs how long nothing may have come, in milliseconds
 */
export function createGoodbye(
  close: (code: number, reason: string) => void,
  quietMs = QUIET_MS,
): Goodbye & Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastAt = 0;
  let action: (() => void) | undefined;
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => action?.(), Math.min(quietMs, lastAt - performance.now()));
  };
  return {
    get isDue() {
      return action !== undefined;
    },
    say(code, reason) {
      if (action !== undefined) return;
      lastAt = performance.now() + PATIENCE_MS;
      action = () => close(code, reason);
      wait();
    },
    putOff: wait,
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
