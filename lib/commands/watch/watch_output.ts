import { hasColor } from "../../config/color.ts";
import { createLogger, type Logger, printable, writeStderr, writeStdout } from "../../log.ts";
import { Show, type ShowOptions } from "./show/show.ts";
import type { Summary } from "./watch_statistics.ts";

const CLEAR_LINE = "\r\x1b[K";
/** At most this many events are reported afterwards. */
const MAX_HELD = 50;

/** The output of `watch`. */
export interface WatchOutput {
  /** Tells what happened. */
  readonly log: Pick<Logger, "info" | "warn">;
  /** Takes what arrived lately. */
  report(line: Line): void;
  /** Takes a picture, where pictures are shown. */
  show?(jpeg: Uint8Array<ArrayBuffer>): void;
  /** Leaves the terminal as the next program expects it. */
  close(): void | Promise<void>;
}

/** A JSON line for each report. */
export function createJsonOutput(onUnread: () => void): WatchOutput {
  const log = createLogger({ color: hasColor(Deno.stderr) });
  return {
    log,
    report: (line) => tryStdout(`${JSON.stringify(line)}\n`, onUnread),
    close: () => log[Symbol.dispose](),
  };
}

/** One line on a terminal, rewritten for each report. */
export function createLiveOutput(onUnread: () => void): WatchOutput {
  const color = hasColor(Deno.stderr);
  const log = createLogger({ color, write: (line) => writeStderr(CLEAR_LINE + line) });
  return {
    log,
    report: (line) => tryStdout(CLEAR_LINE + liveLine(line), onUnread),
    close() {
      log[Symbol.dispose]();
      tryStdout("\n", onUnread);
    },
  };
}

/**
 * Pictures on the whole terminal, with the live line or the last event below them. Log lines would
 * spoil them, so they are written when the terminal is restored.
 */
export function createShowOutput(options: ShowOptions, onUnread: () => void): WatchOutput {
  const show = new Show(options, onUnread);
  let held: string[] = [];
  let [last, live] = ["", ""];
  const hold = (line: string): void => void (held = [...held, line].slice(-MAX_HELD));
  const log = createLogger({ write: Deno.stderr.isTerminal() ? hold : writeStderr });
  const tell = (level: "info" | "warn") => (message: string): void => {
    last = printable(message);
    show.tell(last);
    log[level](message);
  };
  return {
    log: { info: tell("info"), warn: tell("warn") },
    show: (jpeg) => show.show(jpeg),
    report(line) {
      live = liveLine(line);
      const isUnexplained = line.bytes === null && line.reason === null;
      show.tell(isUnexplained && last !== "" ? last : live);
    },
    async close() {
      await show.close();
      log[Symbol.dispose]();
      for (const line of held) writeStderr(line);
      tryStdout(`${live}\n`, onUnread);
    },
  };
}

function tryStdout(text: string, onUnread: () => void): void {
  try {
    writeStdout(text);
  } catch {
    // As with `wscam watch | head -3`.
    onUnread();
  }
}

/** A summary and, if known, why no pictures come and when the camera is reopened. */
export type Line = Summary & { reason: string | null; nextTryMs: number | null };

function liveLine(line: Line): string {
  const { fps, ageMs, width, height, bytes, frames, missed, reason, nextTryMs } = line;
  if (bytes === null && reason !== null && nextTryMs !== null) {
    return printable(`${reason}; next try in ${Math.ceil(nextTryMs / 1000)} s`);
  }
  if (bytes === null) return `no picture now, ${frames} so far`;
  const size = `${width}x${height}, ${Math.round(bytes / 1024)} KB`;
  return printable(
    `${fps.toFixed(1)} fps, ${ageMs} ms old, ${size}, ${frames} frames, ${missed} missed`,
  );
}
