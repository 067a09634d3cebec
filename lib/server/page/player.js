import { addressText, socketUrl } from "../element/link/address.js";
import { askWhy } from "../element/link/refusal.js";
import { viewTexts } from "../element/words/view_texts.js";
import {
  forgetToken,
  keepInAddress,
  keepToken,
  rememberAddress,
  rememberedAddress,
  secretsFor,
  useToken,
} from "./address.js";
import { CameraList } from "./camera_list.js";
import { ALL } from "./panel/camera_menu.js";
import { Grid } from "./grid/grid.js";
import { texts } from "./texts/texts.js";

/** @import { FormatWish } from "../element/format_choice.js" */
/** @import { Notice } from "../element/view/notice.js" */
/** @import { OwnSettings, Settings } from "./panel/own_settings.js" */
/** @import { Answer } from "../element/link/questions.js" */
/** @import { Refusal } from "../element/link/refusal.js" */
/** @import { ViewerState } from "../element/viewer.js" */
/** @import { WscamView } from "../element/wscam_view.js" */

/**
 * @typedef {object} PlayerOptions
 * @property {WscamView} view for one camera
 * @property {OwnSettings} own this viewer's settings
 * @property {() => FormatWish} format which pictures are wished for
 * @property {() => boolean} annotations whether annotations are drawn
 * @property {() => boolean} isSeenElsewhere whether somebody sees the pictures though the page is hidden
 * @property {() => void} onState
 * @property {() => void} onShown
 * @property {() => void} onWelcome by a server that knows commands
 * @property {() => void} onCameras when it has others than before
 * @property {() => void} onForget when another camera is chosen
 * @property {() => void} onGrid when all are
 * @property {(name: string) => void} onChoose
 *
 * @typedef {object} PlayerState
 * @property {ViewerState | "partly"} state of a grid: "partly" if some cameras are live
 * @property {string} text in a few words
 * @property {Notice | null} notice why there is no picture that is live; never of a grid
 */

/** The server that is watched, and one of its cameras, or all side by side. */
export class Player {
  /**
   * URL of the watched server, or of the last one if the user has disconnected.
   *
   * @type {URL | null}
   */
  server = null;
  isWatching = false;
  /** Name of the camera to watch; empty for the server's first, `*` for all. */
  camera = "";
  view;
  viewer;
  grid;
  #options;
  #list = new CameraList({
    onList: () => this.#takeCameras(),
    onNames: () => this.#options.onCameras(),
  });
  /**
   * This viewer's settings in the connection's address.
   *
   * @type {Settings | null}
   */
  #toldSettings = null;

  /** @param {PlayerOptions} options */
  constructor(options) {
    this.#options = options;
    this.view = options.view;
    this.viewer = options.view.viewer;
    this.view.addEventListener("state", options.onState);
    this.view.follow({
      server: () => this.server,
      address: (format) => this.#address(format),
      format: options.format,
      annotations: options.annotations,
      camera: () => this.#named,
      name: () => this.name,
      nowhere: () => ({ title: texts.nowhere, detail: texts.nowhereDetail }),
      announcedFps: () => this.#announcedFps,
      expectedFps: async () => {
        await this.loadCameras();
        return this.#announcedFps;
      },
      isSeenElsewhere: options.isSeenElsewhere,
      askWhy: () => askWhy(this.#chosenServer, secretsFor(this.#chosenServer)),
      onShown: () => {
        options.onShown();
        const server = this.#chosenServer;
        keepToken(server);
        if (addressText(server) !== rememberedAddress()) rememberAddress(server);
      },
      onWelcome: () => {
        options.own.confirm(this.#toldSettings);
        this.loadCameras();
        options.onWelcome();
      },
      onRefused: (refusal) => this.#takeRefusal(refusal),
    });
    this.grid = new Grid({
      settings: () => options.own.values,
      annotations: options.annotations,
      onState: options.onState,
      onWelcome: () => {
        this.loadCameras();
        options.onWelcome();
      },
      onChoose: options.onChoose,
      onRefused: (refusal) => this.#takeRefusal(refusal),
    });
  }

  /** The viewers on the page. */
  get viewers() {
    return this.grid.isOpen ? this.grid.viewers : [this.viewer];
  }

  /** The display name of what is watched; empty until known. */
  get name() {
    return this.grid.isOpen ? texts.all : this.#named || this.first;
  }

  /** The server's cameras, as far as they are known. */
  get cameras() {
    return this.#list.cameras;
  }

  /** The name of the server's first camera; empty until known. */
  get first() {
    return this.#list.first;
  }

  /**
   * The state, and its text.
   *
   * @returns {PlayerState}
   */
  get state() {
    const { grid, view: { state, notice } } = this;
    if (grid.isOpen) return { ...grid.summary, notice: null };
    return { state, text: notice?.title ?? viewTexts.live, notice };
  }

  /**
   * Switches to a server, and applies its address's camera and viewer settings.
   *
   * @param {URL} url
   */
  chooseServer(url) {
    const { own } = this.#options;
    if (own.read(url.searchParams)) own.keep();
    const named = url.searchParams.get("camera")?.normalize("NFC");
    for (const name of ["camera", ...Object.keys(own.values)]) url.searchParams.delete(name);
    if (named !== undefined) this.chooseCamera(named);
    else if (this.server !== null && this.server.host !== url.host) this.chooseCamera("");
    if (this.server?.href !== url.href) this.#forgetServer();
    this.server = url;
  }

  /** @param {string} name */
  chooseCamera(name) {
    if (name === this.camera) return;
    this.camera = name;
    this.viewer.screen.forget();
    this.#options.onForget();
    keepInAddress({ camera: name });
  }

  /** Starts over: with one viewer, or with one for each camera once these are known. */
  watch() {
    this.isWatching = true;
    this.grid.close();
    if (this.camera === ALL && this.cameras.length > 1) this.#showGrid();
    else this.viewer.watch();
  }

  leave() {
    this.isWatching = false;
    this.grid.close();
    this.viewer.leave();
  }

  /**
   * Watches with a token that the user typed.
   *
   * @param {string} token
   */
  open(token) {
    useToken(this.#chosenServer, token);
    this.watch();
  }

  /**
   * Requests the server's list of cameras. Only a server that knows commands has one, so others are
   * not asked.
   */
  async loadCameras() {
    if (this.server !== null) await this.#list.load(this.server);
  }

  /**
   * Requests the list again when it is due; without a connection there would be no answer.
   *
   * @param {number} now
   */
  refreshCameras(now) {
    if (this.viewers.some(({ connection }) => connection.isKnown)) this.#list.tick(now);
  }

  /**
   * Tells the server this viewer's settings if it is connected; otherwise the next connection's
   * address contains them.
   *
   * @param {Settings} values
   * @returns {Promise<Answer | Settings | null>}
   */
  async configure(values) {
    if (this.grid.isOpen) return await this.grid.configure();
    if (!this.viewer.connection.isKnown) return null;
    return await this.viewer.connection.ask({ type: "configure", ...values });
  }

  /** Applies the current choices of format and annotations. */
  takeWishes() {
    this.view.takeWishes();
    this.grid.takeWishes();
  }

  /** The named camera; empty for the first. */
  get #named() {
    return this.camera === ALL ? "" : this.camera;
  }

  get #chosenServer() {
    if (this.server === null) throw new TypeError("Cannot connect: no server is chosen");
    return this.server;
  }

  get #announcedFps() {
    const own = this.#list.of(this.camera);
    return own?.fps && Math.min(own.fps, this.#options.own.values.fps ?? Infinity);
  }

  /** @param {string} format */
  #address(format) {
    const { values } = this.#options.own;
    this.#toldSettings = values;
    return socketUrl(this.#chosenServer, {
      ...secretsFor(this.#chosenServer),
      camera: this.#named,
      ...values,
      annotations: this.#options.annotations() ? 1 : null,
      format,
      ack: 1,
    });
  }

  /** @param {Refusal} refusal */
  #takeRefusal(refusal) {
    if (this.server !== null && refusal.code.startsWith("token-")) forgetToken(this.server);
    if (refusal.retryMs !== Infinity) return;
    this.isWatching = false;
    if (!this.grid.isOpen) return;
    this.grid.close();
    this.viewer.refuse(refusal);
  }

  #forgetServer() {
    this.viewer.screen.forget();
    this.viewer.connection.clock.forget();
    this.#options.onForget();
    this.#list.forget();
  }

  /** Shows what there is to watch now, whatever was shown before. */
  #takeCameras() {
    if (!this.isWatching) return;
    const isBack = this.viewer.outage?.isMissing && this.#list.has(this.#named);
    if (this.camera === ALL && this.cameras.length > 1) this.#showGrid();
    else if (this.grid.isOpen || isBack) this.watch();
  }

  #showGrid() {
    this.#options.onGrid();
    this.viewer.leave();
    this.viewer.screen.forget();
    this.grid.open(this.#chosenServer, this.cameras);
  }
}
