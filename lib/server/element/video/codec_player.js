import { decoderConfigOf, pictureOf } from "./mp4.js";

/** @import { PlayerEvents, PlayerPicture } from "./video_player.js" */

/** No more than this may wait for the decoder, in seconds. */
const MOST_WAITING_S = 0.5;
/** At low rates this many pictures may wait: one is being decoded when the next arrives. */
const FEW = 2;
/**
 * A stream starts with a burst of all pictures since the last key frame, up to ten seconds at 30
 * fps. A decoder gets this long to catch up.
 */
const MOST_JOINING = 300;
const JOINING_MS = 5000;

/** Plays H.264 on a canvas by WebCodecs, painting each picture as soon as it is decoded. */
export class CodecPlayer {
  #canvas;
  #context;
  #events;
  #codec = "";
  /** @type {VideoDecoder | null} */
  #decoder = null;
  /** Duration of the newest picture, in seconds. */
  #duration = 0;
  /** When the stream started, by performance.now(). */
  #startedAt = 0;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {PlayerEvents} events
   */
  constructor(canvas, events) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { alpha: false });
    this.#events = events;
  }

  static get isThere() {
    return typeof globalThis.VideoDecoder === "function";
  }

  /**
   * Whether it is H.264; a browser that can't decode it reports that later, as a decoder error.
   *
   * @param {string} mime
   */
  static isSupported(mime) {
    return codecOf(mime) !== "";
  }

  get isFull() {
    const waiting = this.#decoder?.decodeQueueSize ?? 0;
    const isJoining = performance.now() - this.#startedAt < JOINING_MS;
    if (isJoining) return waiting >= MOST_JOINING;
    return waiting > FEW && waiting * this.#duration > MOST_WAITING_S;
  }

  /** @param {string} mime */
  begin(mime) {
    this.#codec = codecOf(mime);
  }

  /** @param {Uint8Array<ArrayBuffer>} bytes */
  start(bytes) {
    const description = decoderConfigOf(bytes);
    if (description === null) return this.#events.onFailed();
    this.#forget();
    const decoder = this.#decoder = new VideoDecoder({
      output: (frame) => this.#paint(frame),
      error: () => {
        // Another decoder may have replaced it.
        if (decoder === this.#decoder) this.#events.onFailed();
      },
    });
    this.#startedAt = performance.now();
    decoder.configure({ codec: this.#codec, description, optimizeForLatency: true });
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @param {PlayerPicture} picture
   */
  add(bytes, { time, duration, isKey }) {
    const data = pictureOf(bytes);
    if (this.#decoder === null || data === null) return;
    this.#duration = duration;
    const timestamp = Math.round(time * 1e6);
    try {
      this.#decoder.decode(
        new EncodedVideoChunk({ type: isKey ? "key" : "delta", timestamp, data }),
      );
    } catch {
      this.#events.onFailed();
    }
  }

  refresh() {
    // The next picture is the newest anyway.
  }

  close() {
    this.#forget();
    Object.assign(this.#canvas, { width: 0, height: 0 });
  }

  #forget() {
    const decoder = this.#decoder;
    this.#decoder = null;
    // A decoder that failed is closed already.
    if (decoder !== null && decoder.state !== "closed") decoder.close();
  }

  /** @param {VideoFrame} frame */
  #paint(frame) {
    const { displayWidth: width, displayHeight: height, timestamp } = frame;
    const isSeen = this.#events.mayDecode();
    if (isSeen) {
      const canvas = this.#canvas;
      if (canvas.width !== width || canvas.height !== height) {
        Object.assign(canvas, { width, height });
      }
      this.#context?.drawImage(frame, 0, 0, width, height);
    }
    // A decoder stops while too many of its frames are open.
    frame.close();
    if (isSeen) this.#events.onPainted({ time: timestamp / 1e6, inMs: 0, width, height });
  }
}

/**
 * The codec in a MIME type; empty if it is not H.264.
 *
 * @param {string} mime
 */
function codecOf(mime) {
  return /\bcodecs="?(avc1\.[0-9a-f]{6})\b/i.exec(mime)?.[1] ?? "";
}
