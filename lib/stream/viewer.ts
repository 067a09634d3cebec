/** What carries messages to a viewer: its connection. */
export interface Link {
  /** Bytes handed over that the system has not taken yet. */
  readonly pending: number;
  /** Sends one message. Never throws, also when the connection is gone. */
  send(text: string): void;
  /** Ends the connection. */
  drop(reason: string): void;
}

/** A picture as the message that all viewers get. */
export interface PictureMessage {
  /** The message. */
  readonly text: string;
  /** Capture time in seconds since 1970. */
  readonly timestamp: number;
}

/** What was done for a viewer. */
export interface ViewerStats {
  /** Where it is: `192.0.2.5:51234`. */
  address: string;
  /** Pictures a second that it is sent now, measured. */
  fps: number;
  /** Pictures sent. */
  sent: number;
  /** Pictures that it could not take. */
  dropped: number;
  /** Bytes of pictures sent. */
  bytes: number;
  /** How old the newest picture that it was sent is by now, in seconds. */
  age: number | null;
}

/** Options of {@linkcode Viewer}. */
export interface ViewerOptions {
  /** Where it is, in words for people. @default {"unknown"} */
  address?: string;
  /** Clock in milliseconds that never jumps. @default {performance.now} */
  now?: () => number;
}

/** Who takes nothing for so long is disconnected. */
const STALLED_MS = 30_000;
/** So many pictures weigh on the measured rate. */
const RATE_OVER = 8;

/** One connection that receives pictures: the newest when it can take it, and nothing queued. */
export class Viewer {
  readonly #link: Link;
  readonly #address: string;
  readonly #now: () => number;
  /** The last picture that it was sent, or that was dropped for it. */
  #offered: PictureMessage | undefined;
  /** The last picture that it was sent. */
  #newest: PictureMessage | undefined;
  /** When it had last taken everything. */
  #takenAt: number;
  #sentAt: number | undefined;
  #interval = 0;
  #counters = { sent: 0, dropped: 0, bytes: 0 };

  /** Sends nothing yet. */
  constructor(
    link: Link,
    { address = "unknown", now = () => performance.now() }: ViewerOptions = {},
  ) {
    this.#link = link;
    this.#address = address;
    this.#now = now;
    this.#takenAt = now();
  }

  /** What was done for it. */
  get stats(): ViewerStats {
    const now = this.#now();
    const since = this.#sentAt === undefined ? Infinity : now - this.#sentAt;
    const interval = Math.max(this.#interval, since > 2 * this.#interval ? since : 0);
    const timestamp = this.#newest?.timestamp;
    return {
      address: this.#address,
      fps: interval > 0 ? 1000 / interval : 0,
      ...this.#counters,
      age: timestamp === undefined ? null : Math.max(0, Date.now() / 1000 - timestamp),
    };
  }

  /** Sends a picture, unless it has not taken the last one yet: then it misses this one. */
  offer(picture: PictureMessage): "sent" | "dropped" | "known" {
    if (this.#offered === picture) return "known";
    this.#offered = picture;
    const now = this.#now();
    if (this.#link.pending > 0) {
      this.#counters.dropped++;
      if (now - this.#takenAt > STALLED_MS) this.#link.drop("No picture was taken for 30 s");
      return "dropped";
    }
    this.#takenAt = now;
    this.#send(picture, now);
    return "sent";
  }

  /** Sends words. */
  tell(text: string): void {
    this.#link.send(text);
  }

  #send(picture: PictureMessage, now: number): void {
    if (this.#sentAt !== undefined) {
      const interval = now - this.#sentAt;
      this.#interval += (interval - this.#interval) / (this.#interval === 0 ? 1 : RATE_OVER);
    }
    this.#sentAt = now;
    this.#newest = picture;
    this.#counters.sent++;
    // The message is of one-byte characters only.
    this.#counters.bytes += picture.text.length;
    this.#link.send(picture.text);
  }
}
