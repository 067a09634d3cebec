import type { VideoPicture } from "./read_message.ts";
import type { ViewerEvent } from "./viewer_event.ts";

/** As many as a server remembers of a camera. */
const MOST_PROGRAMS = 16;
/** More of an H.264 stream doesn't wait to be read: it goes on with a key frame then. */
const MAX_FRAGMENTS = 300;

/**
 * Events between the socket and who reads them; of pictures and of errors in a row, the newest. Pictures of an H.264
 * stream all wait, for each is made from the one before.
 */
export class Mailbox {
  #events: ViewerEvent[] = [];
  /** How many pictures of H.264 were thrown away, while a key frame is waited for. */
  #lost = 0;
  #wakeUp: (() => void) | undefined;

  /** Takes an event. */
  put(event: ViewerEvent): void {
    if (event.type === "fragment" && !this.#takes(event)) return;
    const last = this.#events.at(-1);
    if (event.type === "picture" && last?.type === "picture") event.skipped += last.skipped + 1;
    if (event.type === "annotation") this.#forgetAnnotation(event.from);
    const isRepeated = ["picture", "error", "outage"].includes(event.type);
    if (isRepeated && event.type === last?.type) this.#events.pop();
    this.#events.push(event);
    this.wake();
  }

  #takes(event: VideoPicture): boolean {
    const waiting = this.#events.filter(({ type }) => type === "fragment").length;
    if (waiting >= MAX_FRAGMENTS) {
      this.#events = this.#events.filter(({ type }) => type !== "fragment");
      this.#lost = waiting;
    }
    if (this.#lost > 0 && !event.isKey) this.#lost++;
    if (this.#lost > 0 && !event.isKey) return false;
    event.skipped = this.#lost;
    this.#lost = 0;
    return true;
  }

  /** A program's words take the place of its words before; this many programs are remembered. */
  #forgetAnnotation(from: string): void {
    const old = this.#events.filter(({ type }) => type === "annotation");
    const gone = old.length >= MOST_PROGRAMS ? old[0] : undefined;
    this.#events = this.#events.filter((each) =>
      each !== gone && !(each.type === "annotation" && each.from === from)
    );
  }

  /** Lets whoever waits look whether there is still something to wait for. */
  wake(): void {
    this.#wakeUp?.();
  }

  /** The next event, or nothing once the signal is aborted. */
  async take(signal: AbortSignal): Promise<ViewerEvent | undefined> {
    while (this.#events.length === 0 && !signal.aborted) {
      await new Promise<void>((resolve) => this.#wakeUp = resolve);
    }
    return signal.aborted ? undefined : this.#events.shift();
  }

  /** Lets time pass, until the signal is aborted. */
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
