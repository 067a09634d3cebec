import { USUAL_PIXEL_ENCODER } from "../../jpeg/pixel_encoders.ts";
import type { Logger } from "../../log.ts";
import type { ServedCamera } from "../../stream/served_camera.ts";
import type { Picture } from "../../stream/picture.ts";
import type { Recipient } from "../../stream/recipient.ts";
import type { Stream } from "../../stream/stream.ts";
import type { BrokerLink } from "../broker/broker.ts";
import type { BrokerMessage } from "../broker/broker_message.ts";
import { type Announcement, bytesOf, parseAnnouncement, parseWant } from "../broker/messages.ts";
import { type PictureCounters, PictureSender } from "./picture_sender.ts";
import { type CameraSubjects, subjectsOf } from "../subjects.ts";
import { Twins } from "./twins.ts";
import { Wants } from "./wants.ts";

/** Identifies a run of wscam. */
export type Publisher = Pick<Announcement, "instance" | "since" | "host">;

export interface CameraPublisherOptions {
  /** Our identity. */
  publisher: Publisher;
  /** Receives changes. */
  log: Logger;
}

const TICK_MS = 1000;
/** Edges that join within this time are answered together. */
const TOGETHER_MS = 50;

/**
 * Publishes one camera: announces its state, listens for edges that want it, and is a viewer of it
 * like any other while an edge has viewers.
 */
export class CameraPublisher implements AsyncDisposable, Recipient {
  /** Each edge selects from all pictures for its own viewers. */
  readonly fps = null;
  readonly #broker: BrokerLink;
  readonly #served: ServedCamera;
  readonly #publisher: Publisher;
  readonly #subjects: CameraSubjects;
  readonly #wants = new Wants();
  readonly #stop: readonly (() => void)[];
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #twins: Twins;
  readonly #pictures: PictureSender;
  #stream: Stream | undefined;
  #announcedAt = -Infinity;
  #soon: ReturnType<typeof setTimeout> | undefined;

  /**
   * Begins to announce the camera.
   *
   * @throws {RangeError} when its name can't be used on a broker
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
    this.#pictures = new PictureSender(broker, {
      subject: this.#subjects.frame,
      origin: () => ({
        instance: publisher.instance,
        encoder: served.camera.plan?.encoder ?? USUAL_PIXEL_ENCODER,
      }),
      onOversize: (remedy) => log.warn(`Camera ${served.name} ${remedy}`),
      onProblem: () => this.#announce(),
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

  /** The number of edges with viewers of it. */
  get edges(): number {
    return this.#wants.size;
  }

  /** The counts of its pictures so far. */
  get counters(): Readonly<PictureCounters> {
    return this.#pictures.counters;
  }

  /** Announces that the camera is no longer published. */
  close(): Promise<void> {
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    for (const stop of this.#stop) stop();
    this.#watch(false);
    const message: Announcement = { ...this.#publisher, state: "gone" };
    this.#broker.publish(this.#subjects.status, bytesOf(message));
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Sends a picture to the broker, or keeps it until the broker takes one; has counters of its own.
   */
  offer({ encoded }: Picture): boolean {
    this.#pictures.take(encoded);
    return false;
  }

  /** Does nothing: the camera's status is announced to the edges anyway. */
  fail(): void {}

  #tick(): void {
    this.#wants.tick();
    this.#watch(this.#wants.size > 0);
    // Somebody may have raised the limit.
    if (this.#pictures.problem !== undefined && this.#wants.size > 0) this.#broker.renew();
    this.#announce();
  }

  #announce(): void {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    this.#announcedAt = performance.now();
    const { status } = this.#served;
    const { problem } = this.#pictures;
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

  /** When a broker comes back, all edges join at once: they are answered together. */
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
      // The publisher announces itself before its first picture.
      this.#announceToJoiner();
      this.#pictures.repeat();
    }
    this.#watch(this.#wants.size > 0);
  }

  /** Starts or stops wanting pictures of the camera. */
  #watch(isWanted: boolean): void {
    if (isWanted) {
      this.#stream ??= this.#served.join(this);
    } else {
      this.#stream?.remove(this);
      this.#stream = undefined;
      this.#pictures.forget();
    }
  }
}
