import { socketUrl } from "./address.js";
import { create, element, label, write } from "./dom.js";
import { askWhy } from "./refusal.js";
import { Viewer } from "./viewer.js";

const GAP = 8;
const LEAST_WIDTH = 240;
const USUAL_RATIO = 4 / 3;
/** Tiles are small, and there are many of them. */
const TILE_FPS = 5;
/** Viewers with the same width share one encoding: the next of these is asked for. */
const WIDTHS = [160, 240, 320, 480, 640, 960, 1280, 1920];

/**
 * All cameras side by side, each with a viewer of its own.
 *
 * Options: `settings()`, this viewer's own; `mayDecode()`; `onState`, when a tile's has changed; `onWelcome`;
 * `onChoose(name)`; `onRefused(refusal)`.
 */
export class Grid {
  #element = element("grid");
  #options;
  #tiles = [];
  #server = "";
  #width = 0;
  #seen;

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

  /** Shows a server's cameras; those that are shown already go on. */
  open(server, cameras) {
    if (server.href !== this.#server) this.close();
    this.#server = server.href;
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
    this.#server = "";
    this.#element.hidden = true;
  }

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

  /** The state of all together: the best of any. */
  get state() {
    const states = this.viewers.map(({ state }) => state);
    return ["live", "waiting", "connecting", "refused", "reconnecting"].find((each) =>
      states.includes(each)
    ) ??
      "idle";
  }

  render(now) {
    for (const { viewer, button, words, name } of this.#tiles) {
      const text = viewer.stateText(now);
      button.dataset.state = viewer.state;
      button.classList.toggle("old", viewer.isStale(now));
      write(words, viewer.state === "live" ? "" : text);
      label(button, `${name}: ${text}`);
    }
    const current = this.viewers.find(({ screen }) => screen.current !== null)?.screen.current;
    const ratio = current ? current.width / current.height : USUAL_RATIO;
    if (ratio !== this.#ratio) {
      this.#ratio = ratio;
      this.#layOut();
    }
  }

  #ratio = USUAL_RATIO;

  #createTile(server, { name, fps }) {
    const image = create("img", { alt: "", decoding: "sync" });
    const words = create("span", { className: "words" });
    const caption = create(
      "span",
      { className: "caption" },
      create("b", { textContent: name }),
      words,
    );
    const button = create("button", { type: "button", className: "tile" }, image, caption);
    button.addEventListener("click", () => this.#options.onChoose(name));
    const viewer = new Viewer({
      image,
      address: () => {
        const fields = this.#fields();
        tile.asked = JSON.stringify(fields);
        return socketUrl(server, { camera: name, ...fields, format: "binary", ack: 1 });
      },
      camera: () => name,
      announcedFps: () => Math.min(fps ?? TILE_FPS, this.#fields().fps),
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
    const tile = { name, button, words, viewer, isSeen: true, asked: "" };
    return tile;
  }

  /** Watches, unless it does so already; a camera that was not there may be there now. */
  #start(tile) {
    const { button, viewer } = tile;
    if (viewer.state !== "idle" && !viewer.isMissing) return;
    this.#pause(tile);
    this.#seen.observe(button);
    viewer.watch();
  }

  #remove({ button, viewer }) {
    this.#seen.unobserve(button);
    viewer.leave();
    button.remove();
  }

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

  /** Asks for what a tile needs now, unless it has been asked for. */
  #configure(tile) {
    const fields = this.#fields();
    const text = JSON.stringify(fields);
    if (!tile.viewer.connection.isKnown || text === tile.asked) return null;
    tile.asked = text;
    return tile.viewer.connection.ask({ type: "configure", ...fields });
  }

  /** As many columns as make the tiles largest; where they would be too small, the grid scrolls. */
  #layOut() {
    const count = this.#tiles.length;
    const { width, height } = contentSize(this.#element);
    if (count === 0 || width <= 0) return;
    let best = 0;
    for (let columns = 1; columns <= count; columns++) {
      const rows = Math.ceil(count / columns);
      const across = (width - GAP * (columns - 1)) / columns;
      const down = this.#ratio * (height - GAP * (rows - 1)) / rows;
      best = Math.max(best, Math.min(across, down));
    }
    const fitting = Math.max(1, Math.floor((width + GAP) / (LEAST_WIDTH + GAP)));
    if (best < LEAST_WIDTH) best = (width - GAP * (fitting - 1)) / fitting;
    this.#width = Math.floor(best);
    this.#element.style.setProperty("--tile", `${this.#width}px`);
    this.#element.style.setProperty("--tile-ratio", String(this.#ratio));
    for (const tile of this.#tiles) this.#configure(tile)?.catch(() => {});
  }
}

function contentSize(box) {
  const { paddingLeft, paddingRight, paddingTop, paddingBottom } = getComputedStyle(box);
  return {
    width: box.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight),
    height: box.clientHeight - parseFloat(paddingTop) - parseFloat(paddingBottom),
  };
}
