/** This much is kept behind the current position, since a browser may go back to a key frame. */
const KEPT_S = 4;
const TRIM_AFTER_S = 10;
/** At most this much waits for a browser that takes nothing: two seconds of 30 pictures. */
const MOST_SEGMENTS = 60;

/**
 * @typedef {object} MediaBufferEvents
 * @property {() => void} onAppended
 * @property {() => void} onFailed the browser can't play it
 */

/**
 * The buffer that a video element plays from: segments go in, and are removed after they were
 * shown, so memory stays constant.
 */
export class MediaBuffer {
  #video;
  #events;
  /** @type {MediaSource} */
  #source;
  /** @type {SourceBuffer | null} */
  #buffer = null;
  /** Actions for the buffer as soon as it is free. @type {((buffer: SourceBuffer) => void)[]} */
  #waiting = [];
  #url = "";

  /**
   * @param {HTMLVideoElement} video
   * @param {string} mime
   * @param {MediaBufferEvents} events
   */
  constructor(video, mime, events) {
    this.#video = video;
    this.#events = events;
    this.#source = new (mediaSource())();
    this.#source.addEventListener("sourceopen", () => this.#open(mime), { once: true });
    // iPhones allow a ManagedMediaSource only for a video without remote playback.
    video.disableRemotePlayback = true;
    video.onerror = () => events.onFailed();
    this.#url = URL.createObjectURL(this.#source);
    video.src = this.#url;
  }

  static get isThere() {
    return Boolean(mediaSource());
  }

  /** @param {string} mime */
  static isSupported(mime) {
    return mediaSource()?.isTypeSupported(mime) ?? false;
  }

  /** The number of segments that the browser has not taken. */
  get waiting() {
    return this.#waiting.length;
  }

  get isFull() {
    return this.#waiting.length >= MOST_SEGMENTS;
  }

  /**
   * The next segments are of another kind, or have another size.
   *
   * @param {string} mime
   */
  changeType(mime) {
    this.#do((buffer) => {
      buffer.changeType(mime);
      this.#goOn();
    });
  }

  /**
   * Adds a segment; its times are shifted by `offset` seconds.
   *
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @param {number} [offset]
   */
  append(bytes, offset) {
    this.#do((buffer) => {
      if (offset !== undefined && buffer.timestampOffset !== offset) {
        buffer.timestampOffset = offset;
      }
      buffer.appendBuffer(bytes);
    });
  }

  close() {
    this.#waiting = [];
    this.#buffer = null;
    this.#video.onerror = null;
    this.#video.removeAttribute("src");
    // Frees everything.
    this.#video.load();
    URL.revokeObjectURL(this.#url);
  }

  /** @param {string} mime */
  #open(mime) {
    if (this.#url === "" || this.#source.readyState !== "open") return;
    try {
      this.#buffer = this.#source.addSourceBuffer(mime);
    } catch {
      return this.#events.onFailed();
    }
    this.#buffer.addEventListener("updateend", () => {
      this.#trim();
      this.#events.onAppended();
      this.#goOn();
    });
    this.#goOn();
  }

  /** @param {(buffer: SourceBuffer) => void} action */
  #do(action) {
    this.#waiting.push(action);
    this.#goOn();
  }

  #goOn() {
    const buffer = this.#buffer;
    if (buffer === null || buffer.updating || this.#source.readyState !== "open") return;
    const action = this.#waiting.shift();
    if (action === undefined) return;
    try {
      action(buffer);
    } catch {
      this.#events.onFailed();
    }
  }

  #trim() {
    const { buffered, currentTime } = this.#video;
    if (buffered.length === 0 || currentTime - buffered.start(0) < TRIM_AFTER_S) return;
    this.#waiting.unshift((buffer) => buffer.remove(0, currentTime - KEPT_S));
  }
}

/** @returns {typeof MediaSource} */
function mediaSource() {
  // iPhones only have the former.
  return /** @type {any} */ (globalThis).ManagedMediaSource ?? globalThis.MediaSource;
}
