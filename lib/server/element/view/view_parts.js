import { create, write } from "../dom.js";
import { createVideoSurface } from "../video/video_player.js";
import { applyViewStyle } from "./view_style.js";
import { durationText, language, viewTexts } from "../words/view_texts.js";

/** @import { Notice } from "./notice.js" */
/** @import { Viewer } from "../viewer.js" */

const NOTICE_PARTS = /** @type {const} */ (["title", "detail", "words", "doing"]);

/**
 * The parts of a view, in its shadow tree: the picture with everything on it, and the reason if
 * there is none.
 */
export class ViewParts {
  image = create("img", { id: "picture", part: "picture", alt: "", decoding: "sync" });
  video = createVideoSurface({ id: "video", part: "video", hidden: true });
  canvas = create("canvas", { part: "annotations", hidden: true });
  /** The picture with everything drawn on it, which zooms as a whole. */
  layer = create(
    "div",
    { className: "layer", part: "layer" },
    this.image,
    this.video,
    this.canvas,
  );
  #note = create("span", { id: "note", className: "note", part: "note", hidden: true });
  #stale = create("span", { id: "stale", className: "badge", part: "badge", hidden: true });
  #badges = create(
    "div",
    { className: "badges", part: "badges" },
    this.#stale,
    slot("badges"),
    this.#note,
  );
  figure = create(
    "figure",
    { part: "figure", hidden: true },
    this.layer,
    this.#badges,
    slot("over"),
  );
  #texts = Object.fromEntries(NOTICE_PARTS.map((name) => [
    name,
    create("p", { id: `notice-${name}`, className: name, part: name }),
  ]));
  #said = create("div", {}, ...Object.values(this.#texts), slot("action"));
  #notice = create("div", { id: "notice", className: "notice", part: "notice" }, this.#said);
  #spoken = create("p", { className: "spoken", lang: language });
  #frame = create(
    "div",
    { className: "frame", part: "frame", lang: language },
    this.figure,
    this.#notice,
  );

  /** @param {ShadowRoot} root */
  constructor(root) {
    applyViewStyle(root);
    this.image.draggable = false;
    root.append(this.#frame);
  }

  /**
   * Shows a viewer's state.
   *
   * @param {Viewer} viewer
   * @param {{ now: number, notice: Notice | null, label: string }} about
   */
  render(viewer, { now, notice, label }) {
    const { current } = viewer.screen;
    const isStale = viewer.isStale(now);
    this.figure.hidden = current === null;
    this.#frame.classList.toggle("old", isStale);
    this.#frame.part.toggle("old", isStale);
    this.#frame.part.toggle("bare", current === null);
    this.#stale.hidden = !isStale;
    if (isStale) write(this.#stale, viewTexts.stale(durationText(viewer.liveness.age(now))));
    if (this.image.alt !== label) this.image.alt = label;
    if (this.video.ariaLabel !== label) this.video.ariaLabel = label;
    const note = viewer.format.noteAt(now);
    this.#note.hidden = note === "";
    if (note !== "") write(this.#note, viewTexts[/** @type {const} */ (`format-${note}`)]);
    if (current !== null) {
      this.#frame.style.setProperty("--ratio", String(current.width / current.height));
    }
    this.#renderNotice(notice, current !== null);
  }

  /**
   * Announces a text to screen readers, unless the page does.
   *
   * @param {string} text
   */
  say(text) {
    if (!this.#spoken.isConnected) {
      this.#spoken.setAttribute("role", "status");
      this.#frame.after(this.#spoken);
    }
    write(this.#spoken, text);
  }

  /**
   * @param {Notice | null} notice
   * @param {boolean} hasPicture
   */
  #renderNotice(notice, hasPicture) {
    this.#notice.hidden = notice === null;
    this.#notice.classList.toggle("over", hasPicture);
    this.#notice.part.toggle("over", hasPicture);
    // The age of an old picture is shown above the reason, if there is one: a small picture has no
    // room for both.
    const place = notice !== null && hasPicture ? this.#said : this.#badges;
    if (this.#stale.parentElement !== place) place.prepend(this.#stale);
    if (notice === null) return;
    for (const name of NOTICE_PARTS) {
      const target = this.#texts[name];
      if (target === undefined) continue;
      write(target, notice[name]);
      target.hidden = notice[name] === "";
    }
  }
}

/** @param {string} name */
function slot(name) {
  return create("slot", { name });
}
