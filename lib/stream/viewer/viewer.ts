import type { CameraFailure } from "../../camera/camera_status.ts";
import { errorText } from "../../protocol/message.ts";
import { Pace } from "../../time/pace.ts";
import { Rate } from "../../time/rate.ts";
import type { Picture } from "../picture.ts";
import type { Recipient, Tally } from "../recipient.ts";
import type { Delivery } from "./delivery.ts";
import type { Link } from "./link.ts";
import { Stall } from "./stall.ts";
import { Words } from "./words.ts";
import { VideoFlow, type VideoVerdict } from "../video/video_flow.ts";
import { VideoPicture } from "../video/video_picture.ts";

/** Counts of what was done for a viewer. */
export interface ViewerStats extends Readonly<Tally> {
  /** Its address: `192.0.2.5:51234`. */
  address: string;
  /** The measured rate of the pictures sent to it, a second. */
  fps: number;
  /** The current age of the newest picture sent to it, in seconds. */
  age: number | null;
}

/** Options of {@linkcode Viewer}. */
export interface ViewerOptions extends Partial<Delivery> {
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

/** The number of pictures in flight to a viewer that acknowledges. */
const MAX_UNACKNOWLEDGED = 2;
/** The rate is measured over this many pictures. */
const RATE_OVER = 8;

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
  /** The last picture that it was sent. */
  #newest: Picture | undefined;
  /** Whether a picture was due that it couldn't take. */
  #isOwed = false;
  /** The picture to send when it acknowledges, with its counters. */
  #waiting: { picture: Picture; tally: Tally } | undefined;
  /** Texts to send when it can take them. */
  readonly #words: Words;
  /** The numbers of unacknowledged pictures, oldest first. */
  #unacknowledged: number[] = [];
  readonly #stall: Stall;
  readonly #pace = new Pace(RATE_OVER);
  readonly #video = new VideoFlow();
  readonly #own: Tally = { sent: 0, dropped: 0, leftOut: 0, bytes: 0 };

  constructor(link: Link, options: ViewerOptions = {}) {
    const { address = "unknown", now = () => performance.now() } = options;
    const { fps = null, form = "text", ack = false } = options;
    this.#link = link;
    this.#address = address;
    this.#now = now;
    this.#words = new Words((text) => this.tell(text), now);
    this.#onTooLong = options.onTooLong ?? (() => {});
    this.#stall = new Stall(now());
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
    if (isOther || delivery.ack !== this.#delivery.ack) this.#forgetAcknowledgement();
    if (isOther) this.#video.reset();
    this.#delivery = delivery;
  }

  /** The maximum rate that it wants, in pictures a second; `null` for all. */
  get fps(): number | null {
    const { fps, isSparse } = this.#delivery;
    return isSparse ? null : fps;
  }

  /** What was done for it so far. */
  get stats(): ViewerStats {
    const now = this.#now();
    const fps = this.#pace.perSecond ?? 0;
    const since = now - (this.#pace.lastAt ?? now);
    return {
      address: this.#address,
      fps: since * fps > 2000 ? 1000 / since : fps,
      ...this.#own,
      age: this.#newest?.age ?? null,
    };
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
    if (this.#words.areWaiting && !this.#isBusy()) this.#words.say();
    if (picture instanceof VideoPicture) {
      return typeof this.#offerVideo(picture, tally, { now }) === "number";
    }
    const isDue = this.#rate?.take(now) ?? true;
    if (!isDue && !this.#isOwed) return false;
    if (this.#isBusy()) {
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
      for (const each of [this.#own, tally]) {
        each.dropped++;
        if (wasAwaiting) each.leftOut++;
      }
      this.#dropStalled(now);
    } else if (typeof verdict === "number") {
      this.#stall.take(now);
      this.#count(picture, tally, verdict);
    }
    return verdict;
  }

  /** The viewer acknowledges all pictures up to this one. */
  acknowledge(sequence: number): void {
    this.#video.acknowledge(sequence);
    const at = this.#unacknowledged.indexOf(sequence);
    if (at < 0) return;
    this.#unacknowledged.splice(0, at + 1);
    this.proceed();
  }

  /** The viewer has read something: sends the waiting picture, if it can take it. */
  proceed(): void {
    this.#stall.take(this.#now());
    if (this.#isBusy()) return;
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
    this.#newest = undefined;
    this.#video.reset();
    this.#forgetAcknowledgement();
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
    if (!this.#isBusy()) this.#words.say();
  }

  /** Waiting texts are obsolete. */
  forgetWords(): void {
    this.#words.clear();
  }

  #isBusy(): boolean {
    if (this.#link.pending > 0) return true;
    return this.#delivery.ack
      ? this.#unacknowledged.length >= MAX_UNACKNOWLEDGED
      : this.#link.isBehind ?? false;
  }

  #miss(picture: Picture, tally: Tally, { isDue, now }: { isDue: boolean; now: number }): void {
    // A waiting picture is sent as soon as the viewer can take it; only the newest one waits.
    const isWaiting = this.#delivery.ack || this.#link.isBehind === true;
    if (isWaiting) this.#waiting = { picture, tally };
    const isMissed = isDue && (!isWaiting || this.#isOwed);
    this.#isOwed = true;
    if (isMissed) {
      this.#own.dropped++;
      tally.dropped++;
    }
    this.#dropStalled(now);
  }

  #dropStalled(now: number): void {
    if (this.#stall.isStalled(now) && !this.#link.isTaking) {
      this.#link.drop("No picture was taken for 30 s");
    }
  }

  #forgetAcknowledgement(): void {
    this.#unacknowledged = [];
    this.#waiting = undefined;
  }

  #send(picture: Picture, tally: Tally): boolean {
    this.#isOwed = false;
    // Another rendition of a camera may be behind. Times could not tell, since clocks are set back.
    if (this.#newest && picture.sequence < this.#newest.sequence) return false;
    const message = picture.as(this.#delivery.form);
    if (message.length > (this.#delivery.maxLength ?? Infinity)) {
      this.#isOwed = true;
      this.#onTooLong();
      return false;
    }
    // The text contains only one-byte characters.
    this.#count(picture, tally, message.length);
    if (this.#delivery.ack) this.#unacknowledged.push(picture.sequence);
    this.#link.send(message);
    return true;
  }

  #count(picture: Picture, tally: Tally, bytes: number): void {
    this.#pace.take(this.#now());
    this.#newest = picture;
    for (const each of [this.#own, tally]) {
      each.sent++;
      each.bytes += bytes;
    }
  }
}
