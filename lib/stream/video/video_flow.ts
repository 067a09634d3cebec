import { Drain } from "./drain.ts";
import { FlowWindow } from "./flow_window.ts";
import type { VideoPicture, VideoTrack } from "./video_picture.ts";
import type { Link } from "../viewer/link.ts";

/** The fate of a picture for one viewer. */
export type VideoVerdict =
  /** It is sent, in so many bytes. */
  | number
  /** The viewer can't take it, or not without what it missed before it. */
  | "missed"
  /** The viewer has just come, and can't take it yet. */
  | "later"
  /** It had it already, or doesn't want it. */
  | "known";

/** A viewer that has not taken a picture for this time, in milliseconds, waits for a key frame. */
const MAX_LATE_MS = 500;
/** Whatever its time, no more than so many bytes wait for a viewer. */
const MAX_PENDING_BYTES = 8 * 1024 * 1024;
/** It says of itself that it is behind only after a while: so much of the time is left. In milliseconds. */
const MAX_BEHIND_MS = 250;
/** A viewer that joins gets what there is already in pieces of so many bytes: nobody knows its link yet. */
const JOINING_BYTES = 128 * 1024;

/** How a viewer takes its pictures. */
export interface VideoTaking {
  /** Clock in milliseconds that never jumps. */
  now: number;
  /** The link that carries them. */
  link: Link;
  /** Whether it acknowledges them. */
  ack: boolean;
  /** Whether it wants key frames alone. */
  isSparse: boolean;
  /** Where it has just come, and gets what there was before: the bytes of this picture and of those after it. */
  ahead?: number | undefined;
}

/**
 * Which pictures of an H.264 stream one viewer gets: each, in order, from a key frame on. One that is more than half a
 * second late gets nothing until the next key frame: it sees the picture stand for a moment, and never the past.
 */
export class VideoFlow {
  #track: VideoTrack | undefined;
  /** The picture that can be decoded after those that were sent; none before a key frame. */
  #next: number | undefined;
  /** The ends, in bytes sent so far, of messages that may not have been taken yet, and when they were sent. */
  #sent: { end: number; at: number }[] = [];
  #bytes = 0;
  #unacknowledged: { sequence: number; at: number; end: number }[] = [];
  /** The end of the last message that was acknowledged. */
  #acknowledged = 0;
  /** When the last picture was sent that has come since then. */
  #cameAt: number | undefined;
  readonly #window = new FlowWindow(MAX_LATE_MS);
  readonly #drain = new Drain();
  #behindSince: number | undefined;

  /** Whether it waits for a key frame. */
  get isAwaitingKey(): boolean {
    return this.#next === undefined;
  }

  /** Decides on a picture, and sends it where the viewer can take it; what comes before it as well. */
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
      // It would see the past, and a key frame would have to wait for that.
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

  /** Forgets what was sent: another stream may come, or the same from its beginning. */
  reset(): void {
    this.#begin();
    this.#unacknowledged = [];
    this.#acknowledged = this.#bytes;
  }

  #begin(): void {
    this.#track = undefined;
    this.#next = undefined;
  }

  /** Its first picture is taken by anybody who has just come. */
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
