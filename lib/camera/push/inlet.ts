import { type Failure, SourceError } from "../../frame/source_error.ts";
import type { FedPicture } from "../jpeg_frames.ts";

/** A program that pushes a camera's pictures. */
export interface PushingProgram {
  /** Its address: "192.0.2.5:51234". */
  readonly address: string;
  /** Another program has taken its place. */
  onReplaced(by: string): void;
  /** The camera has gone. */
  onGone(): void;
}

/** A program's place at a camera. Once the place is lost, these functions have no effect. */
export interface PusherSeat {
  /** Takes a picture, which replaces the one before. */
  put(picture: FedPicture): void;
  /** Counts a message that was not a picture. */
  break(): void;
  /** Brings no more. */
  leave(): void;
}

export interface InletOptions {
  /** Called when there may be pictures again. */
  onArrival?: () => void;
  /** Called when a program begins or stops pushing, with words that follow the camera's name. */
  onChange?: (words: string) => void;
  /**
   * A monotonic clock in milliseconds.
   *
   * @default {performance.now}
   */
  now?: () => number;
}

export interface PicturesOptions {
  /** Ends them. */
  signal: AbortSignal;
  /** Called for each message that was not a picture. */
  onBroken?: (() => void) | undefined;
}

const NOBODY: Failure = {
  code: "missing",
  reason: "has no pictures: no program pushes any (wscam push --help)",
};
const LEFT: Failure = {
  code: "gone",
  reason: "has no pictures: the program that pushed them has gone",
};

/**
 * The entrance for pictures that a program pushes: one program at a time, and only the newest
 * picture counts.
 */
export class Inlet {
  /** A program that has pushed nothing for this long has stalled, in milliseconds. */
  stalledMs = 5000;
  readonly #now: () => number;
  readonly #onArrival: () => void;
  readonly #onChange: (words: string) => void;
  #pusher: PushingProgram | undefined;
  /** Why there are no pictures while no program pushes. */
  #vacant = NOBODY;
  #newest: FedPicture | undefined;
  /** Whether that was read. */
  #isRead = true;
  #putAt = -Infinity;
  /** Counts of messages since then that were not pictures, and of those not reported yet. */
  #broken = 0;
  #untold = 0;
  /** Tells the reader that something has changed, and counts bad messages. */
  #reader: { wake: () => void; onBroken: () => void } | undefined;

  constructor({ onArrival, onChange, now }: InletOptions = {}) {
    this.#onArrival = onArrival ?? (() => {});
    this.#onChange = onChange ?? (() => {});
    this.#now = now ?? (() => performance.now());
  }

  /** The program that has the place, unless it has stalled. */
  get holder(): string | undefined {
    return this.#isStalled ? undefined : this.#pusher?.address;
  }

  /** Gives a program the place. The previous one is told that it has lost it. */
  enter(pusher: PushingProgram): PusherSeat {
    const before = this.#pusher;
    this.#pusher = pusher;
    this.#putAt = this.#now();
    this.#broken = 0;
    before?.onReplaced(pusher.address);
    this.#onChange(`gets its pictures from ${pusher.address}`);
    this.#arrive();
    const isHere = (): boolean => this.#pusher === pusher;
    return {
      put: (picture) => isHere() && this.#put(picture),
      break: () => isHere() && this.#break(),
      leave: () => isHere() && this.#vacate(),
    };
  }

  /**
   * The pictures, for one reader at a time: always the newest, starting with the last one that came
   * before.
   *
   * @throws {SourceError} when there is no program, or it has stalled
   */
  async *pictures({ signal, onBroken }: PicturesOptions): AsyncGenerator<FedPicture, void> {
    let changed = Promise.withResolvers<void>();
    const reader = { wake: () => changed.resolve(), onBroken: () => onBroken?.() };
    this.#reader = reader;
    for (; this.#untold > 0; this.#untold--) reader.onBroken();
    this.#isRead = this.#newest === undefined;
    signal.addEventListener("abort", reader.wake);
    try {
      while (!signal.aborted) {
        const picture = this.#read();
        if (picture !== undefined) {
          yield picture;
          continue;
        }
        changed = Promise.withResolvers();
        const timer = setTimeout(reader.wake, this.#putAt + this.stalledMs - this.#now());
        await changed.promise;
        clearTimeout(timer);
      }
    } finally {
      signal.removeEventListener("abort", reader.wake);
      if (this.#reader === reader) this.#reader = undefined;
    }
  }

  /** The camera is removed: its program is told. */
  close(): void {
    const pusher = this.#pusher;
    this.#pusher = this.#newest = undefined;
    pusher?.onGone();
  }

  get #isStalled(): boolean {
    return this.#now() - this.#putAt >= this.stalledMs;
  }

  #put(picture: FedPicture): void {
    this.#putAt = this.#now();
    this.#broken = 0;
    this.#newest = picture;
    this.#isRead = false;
    this.#arrive();
  }

  #break(): void {
    this.#broken++;
    if (this.#reader) this.#reader.onBroken();
    else this.#untold++;
  }

  #arrive(): void {
    if (this.#reader) this.#reader.wake();
    else this.#onArrival();
  }

  #vacate(): void {
    this.#onChange(`gets no more pictures from ${this.#pusher?.address}`);
    this.#pusher = this.#newest = undefined;
    this.#vacant = LEFT;
    this.#reader?.wake();
  }

  #stalled({ address }: PushingProgram): SourceError {
    const time = `for ${this.stalledMs / 1000} s`;
    const program = `has no pictures: the program at ${address} has pushed`;
    return this.#broken === 0
      ? new SourceError("frozen", `${program} none ${time}`)
      : new SourceError("broken", `${program} nothing that is a whole JPEG file ${time}`);
  }

  #read(): FedPicture | undefined {
    if (this.#pusher === undefined) throw new SourceError(this.#vacant.code, this.#vacant.reason);
    if (this.#isStalled) throw this.#stalled(this.#pusher);
    const picture = this.#isRead ? undefined : this.#newest;
    this.#isRead = true;
    return picture;
  }
}
