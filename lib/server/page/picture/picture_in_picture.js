import { create, element } from "../../element/dom.js";

/** @typedef {HTMLImageElement | HTMLVideoElement | HTMLCanvasElement} Picture */

/**
 * The picture in a small window above all others: the video itself, or a video of a canvas, since
 * browsers support this only for videos.
 */
export class PictureInPicture {
  #button = element("pip", HTMLButtonElement);
  #canvas = create("canvas");
  #video = create("video", { muted: true, playsInline: true, className: "offstage" });

  #isOpening = false;

  constructor() {
    const isThere = document.pictureInPictureEnabled === true &&
      "requestPictureInPicture" in this.#video && "captureStream" in this.#canvas;
    this.#button.hidden = !isThere;
    this.#video.setAttribute("aria-hidden", "true");
    this.#video.addEventListener("leavepictureinpicture", () => this.#stop());
    document.body.append(this.#video);
  }

  get isOpen() {
    // For a video in a shadow tree, the event names the host element.
    return (document.pictureInPictureElement ?? null) !== null;
  }

  /**
   * Opens it with a picture, or closes it.
   *
   * @param {Picture} image
   */
  async toggle(image) {
    if (this.#button.hidden) return;
    if (this.isOpen) return await this.close();
    if (this.#button.disabled || this.#isOpening) return;
    // The video begins with one frame: pictures that come meanwhile are drawn as well.
    this.#isOpening = true;
    this.draw(image);
    try {
      if (image instanceof HTMLVideoElement) await this.#openVideo(image);
      else {
        this.#video.srcObject = this.#canvas.captureStream();
        await this.#video.play();
        await this.#video.requestPictureInPicture();
      }
      this.#button.setAttribute("aria-pressed", "true");
    } catch {
      this.#stop();
    } finally {
      this.#isOpening = false;
    }
  }

  /** @param {HTMLVideoElement} video */
  async #openVideo(video) {
    await video.requestPictureInPicture();
    video.addEventListener("leavepictureinpicture", () => this.#stop(), { once: true });
  }

  async close() {
    if (this.isOpen) await document.exitPictureInPicture().catch(() => {});
  }

  /**
   * Draws the next picture, if it is open.
   *
   * @param {Picture} image
   */
  draw(image) {
    if (!this.#isOpening && this.#video.srcObject === null) return;
    const { width, height } = sizeOf(image);
    if (width === 0) return;
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      Object.assign(this.#canvas, { width, height });
    }
    this.#canvas.getContext("2d")?.drawImage(image, 0, 0);
  }

  #stop() {
    const { srcObject } = this.#video;
    if (srcObject instanceof MediaStream) {
      for (const track of srcObject.getTracks()) {
        track.stop();
      }
    }
    this.#video.srcObject = null;
    this.#button.setAttribute("aria-pressed", "false");
  }
}

/** @param {Picture} image */
function sizeOf(image) {
  if (image instanceof HTMLCanvasElement) return image;
  return image instanceof HTMLVideoElement
    ? { width: image.videoWidth, height: image.videoHeight }
    : { width: image.naturalWidth, height: image.naturalHeight };
}
