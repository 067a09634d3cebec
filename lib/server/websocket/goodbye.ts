/** A viewer that has sent nothing for so long hears what we say; what it sent before may take its time on the way. */
const QUIET_MS = 250;
/** One that never is quiet is closed all the same. */
const PATIENCE_MS = 1000;
/** More than this is not what was on its way when it was told: it never will be quiet. */
const MOST = { messages: 1000, bytes: 16 * 1024 * 1024 };

/** The end of a WebSocket that has sent what it may not. */
export interface Goodbye {
  /** Whether it was said, or will be. */
  readonly isDue: boolean;
  /** Says it as soon as nothing comes any more. */
  say(code: number, reason: string): void;
  /** To be called when something comes: a message of so many bytes. */
  putOff(bytes: number): void;
}

/** Options of {@linkcode createGoodbye}. */
export interface GoodbyeOptions {
  /** Closes the WebSocket. */
  close: (code: number, reason: string) => void;
  /** Ends the connection at once: a flood goes on, and while its messages are read, no timer runs. */
  cut: () => void;
  /** The time for which nothing may have come, in milliseconds. @default {250} */
  quietMs?: number;
}

/**
 * Closes a WebSocket so that its client learns why: Deno breaks a connection off, without code or reason,
 * when a message comes after our `close`, and who sends too much has more on its way.
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
