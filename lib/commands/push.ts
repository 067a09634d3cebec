import { fstatSync } from "node:fs";
import { redactUrl } from "../camera/address.ts";
import { push as openPusher, type Pusher, type PushEvent } from "../client/push.ts";
import type { PushConfig } from "../config/commands/push_config.ts";
import { JpegStream } from "../jpeg/jpeg_stream.ts";
import { printable, writeStderr } from "../log.ts";
import { quote } from "../protocol/quote.ts";
import { whyUnreadable } from "../protocol/why_unreadable.ts";
import { untilSignal } from "../system/signals.ts";
import { Rate } from "../time/rate.ts";
import { sleep } from "../time/sleep.ts";
import { namedFiles } from "./push/named_files.ts";

/** The rate of pictures from files, if none was given. */
const USUAL_FPS = 10;
const STDIN = 0;
const STDIN_NAME = "-";
/** At most this many files without a picture are named. */
const MOST_TOLD = 5;

/** An input to read pictures from. */
interface Input {
  name: string;
  stream: ReadableStream<Uint8Array>;
  /** Whether pictures grow old if they aren't read in time; those of a file don't. */
  isLive: boolean;
}

/**
 * Pushes pictures from files, or from stdin, to a camera of a server.
 *
 * @returns the exit status: 1 when there was no picture
 * @throws {Error} when a file can't be read, or the server refuses
 */
export async function push({ files: names, url, loop, ...options }: PushConfig): Promise<number> {
  const files = await namedFiles(names);
  const over = new AbortController();
  using signal = untilSignal();
  signal.received.then(() => over.abort());
  let refusal: string | undefined;
  const onEvent = (event: PushEvent): void => {
    if (event.type !== "refused") {
      writeStderr(`wscam: ${printable(wordsOf(event, url))}`);
      return;
    }
    refusal = event.reason;
    over.abort();
  };
  await using pusher = openPusher(url, { ...options, onEvent });
  // Stops waiting for a connection.
  over.signal.addEventListener("abort", () => void pusher.close());
  let count = 0;
  do {
    const before = count;
    for (const file of files) {
      const input = await open(file);
      count += await pushAll(input, pusher, { fps: options.fps, signal: over.signal });
    }
    if (count === before && !over.signal.aborted) {
      throw new Error(`Cannot push: there is no JPEG picture in ${placesOf(files)}`);
    }
  } while (loop && !over.signal.aborted);
  if (refusal !== undefined) throw new Error(refusal);
  return count > 0 ? 0 : 1;
}

/** Says where there was no picture: in the first files, and why stdin may have none. */
function placesOf(files: readonly string[]): string {
  const more = files.length > MOST_TOLD ? ` and ${files.length - MOST_TOLD} files more` : "";
  const places = files.slice(0, MOST_TOLD).map(quote).join(", ") + more;
  return Deno.build.os === "windows" && files.includes(STDIN_NAME)
    ? `${places}: PowerShell before 7.4 pipes text, not files; run the line with cmd /c "…"`
    : places;
}

function wordsOf(event: Exclude<PushEvent, { type: "refused" }>, url: string): string {
  switch (event.type) {
    case "connected":
      return `Connected to ${redactUrl(url)}`;
    case "error":
      return event.message;
    case "disconnected": {
      const { reason, retryMs } = event;
      return `No connection to ${redactUrl(url)} (${reason}); trying again in ${retryMs / 1000} s`;
    }
  }
}

/** @throws {Error} when it can't be read */
async function open(path: string): Promise<Input> {
  if (path === STDIN_NAME) {
    return { name: "stdin", stream: Deno.stdin.readable, isLive: !fstatSync(STDIN).isFile() };
  }
  try {
    const { isFile, isDirectory } = await Deno.stat(path);
    if (isDirectory) throw new Deno.errors.IsADirectory();
    const { readable } = await Deno.open(path);
    return { name: path, stream: readable, isLive: !isFile };
  } catch (cause) {
    throw new Error(`Cannot push ${quote(path)}: ${whyUnreadable(cause)}`, { cause });
  }
}

/** @returns how many pictures there were */
async function pushAll(
  { name, stream, isLive }: Input,
  pusher: Pusher,
  { fps, signal }: { fps: number | undefined; signal: AbortSignal },
): Promise<number> {
  const rate = fps === undefined ? undefined : new Rate(fps);
  let count = 0;
  for await (const jpeg of picturesIn(stream, { name, signal })) {
    count++;
    const dueAt = performance.now() + 1000 / (fps ?? USUAL_FPS);
    try {
      if (!isLive) await pusher.send(jpeg);
      else if (rate?.take(performance.now()) ?? true) pusher.offer(jpeg);
    } catch (error) {
      if (signal.aborted) break;
      throw error;
    }
    if (!isLive) await sleep(Math.max(0, dueAt - performance.now()), signal);
  }
  return count;
}

async function* picturesIn(
  stream: ReadableStream<Uint8Array>,
  { name, signal }: { name: string; signal: AbortSignal },
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const found = new JpegStream();
  const reader = stream.getReader();
  const stop = (): void => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", stop);
  try {
    while (!signal.aborted) {
      const { value } = await reader.read();
      if (value === undefined) return;
      for (const { jpeg } of found.push(value)) {
        if (signal.aborted) return;
        yield jpeg;
      }
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot read ${quote(name)}: ${reason}`, { cause });
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}
