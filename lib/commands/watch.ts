import { view, type ViewerEvent } from "../client/viewer.ts";
import type { WatchConfig } from "../config/commands/watch_config.ts";
import { redactUrl } from "../camera/address.ts";
import { UsageError } from "../config/options/usage_error.ts";
import { untilSignal } from "../system/signals.ts";
import {
  createJsonOutput,
  createLiveOutput,
  createShowOutput,
  type WatchOutput,
} from "./watch/watch_output.ts";
import { Saver } from "./watch/saver.ts";
import { WatchStatistics } from "./watch/watch_statistics.ts";

const REPORT_MS = 1000;

/**
 * Watches a camera and reports what arrives, until it has seen enough or is told to end.
 *
 * @returns the exit status: 1 when no picture came
 * @throws {UsageError} when pictures are to be shown without a terminal
 * @throws {Error} when a picture can't be saved
 */
export async function watch(config: WatchConfig): Promise<number> {
  const { url, save, format, count, seconds, show } = config;
  if (show && !Deno.stdout.isTerminal()) {
    throw new UsageError(
      "'--show' draws in a terminal, and stdout is not a terminal: leave it out",
    );
  }
  const end = new AbortController();
  using signal = untilSignal();
  signal.received.then(() => end.abort());
  const timer = seconds < Infinity ? setTimeout(() => end.abort(), seconds * 1000) : undefined;
  const statistics = new WatchStatistics();
  const output = createOutput(config, () => end.abort());
  await using reporter = startReporter(statistics, output);
  let frames = 0;
  try {
    const saver = save === undefined ? undefined : new Saver(save);
    await saver?.begin();
    for await (const event of view(url, end.signal, format && { format })) {
      if (statistics.take(event, performance.now())) frames++;
      if (event.type === "picture") output.show?.(event.jpeg);
      reporter.tell(event, url);
      await saver?.take(event);
      if (frames >= count) end.abort();
    }
    return frames > 0 ? 0 : 1;
  } finally {
    clearTimeout(timer);
  }
}

function createOutput({ show, json, ffmpeg }: WatchConfig, onUnread: () => void): WatchOutput {
  if (show) return createShowOutput({ ...show, ffmpeg }, onUnread);
  if (json || !Deno.stdout.isTerminal()) return createJsonOutput(onUnread);
  return createLiveOutput(onUnread);
}

/** Reports what arrives once a second, and events as log lines. */
interface Reporter extends AsyncDisposable {
  /** Reports what happened to the connection or the camera. */
  tell(event: ViewerEvent, url: string): void;
}

/** An outage that lasts. */
interface KnownOutage {
  words: string;
  /** The time of the next attempt to open the camera, by `performance.now()`. */
  at: number;
}

function startReporter(statistics: WatchStatistics, output: WatchOutput): Reporter {
  const { log } = output;
  let outage: KnownOutage | undefined;
  const report = (): void => {
    const now = performance.now();
    const summary = statistics.summary(now);
    if (summary.bytes !== null) outage = undefined;
    const nextTryMs = outage ? Math.max(0, Math.round(outage.at - now)) : null;
    output.report({ ...summary, reason: outage?.words ?? null, nextTryMs });
  };
  const timer = setInterval(report, REPORT_MS);
  return {
    tell(event, address) {
      if (event.type === "connected") return log.info(`Connected to ${redactUrl(address)}`);
      if (event.type === "error") return log.warn(event.message);
      if (event.type === "outage") {
        outage = {
          words: `camera ${event.camera} ${event.reason}`,
          at: performance.now() + event.retryMs,
        };
        return;
      }
      if (event.type !== "disconnected") return;
      outage = undefined;
      statistics.interrupt();
      const again = `trying again in ${event.retryMs / 1000} s`;
      log.warn(`No connection to ${redactUrl(address)} (${event.reason}); ${again}`);
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      report();
      await output.close();
    },
  };
}
