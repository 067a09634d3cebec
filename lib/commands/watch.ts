import {
  type Picture,
  type VideoPicture,
  type VideoStart,
  view,
  type ViewerEvent,
} from "../client/viewer.ts";
import { isFilm, type WatchConfig } from "../config/commands/watch_config.ts";
import { jpegSize } from "../jpeg/jpeg_size.ts";
import { redactUrl } from "../camera/source_spec.ts";
import { UsageError } from "../config/options/usage_error.ts";
import { untilSignal } from "../system/signals.ts";
import {
  createJsonOutput,
  createLiveOutput,
  createShowOutput,
  type WatchOutput,
} from "./watch/watch_output.ts";
import { Film } from "./watch/film.ts";
import { WatchStatistics } from "./watch/watch_statistics.ts";

const REPORT_MS = 1000;

/**
 * Watches a camera and tells what arrives, until it has seen enough or is told to end.
 *
 * @returns the exit status: 1 when no picture came
 * @throws {UsageError} when pictures are to be shown where there is no terminal
 * @throws {Error} when a picture can't be saved
 */
export async function watch(
  { url, save, format, count, seconds, json, show, ffmpeg }: WatchConfig,
): Promise<number> {
  if (show && !Deno.stdout.isTerminal()) {
    throw new UsageError("'--show' draws in a terminal, and stdout is none: leave it out");
  }
  const end = new AbortController();
  using signal = untilSignal();
  signal.received.then(() => end.abort());
  const timer = seconds < Infinity ? setTimeout(() => end.abort(), seconds * 1000) : undefined;
  const statistics = new WatchStatistics();
  const onUnread = (): void => end.abort();
  const output = show
    ? createShowOutput({ ...show, ffmpeg }, onUnread)
    : json || !Deno.stdout.isTerminal()
    ? createJsonOutput(onUnread)
    : createLiveOutput(onUnread);
  await using reporter = startReporter(statistics, output);
  let frames = 0;
  let size: { width: number | null; height: number | null } = { width: null, height: null };
  try {
    const film = isFilm(save) ? new Film(save) : undefined;
    const folder = film ? undefined : save;
    if (folder !== undefined) await saving(folder, () => Deno.mkdir(folder, { recursive: true }));
    for await (const event of view(url, end.signal, format && { format })) {
      if (event.type === "picture") {
        const { jpeg } = event;
        const { width, height } = jpegSize(jpeg) ?? { width: null, height: null };
        statistics.add({ ...event, bytes: jpeg.length, width, height }, performance.now());
        output.show?.(jpeg);
        frames++;
        if (folder !== undefined) {
          await saving(folder, () => savePicture(event, { save: folder, frames }));
        }
      } else if (event.type === "fragment") {
        statistics.add({ ...event, ...size, bytes: event.bytes.length }, performance.now());
        frames++;
        await saving(save, () => film?.add(event.bytes));
      } else if (event.type === "video") {
        size = event;
      } else if (event.type === "start") {
        await saving(save, () => film?.begin(event.bytes));
      } else if (event.type !== "annotation") {
        reporter.tell(event, url);
      }
      if (frames >= count) end.abort();
    }
    return frames > 0 ? 0 : 1;
  } finally {
    clearTimeout(timer);
  }
}

/** Says where saving failed. */
async function saving(
  folder: string | undefined,
  save: () => Promise<void> | undefined,
): Promise<void> {
  try {
    await save();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot save to '${folder}': ${reason}`, { cause });
  }
}

/** Tells what arrives, once a second, and events as log lines. */
interface Reporter extends AsyncDisposable {
  tell(
    event: Exclude<ViewerEvent, Picture | VideoPicture | VideoStart | { type: "annotation" }>,
    url: string,
  ): void;
}

/** An outage that lasts. */
interface KnownOutage {
  words: string;
  /** When the camera is opened again, by `performance.now()`. */
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
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      report();
      await output.close();
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
