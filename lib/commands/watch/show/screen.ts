import { sendStdout, writeStdout } from "../../../log.ts";
import type { Cells } from "./fit.ts";

/**
 * The alternate screen (1049), empty, without a cursor (25) and without wrapping of long lines (7).
 */
const ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J";
/** Ends a truncated sequence first (ST) and a synchronized update (2026). */
const LEAVE = "\x1b\\\x1b[?2026l";
/** Cleared first: otherwise tmux, enlarged meanwhile, would keep rows of it. */
const RESTORE = "\x1b[0m\x1b[2J\x1b[?7h\x1b[?25h\x1b[?1049l";
/**
 * A terminal that knows this sequence (2026) shows everything between the two at once; others
 * ignore it.
 */
const BEGIN_UPDATE = "\x1b[?2026h";
const END_UPDATE = "\x1b[?2026l";
/** The size to assume if the system doesn't know it. */
const USUAL: Cells = { columns: 80, rows: 24 };

/** The whole terminal, with its previous contents restored at the end. */
export interface Screen {
  /** How large it is now. */
  size(): Cells;
  /**
   * Writes text and control sequences; resolves when the terminal has taken it.
   *
   * @throws {Error} when the terminal is gone
   */
  write(text: string): Promise<void>;
  /** Restores the terminal while the program is stopped, and takes it again when it continues. */
  suspend(): Promise<void>;
  /** Restores the terminal; may be called twice, and when the terminal is gone. */
  close(): void;
}

/**
 * Takes the terminal; it is restored even when `Deno.exit` ends the program.
 *
 * @param end what to write before it is restored
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
    // A terminal that takes nothing would not take this either, and would keep the program from
    // ending.
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
