import type { Frame } from "../frame/frame.ts";
import { type Failure, SourceError } from "../frame/source_error.ts";
import type { FramesOptions, Source } from "../camera/source.ts";
import { quote } from "../protocol/quote.ts";
import type { BrokerLink } from "./broker/broker.ts";
import type { BrokerMessage } from "./broker/broker_message.ts";
import type { Directory } from "./directory.ts";
import { parseFrame, parseFrameHeaders, type RelayedFrame } from "./frame_message.ts";
import { Lateness } from "./lateness.ts";
import { bytesOf, newId, type Want } from "./broker/messages.ts";
import { PictureOrder } from "./picture_order.ts";
import { type CameraSubjects, subjectsOf } from "./subjects.ts";

/** The input of {@linkcode RelaySource}. */
export interface RelaySourceOptions {
  /** The broker's connection. */
  broker: BrokerLink;
  /** The publishers on it. */
  directory: Directory;
}

/** Counts what has come so far. */
export interface RelayCounters {
  /** Whole pictures of the publisher that is followed. */
  received: number;
  /** Their bytes. */
  bytes: number;
  /** Pictures that a newer one replaced before they were taken. */
  dropped: number;
  /** Pictures that had waited too long on the way. */
  late: number;
  /** Pictures out of order, or come twice. */
  stale: number;
  /** Messages that are no pictures. */
  broken: number;
  /** Pictures of another publisher of the same name. */
  foreign: number;
  /** The sum of the ages of the received pictures when they came, by the two machines' clocks, in seconds. */
  ageSeconds: number;
}

const WANT_MS = 2000;
/** A publisher that is there is heard within this time after the connection is. */
const GRACE_MS = 4000;
/** Later than this is not shown. */
const LATE_MS = 1000;
/** Late pictures wait in the server; a new connection leaves them behind. At most one in this time. */
const RECONNECT_MS = 2000;

/** A camera that another wscam publishes through NATS. */
export class RelaySource implements Source {
  /** The camera has to be opened over there first. */
  readonly openMs = 20_000;
  /** Over there somebody knows the camera's rate, and tells when it is frozen: three times the longest wait. */
  readonly gapMs = 30_000;
  readonly #camera: string;
  readonly #broker: BrokerLink;
  readonly #directory: Directory;
  readonly #subjects: CameraSubjects;
  readonly #edge = newId();
  readonly #lateness = new Lateness();
  #instance: string | undefined;
  readonly #order = new PictureOrder();
  #reconnectedAt = -Infinity;
  #counters: RelayCounters = {
    received: 0,
    bytes: 0,
    dropped: 0,
    late: 0,
    stale: 0,
    broken: 0,
    foreign: 0,
    ageSeconds: 0,
  };

  /**
   * @throws {RangeError} when the name can't be a camera's on a broker
   */
  constructor(camera: string, { broker, directory }: RelaySourceOptions) {
    this.#camera = camera;
    this.#broker = broker;
    this.#directory = directory;
    this.#subjects = subjectsOf(camera);
  }

  /** Counts what has come so far. */
  get counters(): Readonly<RelayCounters> {
    return this.#counters;
  }

  /** Calls a function when there may be pictures again, until it is told to stop. */
  observeRecovery(onRecovery: () => void): () => void {
    let hadProblem = false;
    const look = (camera = this.#camera): void => {
      if (camera !== this.#camera) return;
      const hasProblem = this.#problem() !== undefined;
      if (hadProblem && !hasProblem) onRecovery();
      hadProblem = hasProblem;
    };
    const stops = [this.#broker.observe(() => look()), this.#directory.observe(look)];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Asks the publisher for pictures for as long as they are taken. See {@linkcode Source.frames}. */
  async *frames({ pool, signal, onPlan, onBroken }: FramesOptions): AsyncGenerator<Frame, void> {
    let newest: RelayedFrame | undefined;
    let wake = (): void => {};
    // The publisher's newest may be old, and one that was taken before: it is repeated for who joins.
    this.#order.reset();
    this.#lateness.reset();
    using stack = new DisposableStack();
    const stops = [
      this.#broker.listen(this.#subjects.frame, (message) => {
        const frame = this.#accept(message, onBroken);
        if (frame === undefined) return;
        if (newest) this.#counters.dropped++;
        newest = frame;
        wake();
      }),
      this.#keepWanting(() => wake()),
    ];
    for (const stop of stops) stack.defer(stop);
    // An edge that meets a problem goes on wanting: it is back within seconds, or forgotten over there.
    const onAbort = (): void => {
      this.#want({ end: true });
      wake();
    };
    signal.addEventListener("abort", onAbort);
    stack.defer(() => signal.removeEventListener("abort", onAbort));
    onPlan?.({ encoder: "copy", reason: `as it comes from ${this.#broker.name}` });
    while (!signal.aborted) {
      if (newest) {
        const { jpeg, ...info } = newest;
        newest = undefined;
        yield pool.jpeg(jpeg, info);
        continue;
      }
      const problem = this.#problem();
      if (problem !== undefined) throw new SourceError(problem.code, problem.reason);
      await new Promise<void>((resolve) => wake = resolve);
    }
  }

  /** Why no pictures can come. */
  #problem(): Failure | undefined {
    const { name, problem, connectedAt } = this.#broker;
    if (problem !== undefined) {
      return { code: "unreachable", reason: `can't be reached: ${name} ${problem}` };
    }
    if (connectedAt === undefined) return undefined;
    const refused = Object.values(this.#subjects).find((each) => this.#broker.isRefused(each));
    if (refused !== undefined || this.#directory.isRefused) {
      const subject = refused ?? "wscam.*.status";
      const reason = `can't be seen: ${name} does not allow it to this user (${subject})`;
      return { code: "refused", reason };
    }
    const found = this.#directory.find(this.#camera);
    if (found?.state === "failed") {
      return { code: found.code ?? "failed", reason: found.reason ?? "failed" };
    }
    if (found || performance.now() - connectedAt < GRACE_MS) return undefined;
    const reason = `isn't there: nobody publishes ${quote(this.#camera)} on ${name}`;
    return { code: "missing", reason };
  }

  /** Says again and again that there are viewers, until the function that it returns is called. */
  #keepWanting(onChange: () => void): () => void {
    let followed = this.#directory.find(this.#camera)?.instance;
    const stops = [
      this.#broker.observe(() => {
        if (this.#broker.connectedAt !== undefined) {
          this.#lateness.reset();
          this.#want();
        }
        onChange();
      }),
      this.#directory.observe((camera) => {
        if (camera !== this.#camera) return;
        const instance = this.#directory.find(this.#camera)?.instance;
        if (instance !== followed) this.#want();
        followed = instance;
        onChange();
      }),
    ];
    const timer = setInterval(() => {
      this.#want();
      onChange();
    }, WANT_MS);
    this.#want();
    return () => {
      clearInterval(timer);
      for (const stop of stops) stop();
    };
  }

  #want(more: Pick<Want, "end"> = {}): void {
    const instance = this.#directory.find(this.#camera)?.instance;
    const message: Want = { edge: this.#edge, ...(instance ? { instance } : {}), ...more };
    this.#broker.publish(this.#subjects.want, bytesOf(message));
  }

  /** The picture in a message, if it is one that is to be shown. */
  #accept(message: BrokerMessage, onBroken: () => void = () => {}): RelayedFrame | undefined {
    const counters = this.#counters;
    const headers = parseFrameHeaders(message);
    if (headers === undefined) return this.#break(onBroken);
    const { instance, sequence, timestamp } = headers;
    this.#directory.heard(this.#camera, instance);
    if (instance !== this.#directory.find(this.#camera)?.instance) {
      counters.foreign++;
      return undefined;
    }
    if (instance !== this.#instance) this.#follow(instance);
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
    this.#counters.broken++;
    onBroken();
  }

  #follow(instance: string): void {
    this.#instance = instance;
    this.#order.reset();
    this.#lateness.reset();
  }

  #leaveQueue(): void {
    const now = performance.now();
    if (now - this.#reconnectedAt < RECONNECT_MS) return;
    this.#reconnectedAt = now;
    this.#broker.reconnect();
  }
}
