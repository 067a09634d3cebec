import { readAnnotation } from "../protocol/annotation.ts";
import type { AnnotationPeer, Annotations, Remark } from "../stream/annotations.ts";
import { Bucket } from "../time/bucket.ts";
import type { BrokerLink } from "./broker/broker.ts";
import type { BrokerMessage } from "./broker/broker_message.ts";
import { bytesOf, isId, newId, parseObject } from "./broker/messages.ts";
import { annotationSubject } from "./subjects.ts";

/** A command of 64 KiB, written out again; anything longer is not our annotation. */
const MAX_BYTES = 256 * 1024;
/** The maximum number of messages read a second; no camera has that many programs. */
const PER_SECOND = 500;

/**
 * Shares the annotations of one camera with all servers that show it, wherever they are made. A
 * server listens for them while one of its viewers asks for annotations, and listens for such
 * requests once one of its clients has made some.
 */
export class AnnotationRelay implements AnnotationPeer, Disposable {
  readonly #broker: BrokerLink;
  readonly #subject: string;
  readonly #annotations: Annotations;
  readonly #self = newId();
  readonly #rate = new Bucket({ burst: PER_SECOND, perSecond: PER_SECOND });
  readonly #leave: () => void;
  readonly #stopObserving: () => void;
  #isWanted = false;
  #hasSaid = false;
  #stopListening: (() => void) | undefined;

  /**
   * Does not send or listen yet.
   *
   * @param camera its name on the broker
   * @throws {RangeError} when that can't be a camera's name on a broker
   */
  constructor(broker: BrokerLink, camera: string, annotations: Annotations) {
    this.#broker = broker;
    this.#subject = annotationSubject(camera);
    this.#annotations = annotations;
    // Annotations made while there was no connection are requested.
    this.#stopObserving = broker.observe(() => this.#ask());
    this.#leave = annotations.join(this);
  }

  said(remark: Remark): void {
    this.#hasSaid = true;
    this.#listen();
    this.#send(remark);
  }

  wanted(isWanted: boolean): void {
    this.#isWanted = isWanted;
    this.#listen();
    this.#ask();
  }

  [Symbol.dispose](): void {
    this.#leave();
    this.#stopObserving();
    this.#isWanted = this.#hasSaid = false;
    this.#listen();
  }

  #listen(): void {
    if (this.#isWanted || this.#hasSaid) {
      this.#stopListening ??= this.#broker.listen(this.#subject, (message) => this.#take(message));
    } else {
      this.#stopListening?.();
      this.#stopListening = undefined;
    }
  }

  /** Asks other servers to repeat the annotations that still last. */
  #ask(): void {
    if (!this.#isWanted) return;
    this.#broker.publish(this.#subject, bytesOf({ instance: this.#self, ask: true }));
  }

  /**
   * @param to the server that asked; without it, everybody
   */
  #send({ annotation, from, until }: Remark, to?: string): void {
    const left = Math.max(0, Math.round(until - performance.now())) / 1000;
    const message = { instance: this.#self, to, from, ...annotation, for: left };
    this.#broker.publish(this.#subject, bytesOf(message));
  }

  #take({ data }: BrokerMessage): void {
    if (this.#rate.waitMs > 0) return;
    this.#rate.take();
    const { instance, ask, to, from, ...fields } = parseObject(data, MAX_BYTES);
    if (!isId(instance) || instance === this.#self) return;
    if (ask === true) return this.#answer(instance);
    if (to !== undefined && to !== this.#self) return;
    const annotation = this.#isWanted ? readAnnotation(fields) : "nobody asks for it";
    if (typeof annotation === "string" || !isId(from)) return;
    const { timestamp, ...said } = annotation;
    if (timestamp === undefined) return;
    this.#annotations.add({ timestamp, ...said }, { from, isOwn: false });
  }

  #answer(to: string): void {
    for (const remark of this.#annotations.remarks) if (remark.isOwn) this.#send(remark, to);
  }
}
