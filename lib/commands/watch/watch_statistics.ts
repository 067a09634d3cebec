import type { Picture, ViewerEvent } from "../../client/viewer.ts";
import { jpegSize } from "../../jpeg/jpeg_size.ts";

/** A picture that arrived, in any codec. */
export interface ArrivedPicture extends Pick<Picture, "timestamp" | "ageMs" | "skipped"> {
  /** Its size in bytes. */
  bytes: number;
  /** In pixels, where that is known. */
  width: number | null;
  /** In pixels, where that is known. */
  height: number | null;
}

/** A size in pixels, where it is known. */
type Size = Pick<ArrivedPicture, "width" | "height">;
const UNKNOWN: Size = { width: null, height: null };

/** Statistics of the pictures that arrived lately. */
export interface Summary {
  /** Pictures a second. */
  fps: number;
  /** Median age on arrival, in milliseconds. */
  ageMs: number | null;
  /** Of the newest picture, in pixels. */
  width: number | null;
  /** Of the newest picture, in pixels. */
  height: number | null;
  /** Mean size of a picture in bytes. */
  bytes: number | null;
  /** Pictures since the start. */
  frames: number;
  /** The number of missing pictures since the start, judged by gaps in the times. */
  missed: number;
}

/** The figures of one summary. */
const WINDOW_MS = 2000;
/** The number of intervals from which the usual one is derived. */
const INTERVALS = 32;

/** Keeps count of what a viewer gets. */
export class WatchStatistics {
  #recent: { at: number; ageMs: number; bytes: number }[] = [];
  #intervals: number[] = [];
  #newest: ArrivedPicture | undefined;
  /** The previous picture, for comparison; none after a pause. */
  #before: ArrivedPicture | undefined;
  #frames = 0;
  #missed = 0;
  /** The size of a stream's pictures, from its initialisation segment. */
  #size = UNKNOWN;

  /**
   * Counts a picture, and ignores everything else.
   *
   * @param now in milliseconds on a monotonic clock
   * @returns whether it was a picture
   */
  take(event: ViewerEvent, now: number): boolean {
    if (event.type === "video") this.#size = event;
    if (event.type === "picture") {
      const { width, height } = jpegSize(event.jpeg) ?? UNKNOWN;
      this.add({ ...event, bytes: event.jpeg.length, width, height }, now);
    }
    if (event.type === "fragment") {
      const { width, height } = this.#size;
      this.add({ ...event, bytes: event.bytes.length, width, height }, now);
    }
    return event.type === "picture" || event.type === "fragment";
  }

  /**
   * Counts a picture.
   *
   * @param now in milliseconds on a monotonic clock
   */
  add(picture: ArrivedPicture, now: number): void {
    this.#frames++;
    this.#missed += picture.skipped;
    if (this.#before) this.#countMissed(picture.timestamp - this.#before.timestamp);
    this.#before = this.#newest = picture;
    this.#recent.push({ at: now, ageMs: picture.ageMs, bytes: picture.bytes });
    this.#forget(now);
  }

  /** A pause that isn't the camera's fault: gaps are counted afresh from here. */
  interrupt(): void {
    this.#before = undefined;
    this.#intervals = [];
  }

  /**
   * Sums up the last two seconds.
   *
   * @param now in milliseconds on a monotonic clock
   */
  summary(now: number): Summary {
    this.#forget(now);
    const recent = this.#recent;
    const seconds = ((recent.at(-1)?.at ?? 0) - (recent[0]?.at ?? 0)) / 1000;
    const ages = recent.map(({ ageMs }) => ageMs);
    const bytes = recent.reduce((sum, each) => sum + each.bytes, 0);
    return {
      fps: seconds > 0 ? round((recent.length - 1) / seconds) : 0,
      ageMs: recent.length > 0 ? round(median(ages)) : null,
      width: this.#newest?.width ?? null,
      height: this.#newest?.height ?? null,
      bytes: recent.length > 0 ? Math.round(bytes / recent.length) : null,
      frames: this.#frames,
      missed: this.#missed,
    };
  }

  #countMissed(seconds: number): void {
    const usual = median(this.#intervals);
    if (this.#intervals.length > 4 && seconds > 1.6 * usual) {
      this.#missed += Math.round(seconds / usual) - 1;
    }
    this.#intervals.push(seconds);
    if (this.#intervals.length > INTERVALS) this.#intervals.shift();
  }

  #forget(now: number): void {
    const from = this.#recent.findIndex(({ at }) => now - at <= WINDOW_MS);
    this.#recent.splice(0, from < 0 ? this.#recent.length : from);
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
