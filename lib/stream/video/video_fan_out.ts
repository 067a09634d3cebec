import { setImmediate } from "node:timers";
import type { EncodedPicture } from "../../encoder/encoder.ts";
import type { FanOut, FanOutOptions } from "../fan_out.ts";
import type { Recipient } from "../recipient.ts";
import { Timeline } from "./timeline.ts";
import { VideoPicture, VideoTrack } from "./video_picture.ts";

/** The newest group of pictures is kept for viewers that join, up to this size in bytes. */
const MAX_GROUP_BYTES = 8 * 1024 * 1024;
/**
 * At most this many pictures wait to be passed on; beyond that, all wait for the next key frame.
 */
const MAX_WAITING = 60;
/**
 * This many bytes are written before more are made: copies that wait longer have left the
 * processor's cache.
 */
const BYTES_AT_ONCE = 128 * 1024;
/** A group that ended this long ago is useless: the next picture is a key frame, in seconds. */
const MAX_GROUP_AGE = 1;

export interface VideoFanOutOptions extends FanOutOptions {
  /** The maximum number of pictures a second, which may change. */
  fps: () => number;
}

/**
 * Passes on pictures that depend on those before: everybody gets each of them, in order, starting
 * at a key frame.
 */
export class VideoFanOut implements FanOut {
  readonly #options: VideoFanOutOptions;
  readonly #timeline = new Timeline();
  #fps: number | undefined;
  /** The newest key frame and everything since. */
  #group: VideoPicture[] = [];
  #groupBytes = 0;
  #track: VideoTrack | undefined;
  #order = 0;
  #waiting: VideoPicture[] = [];
  #last: VideoPicture | undefined;
  #isSending = false;
  /** Viewers that have joined and have not taken the whole newest group yet. */
  readonly #joining = new Set<Recipient>();

  constructor(options: VideoFanOutOptions) {
    this.#options = options;
  }

  get last(): VideoPicture | undefined {
    return this.#last;
  }

  hand(encoded: EncodedPicture): void {
    if (encoded.codec !== "h264") return;
    if (this.#track?.config !== encoded.config) {
      // A new decoder configuration starts a new stream, and so begins with a key frame.
      if (!encoded.isKey) return;
      this.#track = new VideoTrack(encoded.config, this);
    }
    const { decodeMs, offsetMs, timestamp } = encoded;
    const times = decodeMs === undefined
      ? this.#timelineFor(this.#options.fps()).even(timestamp)
      : this.#timeline.next(decodeMs / 1000, Math.round(offsetMs * 90));
    const { camera } = this.#options;
    const order = this.#order++;
    const picture = new VideoPicture(encoded, { camera, track: this.#track, order, ...times });
    this.#last = picture;
    this.#keep(picture);
    if (this.#waiting.length >= MAX_WAITING) this.#waiting = [];
    this.#waiting.push(picture);
    if (!this.#isSending) void this.#send();
  }

  greet(recipient: Recipient): void {
    const newest = this.#group.at(-1);
    if (newest === undefined || newest.ageHere > MAX_GROUP_AGE) return;
    this.#join(recipient);
  }

  again(): void {
    // Viewers that have joined since have got the group.
  }

  rest(): void {
    this.#waiting = [];
    this.#joining.clear();
  }

  clear(): void {
    this.#group = [];
    this.#groupBytes = 0;
    this.#track = undefined;
    this.rest();
  }

  #join(recipient: Recipient): void {
    const { tally } = this.#options;
    if (recipient.join === undefined) {
      for (const picture of this.#group) recipient.offer(picture, tally);
    } else if (recipient.join(this.#group, tally)) this.#joining.add(recipient);
    else this.#joining.delete(recipient);
  }

  /**
   * Offers a picture, to a newcomer with those before it; returns whether it may have been sent.
   */
  #offer(recipient: Recipient, picture: VideoPicture): boolean {
    if (!this.#joining.has(recipient)) return recipient.offer(picture, this.#options.tally);
    this.#join(recipient);
    return true;
  }

  #timelineFor(fps: number): Timeline {
    if (fps !== this.#fps) this.#timeline.expect(fps);
    this.#fps = fps;
    return this.#timeline;
  }

  #keep(picture: VideoPicture): void {
    if (picture.isKey) {
      this.#group = [];
      this.#groupBytes = 0;
      this.#joining.clear();
    } else if (this.#group.length === 0) {
      return;
    }
    this.#groupBytes += picture.encoded.data.length;
    if (this.#groupBytes > MAX_GROUP_BYTES) this.#group = [];
    else this.#group.push(picture);
  }

  /** Offers each picture to each viewer, a few at a time. */
  async #send(): Promise<void> {
    this.#isSending = true;
    const { recipients } = this.#options;
    let room = BYTES_AT_ONCE;
    for (let picture; (picture = this.#waiting.shift()) !== undefined;) {
      for (const recipient of recipients) {
        if (!this.#offer(recipient, picture) || (room -= picture.as().length) > 0) continue;
        room = BYTES_AT_ONCE;
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    }
    this.#isSending = false;
  }
}
