import { type Picture, view } from "../client/viewer.ts";
import type { WatchConfig } from "../config.ts";
import { createLogger, printable, writeStderr, writeStdout } from "../log.ts";
import { untilSignal } from "./signals.ts";
import { type Summary, WatchStatistics } from "./watch_statistics.ts";

const REPORT_MS = 1000;
const CLEAR_LINE = "\r\x1b[K";

/**
 * Watches a camera and tells what arrives, until it has seen enough or is told to end.
 *
 * @returns the exit status: 1 when no picture came, or one could not be saved
 */
export async function watch(config: WatchConfig): Promise<number> {
  const { url, save, count, seconds, json } = config;
  const live = !json && Deno.stdout.isTerminal();
  const log = createLogger({ write: (line) => writeStderr(live ? CLEAR_LINE + line : line) });
  using signal = untilSignal();
  const end = new AbortController();
  signal.received.then(() => end.abort());
  const timer = seconds < Infinity ? setTimeout(() => end.abort(), seconds * 1000) : undefined;
  const statistics = new WatchStatistics();
  const report = (): void => {
    const summary = statistics.summary(performance.now());
    try {
      writeStdout(live ? CLEAR_LINE + liveLine(summary) : `${JSON.stringify(summary)}\n`);
    } catch {
      // Nobody reads any more: `wscam watch | head -3`.
      end.abort();
    }
  };
  const reporter = setInterval(report, REPORT_MS);
  let frames = 0;
  try {
    if (save !== undefined) await Deno.mkdir(save, { recursive: true });
    for await (const event of view(url, end.signal)) {
      if (event.type === "connected") log.info(`Connected to ${url}`);
      if (event.type === "error") log.warn(event.message);
      if (event.type === "disconnected") {
        statistics.interrupt();
        log.warn(
          `No connection to ${url} (${event.reason}); trying again in ${event.retryMs / 1000} s`,
        );
      }
      if (event.type !== "picture") continue;
      statistics.add(event, performance.now());
      frames++;
      if (save !== undefined) await savePicture(event, { save, frames });
      if (frames >= count) end.abort();
    }
  } catch (error) {
    log.error(
      `Cannot save to '${save}': ${error instanceof Error ? error.message : String(error)}`,
    );
    return 1;
  } finally {
    clearInterval(reporter);
    clearTimeout(timer);
  }
  report();
  if (live) writeStdout("\n");
  return frames > 0 ? 0 : 1;
}

async function savePicture(
  { jpeg, timestamp }: Picture,
  { save, frames }: { save: string; frames: number },
): Promise<void> {
  // Colons are not allowed in names on Windows.
  const time = new Date(timestamp * 1000).toISOString().replaceAll(":", "-");
  await Deno.writeFile(`${save}/${String(frames).padStart(6, "0")}_${time}.jpg`, jpeg);
}

function liveLine({ fps, ageMs, width, height, bytes, frames, missed }: Summary): string {
  if (bytes === null) return `no picture now, ${frames} so far`;
  const size = `${width}x${height}, ${Math.round(bytes / 1024)} KB`;
  return printable(
    `${fps.toFixed(1)} fps, ${ageMs} ms old, ${size}, ${frames} frames, ${missed} missed`,
  );
}
