import type { CameraFailure } from "../../camera/camera_status.ts";
import { errorText } from "../../protocol/message.ts";
import { Rate } from "../../time/rate.ts";
import type { Picture } from "../picture.ts";
import type { Recipient, Tally } from "../recipient.ts";
import type { Delivery } from "./delivery.ts";
import type { Link } from "./link.ts";
import { Stall } from "./stall.ts";
import { Readiness } from "./readiness.ts";
import { ViewerCounts, type ViewerStats } from "./viewer_counts.ts";
import { Words } from "./words.ts";
import { VideoFlow, type VideoVerdict } from "../video/video_flow.ts";
import { VideoPicture } from "../video/video_picture.ts";

export interface ViewerOptions extends Partial<Pick<Delivery, "fps" | "form" | "ack">> {
  /**
   * Its address, as text.
   *
   * @default {"unknown"}
   */
  address?: string;
  /**
   * A monotonic clock in milliseconds.
   *
   * @default {performance.now}
   */
  now?: () => number;
  /** Called instead of sending a picture that is longer than it can take. */
  onTooLong?: () => void;
}

/**
 * One connection that receives pictures: the newest when it can take it, with nothing queued; for
 * H.264 each of them, as long as it keeps up.
 */
export class Viewer implements Recipient {
  readonly #link: Link;
  readonly #address: string;
  readonly #now: () => number;
  readonly #onTooLong: () => void;
  #delivery: Delivery;
  #rate: Rate | undefined;
  /** The last picture that it was offered. */
  #offered: Picture | undefined;
  /** Whether a picture was due that it couldn't take. */
  #isOwed = false;
  /** The picture to send when it acknowledges, with its counters. */
  #waiting: { picture: Picture; tally: Tally } | undefined;
  /** Texts to send when it can take them. */
  readonly #words: Words;
  readonly #readiness: Readiness;
  readonly #stall: Stall;
  readonly #video = new VideoFlow();
  readonly #counts: ViewerCounts;

  constructor(link: Link, options: ViewerOptions = {}) {
    const { address = "unknown", now = () => performance.now() } = options;
    const { fps = null, form = "text", ack = false } = options;
    this.#link = link;
    this.#address = address;
    this.#now = now;
    this.#words = new Words((text) => this.tell(text), now);
    this.#onTooLong = options.onTooLong ?? (() => {});
    this.#stall = new Stall(now());
    this.#counts = new ViewerCounts(now);
    this.#readiness = new Readiness(link, ack);
    this.#delivery = { fps, form, ack };
    this.#rate = fps === null ? undefined : new Rate(fps);
  }

  /** How it gets its pictures. */
  get delivery(): Readonly<Delivery> {
    return this.#delivery;
  }

  /** Changes how it gets its pictures. */
  set delivery(delivery: Delivery) {
    if (delivery.fps !== this.#delivery.fps) {
      this.#rate = delivery.fps === null ? undefined : new Rate(delivery.fps);
    }
    const isOther = delivery.form !== this.#delivery.form;
    // A client may never take the last pictures in a form that it has left.
    if (isOther || delivery.ack !== this.#delivery.ack) this.#startOver(delivery.ack);
    if (isOther) this.#video.reset();
    this.#delivery = delivery;
  }

  /** The maximum rate that it wants, in pictures a second; `null` for all. */
  get fps(): number | null {
    const { fps, isSparse } = this.#delivery;
    return isSparse ? null : fps;
  }

  /** Counts of the work for it so far. */
  get stats(): ViewerStats {
    return this.#counts.stats(this.#address);
  }

  /**
   * Sends a picture, unless this viewer's rate skips it, or the viewer has not taken the last one
   * yet: then it misses this one.
   *
   * @param tally counts it for others, beside the viewer's own counters
   * @returns whether it was sent
   */
  offer(picture: Picture, tally: Tally): boolean {
    if (this.#offered === picture) return false;
    this.#offered = picture;
    const now = this.#now();
    this.#stall.offer(now);
    if (this.#words.areWaiting && !this.#readiness.isBusy) this.#words.say();
    if (picture instanceof VideoPicture) {
      return typeof this.#offerVideo(picture, tally, { now }) === "number";
    }
    const isDue = this.#rate?.take(now) ?? true;
    if (!isDue && !this.#isOwed) return false;
    if (this.#readiness.isBusy) {
      this.#miss(picture, tally, { isDue, now });
      return false;
    }
    this.#stall.take(now);
    return this.#send(picture, tally);
  }

  /** See {@linkcode Recipient.join}. */
  join(group: readonly VideoPicture[], tally: Tally): boolean {
    const now = this.#now();
    this.#stall.offer(now);
    let ahead = group.reduce((sum, picture) => sum + picture.as().length, 0);
    for (const picture of group) {
      const verdict = this.#offerVideo(picture, tally, { now, ahead });
      ahead -= picture.as().length;
      if (verdict === "missed" || verdict === "later") return verdict === "later";
    }
    return false;
  }

  #offerVideo(
    picture: VideoPicture,
    tally: Tally,
    { now, ahead }: { now: number; ahead?: number },
  ): VideoVerdict {
    const { ack, isSparse = false } = this.#delivery;
    const wasAwaiting = this.#video.isAwaitingKey;
    const taking = { now, link: this.#link, ack, isSparse, ahead };
    const verdict = this.#video.offer(picture, taking);
    if (verdict === "missed") {
      this.#counts.dropped(tally, { isLeftOut: wasAwaiting });
      this.#dropStalled(now);
    } else if (typeof verdict === "number") {
      this.#stall.take(now);
      this.#counts.sent(picture, verdict, tally);
    }
    return verdict;
  }

  /** The viewer acknowledges all pictures up to this one. */
  acknowledge(sequence: number): void {
    this.#video.acknowledge(sequence);
    if (this.#readiness.acknowledge(sequence)) this.proceed();
  }

  /** The viewer has read something: sends the waiting picture, if it can take it. */
  proceed(): void {
    this.#stall.take(this.#now());
    if (this.#readiness.isBusy) return;
    this.#words.say();
    const waiting = this.#waiting;
    if (!waiting) return;
    this.#waiting = undefined;
    this.#send(waiting.picture, waiting.tally);
  }

  /** The waiting picture, if there is one, is obsolete. */
  forgetWaiting(): void {
    this.#waiting = undefined;
  }

  /** Pictures that were offered or wait are obsolete. */
  reset(): void {
    this.#offered = undefined;
    this.#counts.forgetNewest();
    this.#video.reset();
    this.#startOver();
  }

  /**
   * Reports that there are no pictures, and drops a waiting one, which would look as if the camera
   * were back.
   */
  fail(camera: string, { reason }: CameraFailure): void {
    this.forgetWaiting();
    this.tell(errorText(`Camera ${camera} ${reason}, trying again every 5 s`));
  }

  /** Sends words. */
  tell(text: string): void {
    this.#link.send(text);
  }

  /** Sends a text as soon as the viewer can take it, unless it is replaced by then. */
  tellSoon(about: string, text: () => string): void {
    this.#words.add(about, text);
    if (!this.#readiness.isBusy) this.#words.say();
  }

  /** Waiting texts are obsolete. */
  forgetWords(): void {
    this.#words.clear();
  }

  #miss(picture: Picture, tally: Tally, { isDue, now }: { isDue: boolean; now: number }): void {
    // A waiting picture is sent as soon as the viewer can take it; only the newest one waits.
    const isWaiting = this.#readiness.willTell;
    if (isWaiting) this.#waiting = { picture, tally };
    const isMissed = isDue && (!isWaiting || this.#isOwed);
    this.#isOwed = true;
    if (isMissed) this.#counts.dropped(tally);
    this.#dropStalled(now);
  }

  #dropStalled(now: number): void {
    if (this.#stall.isStalled(now) && !this.#link.isTaking) {
      this.#link.drop("No picture was read for 30 s");
    }
  }

  #startOver(acknowledges?: boolean): void {
    this.#readiness.reset(acknowledges);
    this.#waiting = undefined;
  }

  #send(picture: Picture, tally: Tally): boolean {
    this.#isOwed = false;
    // Another rendition of a camera may be behind. Times could not tell, since clocks are set back.
    const { newest } = this.#counts;
    if (newest && picture.sequence < newest.sequence) return false;
    const message = picture.as(this.#delivery.form);
    if (message.length > (this.#delivery.maxLength ?? Infinity)) {
      this.#isOwed = true;
      this.#onTooLong();
      return false;
    }
    // The text contains only one-byte characters.
    this.#counts.sent(picture, message.length, tally);
    this.#readiness.sent(picture.sequence);
    this.#link.send(message);
    return true;
  }
}
