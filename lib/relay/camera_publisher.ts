import type { EncodedPicture } from "../encoder/encoder.ts";
import type { Logger } from "../log.ts";
import type { ServedCamera } from "../stream/served_camera.ts";
import type { Picture } from "../stream/picture.ts";
import type { Recipient } from "../stream/recipient.ts";
import type { Stream } from "../stream/stream.ts";
import type { BrokerLink } from "./broker/broker.ts";
import type { BrokerMessage } from "./broker/broker_message.ts";
import { frameHeaders } from "./frame_message.ts";
import { type Announcement, bytesOf, parseAnnouncement, parseWant } from "./broker/messages.ts";
import { PayloadLimit } from "./broker/payload_limit.ts";
import { SendWindow } from "./broker/send_window.ts";
import { type CameraSubjects, subjectsOf } from "./subjects.ts";
import { Twins } from "./twins.ts";
import { Wants } from "./wants.ts";

/** The identity of a run of wscam. */
export type Publisher = Pick<Announcement, "instance" | "since" | "host">;

/** Options of {@linkcode CameraPublisher}. */
export interface CameraPublisherOptions {
  /** Our identity. */
  publisher: Publisher;
  /** Receives changes. */
  log: Logger;
}

/** Counts of a camera's publisher. */
export interface PublisherCounters {
  /** Pictures sent to the broker. */
  published: number;
  /** Their bytes. */
  bytes: number;
  /** Pictures that a newer one replaced, or that came while there was no connection. */
  dropped: number;
  /** Pictures larger than the broker takes. */
  oversize: number;
}

const TICK_MS = 1000;
/** An edge that joins gets the newest picture again, once no other has gone out for this long. */
const REPEAT_MS = 300;
/** Edges that join within so long are answered together. */
const TOGETHER_MS = 50;

/**
 * Publishes one camera: a viewer of it like any other, for as long as some edge has viewers. The newest
 * picture wins: one waits at most, and few are on their way.
 */
export class CameraPublisher implements AsyncDisposable, Recipient {
  /** Each edge chooses from all pictures for its own viewers. */
  readonly fps = null;
  readonly #broker: BrokerLink;
  readonly #served: ServedCamera;
  readonly #publisher: Publisher;
  readonly #subjects: CameraSubjects;
  readonly #wants = new Wants();
  readonly #window = new SendWindow();
  readonly #stop: readonly (() => void)[];
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #twins: Twins;
  readonly #limit: PayloadLimit;
  #stream: Stream | undefined;
  #newest: EncodedPicture | undefined;
  #waiting: EncodedPicture | undefined;
  #announcedAt = -Infinity;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #sentAt = -Infinity;
  #repeating: ReturnType<typeof setTimeout> | undefined;
  #counters: PublisherCounters = { published: 0, bytes: 0, dropped: 0, oversize: 0 };

  /**
   * Begins to say that the camera is there.
   *
   * @throws {RangeError} when its name can't be one on a broker
   */
  constructor(
    broker: BrokerLink,
    served: ServedCamera,
    { publisher, log }: CameraPublisherOptions,
  ) {
    this.#broker = broker;
    this.#served = served;
    this.#publisher = publisher;
    this.#subjects = subjectsOf(served.name);
    this.#twins = new Twins({ camera: served.name, broker: broker.name, log });
    this.#limit = new PayloadLimit({
      broker: broker.name,
      onOversize: (remedy) => log.warn(`Camera ${served.name} ${remedy}`),
    });
    this.#stop = [
      broker.listen(this.#subjects.want, (message) => this.#takeWant(message)),
      broker.listen(this.#subjects.status, (message) => this.#takeStatus(message)),
      broker.observe(() => this.#announce()),
      served.observe(() => this.#announce()),
    ];
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#announce();
  }

  /** The camera's name. */
  get name(): string {
    return this.#served.name;
  }

  /** The number of edges that have viewers of it. */
  get edges(): number {
    return this.#wants.size;
  }

  /** The counts so far. */
  get counters(): Readonly<PublisherCounters> {
    return this.#counters;
  }

  /** Says that the camera is published no more. */
  close(): Promise<void> {
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    clearTimeout(this.#repeating);
    for (const stop of this.#stop) stop();
    this.#watch(false);
    const message: Announcement = { ...this.#publisher, state: "gone" };
    this.#broker.publish(this.#subjects.status, bytesOf(message));
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Sends a picture to the broker, or keeps it until the broker takes one; counts on its own. */
  offer({ encoded }: Picture): boolean {
    this.#take(encoded);
    return false;
  }

  /** Says nothing: the camera's status goes to the edges by itself. */
  fail(): void {}

  #tick(): void {
    this.#wants.tick();
    this.#watch(this.#wants.size > 0);
    // Somebody may have raised the limit.
    if (this.#limit.problem !== undefined && this.#wants.size > 0) this.#broker.renew();
    this.#announce();
  }

  #announce(): void {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    this.#announcedAt = performance.now();
    const { status } = this.#served;
    const { problem } = this.#limit;
    const failure = status.state === "failed"
      ? { code: status.code, reason: status.reason }
      : problem === undefined
      ? undefined
      : { code: "bandwidth", reason: problem } as const;
    const message: Announcement = failure === undefined
      ? { ...this.#publisher, state: status.state }
      : { ...this.#publisher, state: "failed", ...failure };
    this.#broker.publish(this.#subjects.status, bytesOf(message));
  }

  /** When a broker comes back, all edges join at once: they are told together. */
  #announceToJoiner(): void {
    const wait = this.#announcedAt + TOGETHER_MS - performance.now();
    if (wait <= 0) this.#announce();
    else this.#soon ??= setTimeout(() => this.#announce(), wait);
  }

  #takeStatus({ data }: BrokerMessage): void {
    const other = parseAnnouncement(data);
    if (other && other.instance !== this.#publisher.instance) this.#twins.heard(other);
  }

  #takeWant({ data }: BrokerMessage): void {
    const want = parseWant(data);
    if (want === undefined) return;
    const { edge, instance = this.#publisher.instance, end = false } = want;
    const isNew = !end && instance === this.#publisher.instance && this.#wants.renew(edge);
    if (end || instance !== this.#publisher.instance) this.#wants.end(edge);
    if (isNew) {
      // The publisher says who it is before its first picture.
      this.#announceToJoiner();
      this.#repeat();
    }
    this.#watch(this.#wants.size > 0);
  }

  /** Sends the newest picture again, unless others come anyway. */
  #repeat(sentAt = this.#sentAt): void {
    clearTimeout(this.#repeating);
    if (this.#newest === undefined || sentAt !== this.#sentAt) return;
    const wait = sentAt + REPEAT_MS - performance.now();
    if (wait <= 0) this.#take(this.#newest);
    else this.#repeating = setTimeout(() => this.#repeat(sentAt), wait);
  }

  /** Wants pictures of the camera, or none. */
  #watch(isWanted: boolean): void {
    if (isWanted) {
      this.#stream ??= this.#served.join(this);
    } else {
      this.#stream?.remove(this);
      this.#stream = this.#newest = this.#waiting = undefined;
    }
  }

  #take(picture: EncodedPicture): void {
    this.#newest = picture;
    if (!this.#fits(picture)) return;
    if (this.#window.isOpen(performance.now(), this.#broker.roundTripMs.least)) {
      this.#send(picture);
      return;
    }
    if (this.#waiting) this.#counters.dropped++;
    this.#waiting = picture;
  }

  #send(picture: EncodedPicture): void {
    const { instance } = this.#publisher;
    const encoder = this.#served.camera.plan?.encoder ?? "imagescript";
    const headers = frameHeaders(picture, { instance, encoder });
    if (!this.#broker.publish(this.#subjects.frame, picture.data, headers)) {
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

  /** Whether the broker takes a picture of that size. */
  #fits({ data }: EncodedPicture): boolean {
    const before = this.#limit.problem;
    const fits = this.#limit.fits(data.length, this.#broker.maxPayload);
    if (!fits) this.#counters.oversize++;
    if (this.#limit.problem !== before) this.#announce();
    return fits;
  }
}
