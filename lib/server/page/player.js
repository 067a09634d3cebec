import {
  addressText,
  forgetToken,
  keepInAddress,
  rememberAddress,
  rememberedAddress,
  socketUrl,
} from "./address.js";
import { CameraList } from "./camera_list.js";
import { ALL } from "./camera_menu.js";
import { Grid } from "./grid.js";
import { askWhy } from "./refusal.js";
import { texts } from "./texts.js";
import { Viewer } from "./viewer.js";

/**
 * What is watched: a server, and one of its cameras, or all side by side.
 *
 * Options: the `image` for one camera; `own`, this viewer's settings; `mayDecode()`; `onState(spoken)`; `onShown`;
 * `onWelcome`, by a server that knows commands; `onCameras`, when it has others than before; `onForget`, when another camera is chosen; `onGrid`, when all are;
 * and those of `Viewer`.
 */
export class Player {
  /** URL of the server that is watched, or was before the user disconnected. */
  server = null;
  isWatching = false;
  /** Name of the camera to watch; empty for the server's first, `*` for all. */
  camera = "";
  cameras = [];
  viewer;
  grid;
  #options;
  #list = new CameraList({ onList: (cameras) => this.#takeCameras(cameras) });
  /** This viewer's settings as they stood in the connection's address. */
  #toldSettings = null;
  /** What was said last of the grid. */
  #toldState = "";

  constructor(options) {
    this.#options = options;
    this.viewer = new Viewer({
      image: options.image,
      address: () => this.#address(),
      camera: () => this.camera === ALL ? "" : this.camera,
      announcedFps: () =>
        (this.cameras.find(({ name }) => name === this.camera) ?? this.cameras[0])?.fps,
      mayDecode: options.mayDecode,
      onState: options.onState,
      onShown: () => {
        options.onShown();
        if (addressText(this.server) !== rememberedAddress()) rememberAddress(this.server);
      },
      onWelcome: () => {
        options.own.confirm(this.#toldSettings);
        options.onWelcome();
      },
      askWhy: () => askWhy(this.server),
      onRefused: (refusal) => this.#takeRefusal(refusal),
    });
    this.grid = new Grid({
      settings: () => options.own.values,
      mayDecode: options.mayDecode,
      onState: () => options.onState(this.#newGridText()),
      onWelcome: options.onWelcome,
      onChoose: options.onChoose,
      onRefused: (refusal) => this.#takeRefusal(refusal),
    });
  }

  /** The viewers that are on the page. */
  get viewers() {
    return this.grid.isOpen ? this.grid.viewers : [this.viewer];
  }

  /** The name of what is watched, for people; empty while that is unknown. */
  get name() {
    return this.grid.isOpen ? texts.all : (this.camera === ALL ? "" : this.camera) || this.first;
  }

  /** The name of the server's first camera; empty while that is unknown. */
  get first() {
    return this.cameras[0]?.name ?? "";
  }

  /** The state, and how it is put into words. */
  stateAt(now) {
    const { grid, viewer } = this;
    if (!grid.isOpen) return { state: viewer.state, text: viewer.stateText(now) };
    const live = grid.viewers.filter(({ state }) => state === "live").length;
    return { state: grid.state, text: texts.gridState(live, grid.viewers.length) };
  }

  /** Takes a server, and what its address says of the camera and this viewer's settings. */
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

  chooseCamera(name) {
    if (name === this.camera) return;
    this.camera = name;
    this.viewer.screen.forget();
    this.#options.onForget();
    keepInAddress({ camera: name });
  }

  /** Begins afresh: with one viewer, or with one for each camera once these are known. */
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

  /** Asks for the server's cameras. Only services that know commands have the list, so no other is bothered. */
  loadCameras() {
    this.#list.load(this.server);
  }

  /** Asks again when it is time; where there is no connection there would be no answer. */
  refreshCameras(now) {
    if (this.viewers.some(({ connection }) => connection.isKnown)) this.#list.tick(now);
  }

  /** Tells the server this viewer's settings if it is connected; the next connection has them in its address. */
  async configure(values) {
    if (this.grid.isOpen) return await this.grid.configure();
    if (!this.viewer.connection.isKnown) return null;
    return await this.viewer.connection.ask({ type: "configure", ...values });
  }

  setPaused(isPaused) {
    this.viewer.setPaused(isPaused);
    this.grid.setPaused(isPaused);
  }

  #takeRefusal(refusal) {
    if (refusal.code.startsWith("token-")) forgetToken(this.server);
    if (refusal.retryMs !== Infinity) return;
    this.isWatching = false;
    if (!this.grid.isOpen) return;
    this.grid.close();
    this.viewer.refuse(refusal);
  }

  #address() {
    const { values } = this.#options.own;
    this.#toldSettings = values;
    const camera = this.camera === ALL ? "" : this.camera;
    return socketUrl(this.server, { camera, ...values, format: "binary", ack: 1 });
  }

  #forgetServer() {
    this.viewer.screen.forget();
    this.viewer.connection.clock.forget();
    this.#options.onForget();
    this.#list.forget();
    this.cameras = [];
  }

  /** Shows what there is to watch now, however that was until now. */
  #takeCameras(cameras) {
    const before = namesOf(this.cameras);
    this.cameras = cameras;
    if (namesOf(cameras) !== before) this.#options.onCameras();
    if (!this.isWatching) return;
    if (this.camera === ALL && cameras.length > 1) this.#showGrid();
    else if (this.grid.isOpen || (this.viewer.isMissing && this.#isThere())) this.watch();
  }

  #isThere() {
    if (this.camera === "" || this.camera === ALL) return this.cameras.length > 0;
    return this.cameras.some(({ name }) => name === this.camera);
  }

  #showGrid() {
    this.#options.onGrid();
    this.viewer.leave();
    this.viewer.screen.forget();
    this.grid.open(this.server, this.cameras);
  }

  /** What is to be said of the grid: nothing, where that was said before. */
  #newGridText() {
    const { text } = this.stateAt(performance.now());
    const isNew = this.grid.isOpen && text !== this.#toldState;
    this.#toldState = text;
    return isNew ? text : "";
  }
}

function namesOf(cameras) {
  return JSON.stringify(cameras.map(({ name }) => name));
}
