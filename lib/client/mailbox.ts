import type { VideoPicture } from "./read_message.ts";
import type { ViewerEvent } from "./viewer_event.ts";

/** A server remembers this many for a camera. */
const MOST_PROGRAMS = 16;
/** At most this many pictures of an H.264 stream wait; then reading resumes at a key frame. */
const MAX_FRAGMENTS = 300;
/** Of these only the newest waits. */
const NEWEST = ["picture", "error", "outage"];
/** The beginning of an H.264 stream, which those of its pictures need that wait behind it. */
const BEGINNING = ["video", "start"];

/**
 * Events between the socket and their reader. Of pictures, and of errors, only the newest is kept,
 * whatever has come between. Pictures of an H.264 stream are all kept, since each depends on the
 * one before.
 */
export class Mailbox {
  #events: ViewerEvent[] = [];
  /** The number of H.264 pictures dropped while waiting for a key frame. */
  #lost = 0;
  #wakeUp: (() => void) | undefined;

  /** Takes an event. */
  put(event: ViewerEvent): void {
    if (event.type === "fragment" && !this.#takes(event)) return;
    if (event.type === "annotation") this.#forgetAnnotation(event.from);
    const old = this.#outdatedBy(event);
    if (event.type === "picture" && old?.type === "picture") event.skipped += old.skipped + 1;
    this.#events = [...this.#events.filter((each) => each !== old), event];
    this.wake();
  }

  #outdatedBy({ type }: ViewerEvent): ViewerEvent | undefined {
    const at = this.#events.findLastIndex((each) => each.type === type);
    if (NEWEST.includes(type)) return this.#events[at];
    const isNeeded = this.#events.slice(at).some(({ type }) => type === "fragment");
    return BEGINNING.includes(type) && !isNeeded ? this.#events[at] : undefined;
  }

  #takes(event: VideoPicture): boolean {
    const waiting = this.#events.filter(({ type }) => type === "fragment").length;
    if (waiting >= MAX_FRAGMENTS) {
      this.#dropVideo();
      this.#lost = waiting;
    }
    if (this.#lost > 0 && !event.isKey) this.#lost++;
    if (this.#lost > 0 && !event.isKey) return false;
    event.skipped = this.#lost;
    this.#lost = 0;
    return true;
  }

  /** Only the last beginning is of use to what comes next. */
  #dropVideo(): void {
    const kept = BEGINNING.map((type) => this.#events.findLast((each) => each.type === type));
    this.#events = this.#events.filter((each) =>
      kept.includes(each) || ![...BEGINNING, "fragment"].includes(each.type)
    );
  }

  /** A program's annotation replaces its previous one, or that of the program silent longest. */
  #forgetAnnotation(from: string): void {
    const old = this.#events.filter(({ type }) => type === "annotation");
    const gone = old.length >= MOST_PROGRAMS ? old[0] : undefined;
    this.#events = this.#events.filter((each) =>
      each !== gone && !(each.type === "annotation" && each.from === from)
    );
  }

  /** Wakes the waiting reader, so that it checks whether to keep waiting. */
  wake(): void {
    this.#wakeUp?.();
  }

  /** The next event; `undefined` once the signal is aborted. */
  async take(signal: AbortSignal): Promise<ViewerEvent | undefined> {
    while (this.#events.length === 0 && !signal.aborted) {
      await new Promise<void>((resolve) => this.#wakeUp = resolve);
    }
    return signal.aborted ? undefined : this.#events.shift();
  }

  /** Waits, until the signal is aborted. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wakeUp = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }
}
