import { StreamTimes } from "../../ffmpeg/stream_times.ts";

/** A stream is not reopened more often than this, in milliseconds; the interval grows. */
const MIN_PAUSE_MS = 10_000;
const MAX_PAUSE_MS = 600_000;

/** One opening of a stream. */
export interface Opening {
  /** The capture times of its pictures. */
  readonly times: StreamTimes;
  /** Whether it was ended to be reopened. */
  readonly isHopeless: boolean;
  /** Its first picture has come. */
  opened(): void;
}

/** Reopens a stream when that is the quicker way to its newest picture. */
export class Reopening {
  #openSeconds: number | undefined;
  #pauseMs = MIN_PAUSE_MS;
  #lastAt = -Infinity;

  /** Records that the stream is being opened; `end` ends it, if it can be reopened. */
  begin(end?: () => void): Opening {
    const since = performance.now();
    const opening = {
      isHopeless: false,
      opened: () => void (this.#openSeconds = (performance.now() - since) / 1000),
      times: new StreamTimes({
        openSeconds: this.#openSeconds,
        onHopeless: () => {
          if (end === undefined || opening.isHopeless || !this.#mayReopen()) return;
          opening.isHopeless = true;
          end();
        },
      }),
    };
    return opening;
  }

  #mayReopen(): boolean {
    const now = performance.now();
    const passedMs = now - this.#lastAt;
    if (passedMs < this.#pauseMs) return false;
    this.#pauseMs = passedMs > MAX_PAUSE_MS
      ? MIN_PAUSE_MS
      : Math.min(this.#pauseMs * 2, MAX_PAUSE_MS);
    this.#lastAt = now;
    return true;
  }
}
