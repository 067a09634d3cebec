/**
 * A viewer that has sent nothing for this long can receive our close; what it sent before may still
 * be on its way.
 */
const QUIET_MS = 250;
/** A viewer that never stops sending is disconnected after this long all the same. */
const PATIENCE_MS = 1000;
/** More than this was not just on its way when the viewer was told: it will never stop. */
const MOST = { messages: 1000, bytes: 16 * 1024 * 1024 };

/** The end of a WebSocket whose client broke the rules. */
export interface Goodbye {
  /** Whether it is closing. */
  readonly isDue: boolean;
  /** Closes it as soon as nothing more arrives. */
  say(code: number, reason: string): void;
  /** To be called for each arriving message, with its size in bytes. */
  putOff(bytes: number): void;
}

export interface GoodbyeOptions {
  /** Closes the WebSocket. */
  close: (code: number, reason: string) => void;
  /** Ends the connection at once: during a flood, while messages are read, no timer runs. */
  cut: () => void;
  /**
   * How long nothing may have arrived, in milliseconds.
   *
   * @default {250}
   */
  quietMs?: number;
}

/**
 * Closes a WebSocket in such a way that its client learns why. If a message arrives after our
 * `close`, Deno breaks off the connection without code or reason; and a client that sends too much
 * has more on its way.
 */
export function createGoodbye(
  { close, cut, quietMs = QUIET_MS }: GoodbyeOptions,
): Goodbye & Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let heardAt = 0;
  let lastAt = 0;
  let isDue = false;
  const come = { messages: 0, bytes: 0 };
  const wait = (code: number, reason: string): void => {
    const now = performance.now();
    const dueAt = Math.min(heardAt + quietMs, lastAt);
    if (now >= dueAt) close(code, reason);
    else timer = setTimeout(() => wait(code, reason), dueAt - now);
  };
  return {
    get isDue() {
      return isDue;
    },
    say(code, reason) {
      if (isDue) return;
      isDue = true;
      heardAt = performance.now();
      lastAt = heardAt + PATIENCE_MS;
      wait(code, reason);
    },
    putOff(bytes) {
      heardAt = performance.now();
      const wasMost = isMost(come);
      come.messages++;
      come.bytes += bytes;
      if (!wasMost && isMost(come)) cut();
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

function isMost({ messages, bytes }: typeof MOST): boolean {
  return messages > MOST.messages || bytes > MOST.bytes;
}
