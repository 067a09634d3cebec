/**
 * The only writer to the console: log lines go to stderr, data to stdout.
 *
 * @module
 */
import { Flood } from "./log/flood.ts";
import { hideSecrets } from "./log/secrets.ts";

/** Levels of importance, from the least to the most. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** One of {@linkcode LOG_LEVELS}. */
export type LogLevel = typeof LOG_LEVELS[number];

/** How a log line looks: for people, or one JSON object for machines. */
export const LOG_FORMATS = ["text", "json"] as const;

/** One of {@linkcode LOG_FORMATS}. */
export type LogFormat = typeof LOG_FORMATS[number];

/** Writes one line per event; its owner disposes of it, so that nothing stays untold. */
export type Logger = { readonly [level in LogLevel]: (message: string) => void };

/** Options of {@linkcode createLogger}. */
export interface LoggerOptions {
  /** The least important lines that are written. @default {"info"} */
  level?: LogLevel;
  /** How lines look. @default {"text"} */
  format?: LogFormat;
  /** Whether text has colours. @default {false} */
  color?: boolean;
  /** Where lines go. @default {stderr} */
  write?: (line: string) => void;
}

/**
 * A logger that drops what is below its level, sums up what comes again and again, and takes out what
 * looks like a secret.
 */
export function createLogger(
  { level = "info", format = "text", color = false, write = writeStderr }: LoggerOptions = {},
): Logger & Disposable {
  const lowest = LOG_LEVELS.indexOf(level);
  const line = format === "json" ? jsonLine : color ? colorLine : textLine;
  const flood = new Flood<LogLevel>((own, message) => write(line(own, message)));
  const at = (own: LogLevel) => (message: string): void => {
    if (LOG_LEVELS.indexOf(own) >= lowest) flood.add(own, hideSecrets(printable(message)));
  };
  return {
    ...{ debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") },
    [Symbol.dispose]: () => flood[Symbol.dispose](),
  };
}

/** Replaces control characters, so that no text from outside can steer a terminal. */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, "\ufffd");
}

/**
 * Writes data to stdout at once and whole.
 *
 * @throws {Deno.errors.BrokenPipe} when nobody reads any more
 */
export function writeStdout(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) sent += Deno.stdout.writeSync(bytes.subarray(sent));
}

/**
 * Writes data to stdout whole, and holds up nothing else while whoever reads is slow. Nothing else may
 * be written to it until this is done.
 *
 * @throws {Deno.errors.BrokenPipe} when nobody reads any more
 */
export async function sendStdout(text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) sent += await Deno.stdout.write(bytes.subarray(sent));
}

/** Writes one line to stderr; nothing happens when nobody reads it, or there is no room for it. */
export function writeStderr(line: string): void {
  try {
    // deno-lint-ignore no-console -- the one place
    console.error(line);
  } catch {
    // The disk is full, or the terminal has gone: no reason to end.
  }
}

/** Keeps what libraries have to say out of our data: NATS's client writes stack traces to stdout. */
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
