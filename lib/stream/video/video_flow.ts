import { Drain } from "./drain.ts";
import { FlowWindow } from "./flow_window.ts";
import type { VideoPicture, VideoTrack } from "./video_picture.ts";
import type { Link } from "../viewer/link.ts";

/** The fate of a picture for one viewer. */
export type VideoVerdict =
  /** It is sent, in this many bytes. */
  | number
  /** The viewer can't take it, or could not decode it without what it missed. */
  | "missed"
  /** The viewer has just joined, and can't take it yet. */
  | "later"
  /** The viewer had it already, or doesn't want it. */
  | "known";

/** A viewer that has not taken a picture for this long waits for a key frame, in milliseconds. */
const MAX_LATE_MS = 500;
/** However long it takes, at most this many bytes wait for a viewer. */
const MAX_PENDING_BYTES = 8 * 1024 * 1024;
/**
 * A viewer reports only after a while that it is behind: this much of the time is left then, in
 * milliseconds.
 */
const MAX_BEHIND_MS = 250;
/**
 * A viewer that joins gets what is there in pieces of this many bytes: its link is still unknown.
 */
const JOINING_BYTES = 128 * 1024;

/** How a viewer takes its pictures. */
export interface VideoTaking {
  /** A monotonic clock in milliseconds. */
  now: number;
  /** The link that carries them. */
  link: Link;
  /** Whether it acknowledges them. */
  ack: boolean;
  /** Whether it wants only key frames. */
  isSparse: boolean;
  /**
   * If it has just joined, and gets earlier pictures: the bytes of this picture and of those after
   * it.
   */
  ahead?: number | undefined;
}

/**
 * Decides which pictures of an H.264 stream one viewer gets: each, in order, starting at a key
 * frame. If one is more than half a second late, the viewer gets nothing until the next key frame:
 * it sees a still picture for a moment, and never the past.
 */
export class VideoFlow {
  #track: VideoTrack | undefined;
  /** The next picture that the viewer can decode; none before a key frame. */
  #next: number | undefined;
  /**
   * The ends, in bytes sent so far, of messages that may not have been taken yet, and when they
   * were sent.
   */
  #sent: { end: number; at: number }[] = [];
  #bytes = 0;
  #unacknowledged: { sequence: number; at: number; end: number }[] = [];
  /** The end of the last message that was acknowledged. */
  #acknowledged = 0;
  /** When the last picture was sent that has arrived since. */
  #cameAt: number | undefined;
  readonly #window = new FlowWindow(MAX_LATE_MS);
  readonly #drain = new Drain();
  #behindSince: number | undefined;

  /** Whether it waits for a key frame. */
  get isAwaitingKey(): boolean {
    return this.#next === undefined;
  }

  /**
   * Decides on a picture, and sends it if the viewer can take it, along with earlier ones it lacks.
   */
  offer(picture: VideoPicture, taking: VideoTaking): VideoVerdict {
    const { track, order, isKey } = picture;
    if (this.#track?.stream !== track.stream) this.#begin();
    if (this.#next !== undefined && order < this.#next) return "known";
    if (taking.isSparse && !isKey) return "known";
    const isDecodable = isKey || order === this.#next;
    const mayTake = this.#mayTake(picture, taking);
    if (!isDecodable || !mayTake) {
      this.#next = undefined;
      return "missed";
    }
    if (taking.ahead !== undefined && !this.#hasRoom(picture, taking)) {
      const ms = this.#drain.msOf(taking.link.pending + taking.ahead);
      if (ms <= MAX_LATE_MS) return "later";
      // The viewer would see the past, and a key frame would have to wait for that.
      this.#next = undefined;
      return "missed";
    }
    if (isKey) this.#window.grow(picture.as().length);
    const before = this.#bytes;
    if (track !== this.#track) {
      this.#send(track.text, taking);
      this.#send(track.start, taking);
    }
    this.#send(picture.as(), taking);
    if (taking.ack) {
      const { sequence } = picture;
      this.#unacknowledged.push({ sequence, at: taking.now, end: this.#bytes });
    }
    this.#track = track;
    this.#next = order + 1;
    return this.#bytes - before;
  }

  /** All pictures up to this one have arrived. */
  acknowledge(sequence: number): void {
    const at = this.#unacknowledged.findIndex((each) => each.sequence === sequence);
    if (at < 0) return;
    const came = this.#unacknowledged.splice(0, at + 1).at(-1);
    this.#acknowledged = came?.end ?? 0;
    this.#cameAt = came?.at;
  }

  /** Forgets what was sent: another stream may follow, or the same from its beginning. */
  reset(): void {
    this.#begin();
    this.#unacknowledged = [];
    this.#acknowledged = this.#bytes;
  }

  #begin(): void {
    this.#track = undefined;
    this.#next = undefined;
  }

  /** A newcomer always takes its first picture. */
  #hasRoom(picture: VideoPicture, { link }: VideoTaking): boolean {
    return this.#next === undefined || link.pending + picture.as().length <= JOINING_BYTES;
  }

  #mayTake(picture: VideoPicture, taking: VideoTaking): boolean {
    const { now, link, ack } = taking;
    const { pending } = link;
    const taken = ack ? this.#acknowledged : this.#bytes - pending;
    const onWay = this.#bytes - taken;
    if (onWay > 0) this.#window.note(taken, now);
    const isLate = this.#isLate(taking, pending);
    const cameLate = now - (this.#cameAt ?? now) > MAX_LATE_MS;
    this.#cameAt = undefined;
    if (isLate || cameLate) this.#window.shrink();
    if (onWay === 0) this.#window.rest();
    return !isLate && this.#window.allows(picture.as(), picture.isKey, onWay);
  }

  #isLate({ now, link, ack }: VideoTaking, pending: number): boolean {
    const taken = this.#bytes - pending;
    const cameAt = this.#settle(taken);
    if (!ack) this.#cameAt = cameAt;
    const isBehind = !ack && link.isBehind === true;
    this.#behindSince = isBehind ? this.#behindSince ?? now : undefined;
    const [oldest] = this.#sent;
    const [unacknowledged] = this.#unacknowledged;
    return pending > MAX_PENDING_BYTES ||
      now - (oldest?.at ?? now) > MAX_LATE_MS ||
      this.#drain.msFor(pending, { taken, now }) > MAX_LATE_MS ||
      ack && now - (unacknowledged?.at ?? now) > MAX_LATE_MS ||
      now - (this.#behindSince ?? now) > MAX_BEHIND_MS;
  }

  /** Forgets messages that were taken; returns when the last of them was sent. */
  #settle(taken: number): number | undefined {
    let cameAt: number | undefined;
    for (let [oldest] = this.#sent; oldest && oldest.end <= taken; [oldest] = this.#sent) {
      cameAt = oldest.at;
      this.#sent.shift();
    }
    return cameAt;
  }

  #send(message: string | Uint8Array<ArrayBuffer>, { link, now }: VideoTaking): void {
    link.send(message);
    this.#bytes += message.length;
    if (link.pending > 0) this.#sent.push({ end: this.#bytes, at: now });
    else this.#sent = [];
  }
}
