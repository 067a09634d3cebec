import { followLiveEdge } from "./live_edge.js";
import { MediaBuffer } from "./media_buffer.js";

/** @import { PlayerEvents, PlayerPicture } from "./video_player.js" */

/** Plays H.264 in a video element from a MediaSource or ManagedMediaSource, which also work on plain http. */
export class MediaPlayer {
  #video;
  #events;
  /** @type {MediaBuffer | null} */
  #buffer = null;
  #mime = "";
  /** Duration of the newest picture, in seconds. */
  #duration = 0;
  /** Distinguishes the current frame callback from earlier ones. */
  #run = 0;

  /**
   * @param {HTMLVideoElement} video
   * @param {PlayerEvents} events
   */
  constructor(video, events) {
    this.#video = video;
    this.#events = events;
  }

  static get isThere() {
    return MediaBuffer.isThere;
  }

  /** @param {string} mime */
  static isSupported(mime) {
    return MediaBuffer.isSupported(mime);
  }

  get isFull() {
    return this.#buffer?.isFull ?? false;
  }

  /** @param {string} mime */
  begin(mime) {
    if (this.#buffer === null) {
      this.#buffer = new MediaBuffer(this.#video, mime, {
        onAppended: () => followLiveEdge(this.#video, this.#duration),
        onFailed: this.#events.onFailed,
      });
      this.#watchFrames();
    } else if (mime !== this.#mime) this.#buffer.changeType(mime);
    this.#mime = mime;
  }

  /** @param {Uint8Array<ArrayBuffer>} bytes */
  start(bytes) {
    this.#buffer?.append(bytes);
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @param {PlayerPicture} picture
   */
  add(bytes, { duration, offset }) {
    this.#duration = duration;
    this.#buffer?.append(bytes, offset);
    this.#play();
  }

  refresh() {
    if (this.#buffer === null) return;
    this.#play();
    followLiveEdge(this.#video, this.#duration);
  }

  close() {
    this.#run++;
    this.#buffer?.close();
    this.#buffer = null;
  }

  #play() {
    const video = this.#video;
    if (!video.paused || !this.#events.mayDecode()) return;
    // If a browser forbids playing, nothing is painted, which is detected.
    video.play().catch(() => {});
  }

  /** Called for each painted picture. */
  #watchFrames() {
    const run = ++this.#run;
    const video = this.#video;
    const next = () => {
      if (run !== this.#run) return;
      // Some browsers only report the time.
      const isTold = "requestVideoFrameCallback" in HTMLVideoElement.prototype;
      if (isTold) {
        video.requestVideoFrameCallback((_, { mediaTime, expectedDisplayTime }) => {
          this.#painted(mediaTime, Math.max(0, expectedDisplayTime - performance.now()));
          next();
        });
      } else {
        requestAnimationFrame(() => {
          this.#painted(video.currentTime, 0);
          next();
        });
      }
    };
    next();
  }

  /**
   * @param {number} time
   * @param {number} inMs
   */
  #painted(time, inMs) {
    const { videoWidth: width, videoHeight: height } = this.#video;
    this.#events.onPainted({ time, inMs, width, height });
  }
}
