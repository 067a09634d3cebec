import type { GivenAnnotation } from "../../protocol/annotation.ts";
import type { ServedCamera } from "../../stream/served_camera.ts";
import { Bucket } from "../../time/bucket.ts";

/** Annotations a second that one client may make for as long as it likes: one of each picture of the fastest camera. */
const PER_SECOND = 120;

/** One client that says what it sees in pictures, under a name that nobody else has. */
export class Annotator {
  readonly #from = crypto.randomUUID().slice(0, 8);
  readonly #rate: Bucket;

  /**
   * Has said nothing yet.
   *
   * @param now clock in milliseconds that never jumps
   */
  constructor(now: () => number = () => performance.now()) {
    this.#rate = new Bucket({ burst: PER_SECOND, perSecond: PER_SECOND, now });
  }

  /**
   * Tells all who ask for it. Without a timestamp, it is said of the newest picture.
   *
   * @returns why it is not told, if it isn't
   */
  annotate({ timestamp, ...said }: GivenAnnotation, served: ServedCamera): string | undefined {
    if (this.#rate.waitMs > 0) return `at most ${PER_SECOND} a second are passed on`;
    this.#rate.take();
    const newest = timestamp ?? served.camera.newest?.timestamp ?? Date.now() / 1000;
    served.annotations.add({ timestamp: newest, ...said }, { from: this.#from, isOwn: true });
    return undefined;
  }
}
