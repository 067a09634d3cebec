import type { BrokerLink } from "./broker/broker.ts";
import type { BrokerMessage } from "./broker/broker_message.ts";
import type { Directory } from "./directory.ts";
import { parseFrame, parseFrameHeaders, type RelayedFrame } from "./frame_message.ts";
import { Lateness } from "./lateness.ts";
import { PictureOrder } from "./picture_order.ts";

/** Counts of what has come so far. */
export interface RelayCounters {
  /** Whole pictures from the current publisher. */
  received: number;
  /** Their bytes. */
  bytes: number;
  /** Pictures that a newer one replaced before they were used. */
  dropped: number;
  /** Pictures that waited too long on the way. */
  late: number;
  /** Pictures that came out of order or twice. */
  stale: number;
  /** Messages that are not pictures. */
  broken: number;
  /** Pictures of another publisher with the same name. */
  foreign: number;
  /** The sum of the received pictures' ages on arrival, by the two machines' clocks, in seconds. */
  ageSeconds: number;
}

/** Later pictures are not shown. */
const LATE_MS = 1000;
/**
 * Late pictures wait in the server; a new connection leaves them behind. This is done at most once
 * in this time.
 */
const RECONNECT_MS = 2000;

export interface IntakeOptions {
  /** The broker's connection. */
  broker: BrokerLink;
  /** The publishers on it. */
  directory: Directory;
}

/**
 * Decides which of a camera's incoming pictures are shown: whole ones, new ones, timely ones, and
 * only from the right publisher.
 */
export class Intake {
  /** Counts of what has come so far. */
  readonly counters: RelayCounters = {
    received: 0,
    bytes: 0,
    dropped: 0,
    late: 0,
    stale: 0,
    broken: 0,
    foreign: 0,
    ageSeconds: 0,
  };
  readonly #camera: string;
  readonly #options: IntakeOptions;
  readonly #lateness = new Lateness();
  readonly #order = new PictureOrder();
  #instance: string | undefined;
  #reconnectedAt = -Infinity;

  constructor(camera: string, options: IntakeOptions) {
    this.#camera = camera;
    this.#options = options;
  }

  /**
   * Pictures are requested again: the publisher's newest may be old, and is repeated for everyone
   * who joins.
   */
  reset(): void {
    this.#order.reset();
    this.#lateness.reset();
  }

  /** A new connection begins: earlier lateness means nothing. */
  resetLateness(): void {
    this.#lateness.reset();
  }

  /**
   * The picture in a message, if it is to be shown.
   *
   * @param onBroken called when it isn't whole
   */
  accept(message: BrokerMessage, onBroken: () => void): RelayedFrame | undefined {
    const { counters } = this;
    const headers = parseFrameHeaders(message);
    if (headers === undefined) return this.#break(onBroken);
    const { instance, sequence, timestamp } = headers;
    this.#options.directory.heard(this.#camera, instance);
    if (instance !== this.#options.directory.find(this.#camera)?.instance) {
      counters.foreign++;
      return undefined;
    }
    if (instance !== this.#instance) this.reset();
    this.#instance = instance;
    const now = performance.now();
    if (!this.#order.isNewer(sequence, now)) {
      counters.stale++;
      return undefined;
    }
    const ageMs = Date.now() - timestamp * 1000;
    if (this.#lateness.take(ageMs, now) > LATE_MS) {
      counters.late++;
      this.#leaveQueue();
      return undefined;
    }
    const frame = parseFrame(message, headers);
    if (frame === undefined) return this.#break(onBroken);
    this.#order.taken(sequence, now);
    counters.received++;
    counters.bytes += frame.jpeg.length;
    counters.ageSeconds += ageMs / 1000;
    return frame;
  }

  #break(onBroken: () => void): undefined {
    this.counters.broken++;
    onBroken();
  }

  #leaveQueue(): void {
    const now = performance.now();
    if (now - this.#reconnectedAt < RECONNECT_MS) return;
    this.#reconnectedAt = now;
    this.#options.broker.reconnect();
  }
}
