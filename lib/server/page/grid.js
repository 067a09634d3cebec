import { socketUrl } from "./address.js";
import { create, element, write } from "./dom.js";
import { askWhy } from "./refusal.js";
import { contentSize, tileWidth } from "./grid_layout.js";
import { noticeOf } from "./notice.js";
import { durationText, texts } from "./texts.js";
import { Viewer } from "./viewer.js";

const USUAL_RATIO = 4 / 3;
/** Tiles are small, and there are many of them. */
const TILE_FPS = 5;
/** Viewers with the same width share one encoding: the next of these is asked for. */
const WIDTHS = [160, 240, 320, 480, 640, 960, 1280, 1920];

/** @import { CameraInfo } from "./camera_list.js" */
/** @import { Settings } from "./own_settings.js" */
/** @import { Refusal } from "./refusal.js" */
/** @import { ViewerState } from "./viewer.js" */

/**
 * @typedef {object} GridOptions
 * @property {() => Settings} settings this viewer's own
 * @property {() => boolean} mayDecode
 * @property {() => void} onState a tile's has changed
 * @property {() => void} onWelcome
 * @property {(name: string) => void} onChoose
 * @property {(refusal: Refusal) => void} onRefused
 *
 * @typedef {object} Tile
 * @property {string} name
 * @property {HTMLButtonElement} button
 * @property {HTMLElement} live says so to a screen reader, for whom the rest of the tile is its name
 * @property {HTMLElement} reason
 * @property {HTMLElement} doing
 * @property {HTMLElement} stale
 * @property {Viewer} viewer
 * @property {boolean} isSeen
 * @property {string} asked what it has asked for, as one text
 */

/** The states of cameras that aren't live, the best first. */
const WORSE = /** @type {const} */ (["waiting", "connecting", "refused", "reconnecting"]);

/** All cameras side by side, each with a viewer of its own. */
export class Grid {
  #element = element("grid");
  #options;
  /** @type {Tile[]} */
  #tiles = [];
  /** @type {URL | null} */
  #server = null;
  #width = 0;
  #seen;

  /** @param {GridOptions} options */
  constructor(options) {
    this.#options = options;
    // Nothing is sent for tiles that are scrolled away.
    this.#seen = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const tile = this.#tiles.find(({ button }) => button === target);
        if (tile === undefined) continue;
        tile.isSeen = isIntersecting;
        this.#pause(tile);
      }
    }, { rootMargin: "100px" });
    new ResizeObserver(() => this.#layOut()).observe(this.#element);
  }

  /** Whether a hidden page has no use for pictures. */
  isPaused = false;

  get isOpen() {
    return this.#tiles.length > 0;
  }

  get viewers() {
    return this.#tiles.map(({ viewer }) => viewer);
  }

  /**
   * Shows a server's cameras; those that are shown already go on.
   *
   * @param {URL} server
   * @param {readonly CameraInfo[]} cameras
   */
  open(server, cameras) {
    if (server.href !== this.#server?.href) this.close();
    this.#server = server;
    this.#element.hidden = false;
    const shown = new Map(this.#tiles.map((tile) => [tile.name, tile]));
    this.#tiles = cameras.map((camera) => {
      const tile = shown.get(camera.name) ?? this.#createTile(server, camera);
      shown.delete(camera.name);
      return tile;
    });
    for (const tile of shown.values()) this.#remove(tile);
    for (const [i, { button }] of this.#tiles.entries()) {
      const there = this.#element.children[i];
      // Who has been there all the time keeps the keyboard's focus.
      if (there !== button) this.#element.insertBefore(button, there ?? null);
    }
    this.#layOut();
    for (const tile of this.#tiles) this.#start(tile);
  }

  close() {
    for (const tile of this.#tiles) this.#remove(tile);
    this.#tiles = [];
    this.#server = null;
    this.#element.hidden = true;
  }

  /** @param {boolean} isPaused */
  setPaused(isPaused) {
    this.isPaused = isPaused;
    for (const tile of this.#tiles) this.#pause(tile);
  }

  /** Asks for this viewer's settings on all tiles; resolves to them. */
  async configure() {
    await Promise.all(this.#tiles.map((tile) => this.#configure(tile)));
    const { fps, quality, width } = this.#options.settings();
    return { fps, quality, width };
  }

  /** How all are together, and in words. */
  get summary() {
    const states = this.viewers.map(({ state }) => state);
    const live = states.filter((each) => each === "live").length;
    /** @type {ViewerState | "partly"} */
    const state = live === states.length
      ? "live"
      : live > 0
      ? "partly"
      : WORSE.find((each) => states.includes(each)) ?? "idle";
    return { state, text: texts.gridState(live, states.length) };
  }

  /** @param {number} now */
  render(now) {
    for (const tile of this.#tiles) renderTile(tile, { now, server: this.#server });
    const current = this.viewers.find(({ screen }) => screen.current !== null)?.screen.current;
    const ratio = current ? current.width / current.height : USUAL_RATIO;
    if (ratio !== this.#ratio) {
      this.#ratio = ratio;
      this.#layOut();
    }
  }

  #ratio = USUAL_RATIO;

  /**
   * @param {URL} server
   * @param {CameraInfo} camera
   * @returns {Tile}
   */
  #createTile(server, { name, fps }) {
    const image = create("img", { alt: "", decoding: "sync" });
    const reason = create("b");
    const doing = create("span");
    const words = create("span", { className: "words" }, reason, doing);
    const stale = create("span", { className: "badge" });
    const live = create("span", { className: "spoken", textContent: texts.live });
    const caption = create(
      "span",
      { className: "caption" },
      create("b", { textContent: name }),
      live,
    );
    const button = create(
      "button",
      { type: "button", className: "tile" },
      image,
      caption,
      words,
      stale,
    );
    button.addEventListener("click", () => this.#options.onChoose(name));
    const viewer = new Viewer({
      image,
      address: () => {
        const fields = this.#fields();
        tile.asked = JSON.stringify(fields);
        return socketUrl(server, { camera: name, ...fields, format: "binary", ack: 1 });
      },
      camera: () => name,
      announcedFps: () => Math.min(fps || TILE_FPS, this.#fields().fps),
      mayDecode: this.#options.mayDecode,
      onState: () => {
        image.hidden = viewer.screen.current === null;
        this.#options.onState();
      },
      onShown: () => image.hidden = false,
      onWelcome: () => {
        this.#configure(tile)?.catch(() => {});
        this.#options.onWelcome();
      },
      askWhy: () => askWhy(server),
      onRefused: this.#options.onRefused,
    });
    image.hidden = true;
    /** @type {Tile} */
    const tile = { name, button, live, reason, doing, stale, viewer, isSeen: true, asked: "" };
    return tile;
  }

  /**
   * Watches, unless it does so already; a camera that was not there may be there now.
   *
   * @param {Tile} tile
   */
  #start(tile) {
    const { button, viewer } = tile;
    if (viewer.state !== "idle" && !viewer.outage?.isMissing) return;
    this.#pause(tile);
    this.#seen.observe(button);
    viewer.watch();
  }

  /** @param {Tile} tile */
  #remove({ button, viewer }) {
    this.#seen.unobserve(button);
    viewer.leave();
    button.remove();
  }

  /** @param {Tile} tile */
  #pause({ viewer, isSeen }) {
    viewer.setPaused(this.isPaused || !isSeen);
  }

  /** What a tile asks for: no more than it can show. */
  #fields() {
    const { fps, quality, width } = this.#options.settings();
    const pixels = this.#width * (devicePixelRatio || 1);
    const fitting = WIDTHS.find((each) => each >= pixels) ?? null;
    const widths = [width, fitting].filter((each) => each !== null);
    return {
      fps: fps ?? TILE_FPS,
      quality,
      width: widths.length === 0 ? null : Math.min(...widths),
    };
  }

  /**
   * Asks for what a tile needs now, unless it has been asked for.
   *
   * @param {Tile} tile
   */
  #configure(tile) {
    const fields = this.#fields();
    const text = JSON.stringify(fields);
    if (!tile.viewer.connection.isKnown || text === tile.asked) return null;
    tile.asked = text;
    return tile.viewer.connection.ask({ type: "configure", ...fields });
  }

  #layOut() {
    const count = this.#tiles.length;
    const { width, height } = contentSize(this.#element);
    if (count === 0 || width <= 0) return;
    this.#width = tileWidth(count, { width, height, ratio: this.#ratio });
    this.#element.style.setProperty("--tile", `${this.#width}px`);
    this.#element.style.setProperty("--tile-ratio", String(this.#ratio));
    for (const tile of this.#tiles) this.#configure(tile)?.catch(() => {});
  }
}

/**
 * @param {Tile} tile
 * @param {{ now: number, server: URL | null }} about
 */
function renderTile({ name, button, live, reason, doing, stale, viewer }, { now, server }) {
  const notice = noticeOf(viewer, { now, server, camera: name });
  const isStale = viewer.isStale(now);
  button.dataset["state"] = viewer.state;
  button.classList.toggle("old", isStale);
  button.classList.toggle("bare", viewer.screen.current === null);
  write(reason, notice?.title ?? "");
  write(doing, notice?.doing ?? "");
  stale.hidden = !isStale;
  if (isStale) write(stale, texts.stale(durationText(viewer.pictureAge(now))));
  live.hidden = notice !== null;
  button.title = `${name}: ${notice?.title ?? texts.live}`;
}
