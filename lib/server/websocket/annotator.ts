import type { GivenAnnotation } from "../../protocol/annotation.ts";
import type { ServedCamera } from "../../stream/served_camera.ts";
import { Bucket } from "../../time/bucket.ts";

/**
 * One client may sustain this many annotations a second: one for each picture of the fastest
 * camera.
 */
const PER_SECOND = 120;

/** One client that makes annotations, under a unique name. */
export class Annotator {
  readonly #from = crypto.randomUUID().slice(0, 8);
  readonly #rate: Bucket;

  /**
   * Has made none yet.
   *
   * @param now a monotonic clock in milliseconds
   */
  constructor(now: () => number = () => performance.now()) {
    this.#rate = new Bucket({ burst: PER_SECOND, perSecond: PER_SECOND, now });
  }

  /**
   * Sends an annotation to all who ask for them. Without a timestamp, it refers to the newest
   * picture.
   *
   * @returns why it is not sent, if it isn't
   */
  annotate({ timestamp, ...said }: GivenAnnotation, served: ServedCamera): string | undefined {
    if (this.#rate.waitMs > 0) return `at most ${PER_SECOND} a second are passed on`;
    this.#rate.take();
    const newest = timestamp ?? served.camera.newest?.timestamp ?? Date.now() / 1000;
    served.annotations.add({ timestamp: newest, ...said }, { from: this.#from, isOwn: true });
    return undefined;
  }
}
