import { type Picture, view, type ViewerEvent } from "../client/viewer.ts";
import type { WatchConfig } from "../config.ts";
import { redactUrl } from "../camera/source_spec.ts";
import { hasColor } from "../config/color.ts";
import { createLogger, printable, writeStderr, writeStdout } from "../log.ts";
import { untilSignal } from "./signals.ts";
import { type Summary, WatchStatistics } from "./watch_statistics.ts";

const REPORT_MS = 1000;
const CLEAR_LINE = "\r\x1b[K";

/**
 * Watches a camera and tells what arrives, until it has seen enough or is told to end.
 *
 * @returns the exit status: 1 when no picture came
 * @throws {Error} when a picture can't be saved
 */
export async function watch({ url, save, count, seconds, json }: WatchConfig): Promise<number> {
  const end = new AbortController();
  using signal = untilSignal();
  signal.received.then(() => end.abort());
  const timer = seconds < Infinity ? setTimeout(() => end.abort(), seconds * 1000) : undefined;
  const statistics = new WatchStatistics();
  const isLive = !json && Deno.stdout.isTerminal();
  using reporter = startReporter(statistics, { isLive, onUnread: () => end.abort() });
  let frames = 0;
  try {
    if (save !== undefined) await saving(save, () => Deno.mkdir(save, { recursive: true }));
    for await (const event of view(url, end.signal)) {
      if (event.type !== "picture") {
        reporter.tell(event, url);
        continue;
      }
      statistics.add(event, performance.now());
      frames++;
      if (save !== undefined) await saving(save, () => savePicture(event, { save, frames }));
      if (frames >= count) end.abort();
    }
    return frames > 0 ? 0 : 1;
  } finally {
    clearTimeout(timer);
  }
}

/** Says where saving failed. */
async function saving(folder: string, save: () => Promise<void>): Promise<void> {
  try {
    await save();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot save to '${folder}': ${reason}`, { cause });
  }
}

/** Tells what arrives: a live line on a terminal, JSON lines elsewhere, and events as log lines. */
interface Reporter extends Disposable {
  tell(event: Exclude<ViewerEvent, Picture>, url: string): void;
}

/** What is known of an outage that lasts. */
interface KnownOutage {
  words: string;
  /** When the camera is opened again, by `performance.now()`. */
  at: number;
}

function startReporter(
  statistics: WatchStatistics,
  { isLive, onUnread }: { isLive: boolean; onUnread: () => void },
): Reporter {
  const log = createLogger({
    color: hasColor(Deno.stderr),
    write: (line) => writeStderr(isLive ? CLEAR_LINE + line : line),
  });
  let outage: KnownOutage | undefined;
  const report = (): void => {
    const now = performance.now();
    const summary = statistics.summary(now);
    if (summary.bytes !== null) outage = undefined;
    const nextTryMs = outage ? Math.max(0, Math.round(outage.at - now)) : null;
    const line = { ...summary, reason: outage?.words ?? null, nextTryMs };
    try {
      writeStdout(isLive ? CLEAR_LINE + liveLine(line) : `${JSON.stringify(line)}\n`);
    } catch {
      // As with `wscam watch | head -3`.
      onUnread();
    }
  };
  const timer = setInterval(report, REPORT_MS);
  return {
    tell(event, address) {
      const url = redactUrl(address);
      if (event.type === "connected") return log.info(`Connected to ${url}`);
      if (event.type === "error") return log.warn(event.message);
      if (event.type === "outage") {
        outage = {
          words: `camera ${event.camera} ${event.reason}`,
          at: performance.now() + event.retryMs,
        };
        return;
      }
      outage = undefined;
      statistics.interrupt();
      const again = `trying again in ${event.retryMs / 1000} s`;
      log.warn(`No connection to ${url} (${event.reason}); ${again}`);
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      log[Symbol.dispose]();
      report();
      if (isLive) writeStdout("\n");
    },
  };
}

async function savePicture(
  { jpeg, timestamp }: Picture,
  { save, frames }: { save: string; frames: number },
): Promise<void> {
  // Colons are not allowed in names on Windows.
  const time = new Date(timestamp * 1000).toISOString().replaceAll(":", "-");
  const path = `${save}/${String(frames).padStart(6, "0")}_${time}.jpg`;
  try {
    await Deno.writeFile(path, jpeg);
  } catch (error) {
    // On a full disk, there is a part of it.
    await Deno.remove(path).catch(() => {});
    throw error;
  }
}

/** A summary, and why no pictures come and when the camera is opened again, where that is known. */
type Line = Summary & { reason: string | null; nextTryMs: number | null };

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
