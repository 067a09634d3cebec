import { readAnnotation } from "./annotations/annotation.js";
import { Annotations } from "./annotations/annotations.js";
import { Hold } from "./annotations/hold.js";
import { Painter } from "./annotations/painter.js";
import { Screen } from "./screen.js";
import { Tally } from "./tally.js";
import { VideoScreen } from "./video/video_screen.js";

/** @import { Frame } from "./link/message.js" */
/** @import { Shown } from "./screen.js" */
/** @import { createVideoSurface } from "./video/video_player.js" */

/**
 * The surface that shows pictures, an image or a video, with annotations over it.
 *
 * @typedef {object} Media
 * @property {HTMLImageElement} image
 * @property {ReturnType<typeof createVideoSurface>} video
 * @property {HTMLCanvasElement} canvas
 *
 * @typedef {object} DisplayEvents
 * @property {() => boolean} mayDecode whether anybody sees it
 * @property {(sequence: number | null) => void} onTaken a picture needs no more time
 * @property {() => void} onShown
 * @property {() => void} onStalled H.264 comes, and can't be shown
 */

/** Shows pictures of either kind, with annotations. */
export class Display {
  /**
   * The picture on screen.
   *
   * @type {Shown | null}
   */
  current = null;
  /** Whether annotations are drawn. */
  isAnnotated = false;
  #media;
  #events;
  #tally = new Tally();
  #screen;
  #video;
  #annotations = new Annotations();
  #painter;
  #hold = new Hold((frame) => this.#screen.offer(frame));

  /**
   * @param {Media} media
   * @param {DisplayEvents} events
   */
  constructor(media, events) {
    this.#media = media;
    this.#events = events;
    this.#painter = new Painter(media.canvas);
    const { mayDecode, onTaken, onStalled } = events;
    /** @param {HTMLElement} on */
    const shownOn = (on) => (/** @type {Shown} */ shown) => this.#show(shown, on);
    const { image, video } = media;
    this.#screen = new Screen(image, this.#tally, { mayDecode, onTaken, onShown: shownOn(image) });
    this.#video = new VideoScreen(video, this.#tally, {
      mayDecode,
      onTaken,
      onStalled,
      onShown: shownOn(video),
    });
  }

  /** The image, video or canvas on screen, decoded. */
  get decoded() {
    return this.#media.video.hidden ? this.#screen.decoded : this.#media.video;
  }

  get arrivedAt() {
    return this.#tally.arrivedAt;
  }

  get rate() {
    return this.#tally.rate;
  }

  get age() {
    return this.#tally.age;
  }

  get interval() {
    return this.#tally.interval;
  }

  /**
   * A JPEG has arrived.
   *
   * @param {Frame} frame
   */
  offer(frame) {
    const arrived = { ...frame, arrivedAt: this.#tally.arrive() };
    if (!this.isAnnotated) this.#screen.offer(arrived);
    else if (this.#hold.offer(arrived)) this.#events.onTaken(frame.sequence);
  }

  /**
   * H.264 follows.
   *
   * @param {string} mime
   */
  describe(mime) {
    // An earlier picture must not replace it.
    this.stop();
    this.#video.describe(mime);
  }

  /**
   * A fragment of it has arrived.
   *
   * @param {Uint8Array<ArrayBuffer>} bytes
   */
  take(bytes) {
    this.#video.take(bytes, this.#tally.arrive());
  }

  /**
   * An annotation has arrived.
   *
   * @param {Readonly<Record<string, unknown>>} message
   */
  annotate(message) {
    const annotation = this.isAnnotated ? readAnnotation(message) : null;
    if (annotation === null) return;
    this.#annotations.add(annotation, performance.now());
    this.#hold.hear(annotation.capturedAt);
    this.#paint();
  }

  /** @param {number} now */
  tick(now) {
    this.#video.tick(now);
    this.#paint();
  }

  refresh() {
    this.#screen.refresh();
    this.#video.refresh();
  }

  /** Discards pictures that are on their way. */
  stop() {
    this.#hold.forget();
    this.#screen.stop();
  }

  /** The next picture shows something else. */
  forget() {
    this.stop();
    this.current = null;
    this.#tally.forget();
    this.#annotations.forget();
    this.#paint();
  }

  forgetRate() {
    this.#tally.forgetRate();
  }

  /** Nobody watches any more: keeps nothing. */
  close() {
    this.forget();
    this.#screen.close();
    this.#video.close();
  }

  /** The picture on screen as a JPEG file; null if there is none. */
  async snapshot() {
    const { current } = this;
    if (current === null || current.blob !== null) return current?.blob ?? null;
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: current.width, height: current.height });
    canvas.getContext("2d")?.drawImage(this.#media.video, 0, 0);
    /** @type {Promise<Blob | null>} */
    const made = new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
    return await made;
  }

  /**
   * @param {Shown} shown
   * @param {HTMLElement} on
   */
  #show(shown, on) {
    const { image, video } = this.#media;
    const isVideo = on === video;
    this.current = shown;
    if (video.hidden === isVideo) {
      video.hidden = !isVideo;
      image.hidden = isVideo;
      if (isVideo) this.#screen.close();
    }
    if (shown.capturedAt !== null) this.#annotations.turnTo(shown.capturedAt);
    // It may never have been shown.
    if (!isVideo) this.#video.close();
    this.#paint();
    this.#events.onShown();
  }

  #paint() {
    const { current } = this;
    const said = current === null || current.capturedAt === null || !this.isAnnotated
      ? []
      : this.#annotations.of(current.capturedAt, performance.now());
    this.#painter.paint(said, current === null ? 1 : current.width / current.height);
  }
}
