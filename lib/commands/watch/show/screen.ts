import { sendStdout, writeStdout } from "../../../log.ts";
import type { Cells } from "./fit.ts";

/** The alternate screen (1049), empty, without a cursor (25), on which long lines don't wrap (7). */
const ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J";
/** First ends whatever was cut off (ST), and what is shown at once only when it is whole (2026). */
const LEAVE = "\x1b\\\x1b[?2026l";
/** Emptied first: tmux, made larger meanwhile, would bring rows of it along. */
const RESTORE = "\x1b[0m\x1b[2J\x1b[?7h\x1b[?25h\x1b[?1049l";
/** A terminal that knows this (2026) shows what stands between the two at once; others pay no heed. */
const BEGIN_UPDATE = "\x1b[?2026h";
const END_UPDATE = "\x1b[?2026l";
/** The size to assume where the system doesn't know it. */
const USUAL: Cells = { columns: 80, rows: 24 };

/** The whole terminal, borrowed from what stands on it. */
export interface Screen {
  /** How large it is now. */
  size(): Cells;
  /**
   * Shows text, with whatever steers the terminal in it; done when the terminal has taken it.
   *
   * @throws {Error} when there is no terminal any more
   */
  write(text: string): Promise<void>;
  /** Gives the terminal back while the program is stopped, and takes it again when that goes on. */
  suspend(): Promise<void>;
  /** Gives the terminal back as it was, also twice, and also when it is no longer there. */
  close(): void;
}

/**
 * Takes the terminal; it is given back also when the program is ended by `Deno.exit`.
 *
 * @param end what the terminal must be told before it is given back
 */
export function openScreen(end: string): Screen {
  let isOpen = true;
  let isWriting = false;
  const send = async (text: string): Promise<void> => {
    isWriting = true;
    await sendStdout(text);
    isWriting = false;
  };
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    globalThis.removeEventListener("unload", close);
    // A terminal that takes nothing would take this neither, and keep the program from ending.
    if (isWriting) return;
    setEcho(true);
    try {
      writeStdout(LEAVE + end + RESTORE);
    } catch {
      // Nobody is there to see it.
    }
  };
  globalThis.addEventListener("unload", close);
  setEcho(false);
  writeStdout(ENTER);
  return {
    size,
    write: (text) => send(BEGIN_UPDATE + text + END_UPDATE),
    async suspend() {
      await send(LEAVE + end + RESTORE);
      setEcho(true);
      Deno.kill(Deno.pid, "SIGSTOP");
      setEcho(false);
      await send(ENTER);
    },
    close,
  };
}

function size(): Cells {
  const { columns, rows } = Deno.consoleSize();
  return columns > 0 && rows > 0 ? { columns, rows } : USUAL;
}

/** Whether keys write on the screen. Ctrl+C works in any case; on Windows it would not. */
function setEcho(isOn: boolean): void {
  if (Deno.build.os === "windows" || !Deno.stdin.isTerminal()) return;
  try {
    if (isOn) Deno.stdin.setRaw(false);
    else Deno.stdin.setRaw(true, { cbreak: true });
  } catch {
    // The terminal is gone.
  }
}
