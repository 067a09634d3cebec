import { create, element } from "../../element/dom.js";
import { socketUrl } from "../../element/link/address.js";
import { askWhy } from "../../element/link/refusal.js";
import { viewTexts } from "../../element/words/view_texts.js";
import { WscamView } from "../../element/wscam_view.js";
import { secretsFor } from "../address.js";
import { contentSize, tileWidth } from "./grid_layout.js";
import { texts } from "../texts/texts.js";

const USUAL_RATIO = 4 / 3;
/** Tiles are small and numerous. */
const TILE_FPS = 5;
/** Viewers with the same width share one encoding: widths are rounded up to these. */
const WIDTHS = [160, 240, 320, 480, 640, 960, 1280, 1920];

/** @import { CameraInfo } from "../../element/link/cameras.js" */
/** @import { Settings } from "../panel/own_settings.js" */
/** @import { Refusal } from "../../element/link/refusal.js" */
/** @import { ViewerState } from "../../element/viewer.js" */

/**
 * @typedef {object} GridOptions
 * @property {() => Settings} settings this viewer's own
 * @property {() => boolean} annotations whether annotations are drawn
 * @property {() => void} onState a tile's has changed
 * @property {() => void} onWelcome
 * @property {(name: string) => void} onChoose
 * @property {(refusal: Refusal) => void} onRefused
 *
 * @typedef {object} Tile
 * @property {string} name
 * @property {HTMLButtonElement} button
 * @property {HTMLElement} live says so to a screen reader, for whom the rest of the tile is its name
 * @property {WscamView} view
 * @property {string} asked the settings that it has asked for, as one text
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

  /** @param {GridOptions} options */
  constructor(options) {
    this.#options = options;
    new ResizeObserver(() => this.#layOut()).observe(this.#element);
  }

  get isOpen() {
    return this.#tiles.length > 0;
  }

  get viewers() {
    return this.#tiles.map(({ view }) => view.viewer);
  }

  /**
   * Shows a server's cameras; those already shown continue.
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
      // A button that stays in place keeps the keyboard's focus.
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

  takeWishes() {
    for (const { view } of this.#tiles) view.takeWishes();
  }

  /** Applies this viewer's settings to all tiles; resolves to them. */
  async configure() {
    await Promise.all(this.#tiles.map((tile) => this.#configure(tile)));
    const { fps, quality, width } = this.#options.settings();
    return { fps, quality, width };
  }

  /** The overall state, and its text. */
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

  render() {
    for (const tile of this.#tiles) renderTile(tile);
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
    const view = new WscamView();
    const live = create("span", { className: "spoken", textContent: viewTexts.live });
    const caption = create(
      "span",
      { className: "caption" },
      create("b", { textContent: name }),
      live,
    );
    const button = create("button", { type: "button", className: "tile" }, caption, view);
    button.addEventListener("click", () => this.#options.onChoose(name));
    /** @type {Tile} */
    const tile = { name, button, live, view, asked: "" };
    view.addEventListener("state", this.#options.onState);
    view.follow({
      server: () => server,
      annotations: this.#options.annotations,
      address: (format) => {
        const fields = this.#fields();
        tile.asked = JSON.stringify(fields);
        const annotations = this.#options.annotations() ? 1 : null;
        const asked = { camera: name, ...fields, annotations, format, ack: 1 };
        return socketUrl(server, { ...secretsFor(server), ...asked });
      },
      camera: () => name,
      isNamed: true,
      announcedFps: () => Math.min(fps || TILE_FPS, this.#fields().fps),
      nowhere: () => ({ title: texts.nowhere, detail: texts.nowhereDetail }),
      onWelcome: () => {
        this.#configure(tile)?.catch(() => {});
        this.#options.onWelcome();
      },
      askWhy: () => askWhy(server, secretsFor(server)),
      onRefused: this.#options.onRefused,
    });
    return tile;
  }

  /**
   * Starts watching, unless it does already; a camera that was missing may have appeared.
   *
   * @param {Tile} tile
   */
  #start({ view: { viewer } }) {
    if (viewer.state === "idle" || viewer.outage?.isMissing) viewer.watch();
  }

  /** @param {Tile} tile */
  #remove({ button }) {
    button.remove();
  }

  /** The settings that a tile asks for: no more than it can show. */
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
   * Asks for what a tile needs now, unless it has done so already.
   *
   * @param {Tile} tile
   */
  #configure(tile) {
    const fields = this.#fields();
    const text = JSON.stringify(fields);
    const { connection } = tile.view.viewer;
    if (!connection.isKnown || text === tile.asked) return null;
    tile.asked = text;
    return connection.ask({ type: "configure", ...fields });
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

/** @param {Tile} tile */
function renderTile({ name, button, live, view }) {
  const { viewer, notice, state } = view;
  button.dataset["state"] = state;
  button.classList.toggle("old", viewer.isStale(performance.now()));
  button.classList.toggle("bare", viewer.screen.current === null);
  live.hidden = notice !== null;
  button.title = `${name}: ${notice?.title ?? viewTexts.live}`;
}
