import type { EncodedPicture } from "../../encoder/encoder.ts";
import type { BrokerLink } from "../broker/broker.ts";
import { PayloadLimit } from "./payload_limit.ts";
import { SendWindow } from "./send_window.ts";
import { frameHeaders, type FrameOrigin } from "../frame_message.ts";

/** Counts of a camera's pictures. */
export interface PictureCounters {
  /** Pictures sent to the broker. */
  published: number;
  /** Their bytes. */
  bytes: number;
  /** Pictures that a newer one replaced, or that came while there was no connection. */
  dropped: number;
  /** Pictures larger than the broker accepts. */
  oversize: number;
}

export interface PictureSenderOptions {
  /** The subject of its messages. */
  subject: string;
  /** Identifies the pictures' publisher. */
  origin: () => FrameOrigin;
  /**
   * Called with what to do about pictures that are too large, in words that follow the camera's
   * name.
   */
  onOversize: (remedy: string) => void;
  /** Called when {@linkcode PictureSender.problem} changes. */
  onProblem: () => void;
}

/** The newest picture is repeated for newcomers when no other was sent for this long. */
const REPEAT_MS = 300;

/** Sends pictures to a broker. The newest wins: at most one waits, and few are in flight. */
export class PictureSender {
  readonly #broker: BrokerLink;
  readonly #options: PictureSenderOptions;
  readonly #window = new SendWindow();
  readonly #limit: PayloadLimit;
  #newest: EncodedPicture | undefined;
  #waiting: EncodedPicture | undefined;
  #sentAt = -Infinity;
  #repeating: ReturnType<typeof setTimeout> | undefined;
  readonly #counters: PictureCounters = { published: 0, bytes: 0, dropped: 0, oversize: 0 };

  constructor(broker: BrokerLink, options: PictureSenderOptions) {
    this.#broker = broker;
    this.#options = options;
    this.#limit = new PayloadLimit({ broker: broker.name, onOversize: options.onOversize });
  }

  /** The counts so far. */
  get counters(): Readonly<PictureCounters> {
    return this.#counters;
  }

  /**
   * Why no pictures are sent, in words that follow the camera's name; `undefined` while some are.
   */
  get problem(): string | undefined {
    return this.#limit.problem;
  }

  /** Sends a picture, or keeps it until the broker takes one. */
  take(picture: EncodedPicture): void {
    this.#newest = picture;
    if (!this.#fits(picture)) return;
    if (this.#window.isOpen(performance.now(), this.#broker.roundTripMs.least)) {
      this.#send(picture);
      return;
    }
    if (this.#waiting) this.#counters.dropped++;
    this.#waiting = picture;
  }

  /** Repeats the newest picture, unless others come anyway. */
  repeat(): void {
    this.#repeatUnlessSent(this.#sentAt);
  }

  /** The pictures it holds are obsolete. */
  forget(): void {
    clearTimeout(this.#repeating);
    this.#newest = this.#waiting = undefined;
  }

  #repeatUnlessSent(sentAt: number): void {
    clearTimeout(this.#repeating);
    if (this.#newest === undefined || sentAt !== this.#sentAt) return;
    const wait = sentAt + REPEAT_MS - performance.now();
    if (wait <= 0) this.take(this.#newest);
    else this.#repeating = setTimeout(() => this.#repeatUnlessSent(sentAt), wait);
  }

  #send(picture: EncodedPicture): void {
    const { subject, origin } = this.#options;
    if (!this.#broker.publish(subject, picture.data, frameHeaders(picture, origin()))) {
      this.#counters.dropped++;
      return;
    }
    this.#counters.published++;
    this.#counters.bytes += picture.data.length;
    this.#sentAt = performance.now();
    this.#window.sent(this.#sentAt);
    void this.#broker.confirm().then(() => this.#confirmed());
  }

  #confirmed(): void {
    this.#window.confirmed();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) this.#send(waiting);
  }

  /** Whether the broker accepts a picture of that size. */
  #fits({ data }: EncodedPicture): boolean {
    const before = this.problem;
    const fits = this.#limit.fits(data.length, this.#broker.maxPayload);
    if (!fits) this.#counters.oversize++;
    if (this.problem !== before) this.#options.onProblem();
    return fits;
  }
}
