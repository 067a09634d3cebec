/**
 * The only writer to the console: log lines go to stderr, data to stdout.
 *
 * @module
 */
import { Flood } from "./log/flood.ts";
import { hasRoom } from "./log/room.ts";
import { hideSecrets } from "./log/secrets.ts";
import { printable, short } from "./log/text.ts";

export { printable, short } from "./log/text.ts";

const STDERR = 2;
/** Log levels, the least important first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** One of {@linkcode LOG_LEVELS}. */
export type LogLevel = typeof LOG_LEVELS[number];

/** How a log line looks: text for people, or one JSON object for programs. */
export const LOG_FORMATS = ["text", "json"] as const;

/** One of {@linkcode LOG_FORMATS}. */
export type LogFormat = typeof LOG_FORMATS[number];

/** Writes one line per event; disposing it writes what is still pending. */
export type Logger = { readonly [level in LogLevel]: (message: string) => void };

/** A logger whose owner can change its level. */
export interface AdjustableLogger extends Logger, Disposable {
  /** The lowest level that is written from now on. */
  setLevel(level: LogLevel): void;
}

export interface LoggerOptions {
  /**
   * The lowest level that is written.
   *
   * @default {"info"}
   */
  level?: LogLevel;
  /** How lines look. @default {"text"} */
  format?: LogFormat;
  /** Whether text has colours. @default {false} */
  color?: boolean;
  /**
   * Takes lines; `false` means that one was lost.
   *
   * @default {stderr}
   */
  write?: (line: string) => unknown;
}

/**
 * A logger that drops lines below its level, sums up repeated ones, and removes what looks like a
 * secret.
 */
export function createLogger(
  { level = "info", format = "text", color = false, write = writeStderr }: LoggerOptions = {},
): AdjustableLogger {
  let lowest = LOG_LEVELS.indexOf(level);
  const line = format === "json" ? jsonLine : color ? colorLine : textLine;
  let lost = 0;
  const flood = new Flood<LogLevel>((own, message) => {
    if (lost > 0) {
      const lines = lost === 1 ? "1 line was" : `${lost} lines were`;
      if (write(line("warn", `${lines} lost: the output was blocked`)) !== false) lost = 0;
    }
    if (lost > 0 || write(line(own, message)) === false) lost++;
  });
  const at = (own: LogLevel) => (message: string): void => {
    if (LOG_LEVELS.indexOf(own) >= lowest) flood.add(own, hideSecrets(printable(short(message))));
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    setLevel: (changed) => lowest = LOG_LEVELS.indexOf(changed),
    [Symbol.dispose]: () => flood[Symbol.dispose](),
  };
}

/**
 * Writes data to stdout, synchronously and completely.
 *
 * @throws {Deno.errors.BrokenPipe} when nobody reads any more
 */
export function writeStdout(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) sent += Deno.stdout.writeSync(bytes.subarray(sent));
}

/**
 * Writes data to stdout completely, without blocking anything else while the reader is slow.
 * Nothing else may be written to stdout until this is done.
 *
 * @throws {Deno.errors.BrokenPipe} when nobody reads any more
 */
export async function sendStdout(text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) sent += await Deno.stdout.write(bytes.subarray(sent));
}

/**
 * Writes one line to stderr, at once or not at all; `false` if nobody reads it, or the disk is
 * full.
 */
export function writeStderr(line: string): boolean {
  if (!hasRoom(STDERR)) return false;
  try {
    // deno-lint-ignore no-console -- the one place
    console.error(line);
    return true;
  } catch {
    return false;
  }
}

/** Keeps libraries' output away from our data: NATS's client writes stack traces to stdout. */
export function quietLibraries(): void {
  // deno-lint-ignore no-console -- it is theirs alone
  console.log = () => {};
}

function jsonLine(level: LogLevel, message: string): string {
  return JSON.stringify({ time: new Date().toISOString(), level, message });
}

function textLine(level: LogLevel, message: string): string {
  return `${localTime()} ${level.padEnd(5)} ${message}`;
}

/** ECMA-48: grey, green, yellow, red. */
const COLORS: Readonly<Record<LogLevel, number>> = { debug: 90, info: 32, warn: 33, error: 31 };

function colorLine(level: LogLevel, message: string): string {
  return `${localTime()} \x1b[${COLORS[level]}m${level.padEnd(5)}\x1b[0m ${message}`;
}

function localTime(): string {
  const now = new Date();
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, 23)}`;
}
