import { addressText, parseAddress } from "../element/link/address.js";
import { WscamView } from "../element/wscam_view.js";
import { DEFAULT_ADDRESS, hideToken, ownAddress, rememberedAddress } from "./address.js";
import { ALL, CameraMenu } from "./panel/camera_menu.js";
import { Chart } from "./panel/chart.js";
import { element, within, write } from "../element/dom.js";
import { FormatMenu } from "./panel/format_menu.js";
import { FullScreen } from "./picture/full_screen.js";
import { actionOf } from "./keys.js";
import { OwnSettings } from "./panel/own_settings.js";
import { Panel } from "./panel/panel.js";
import { PictureInPicture } from "./picture/picture_in_picture.js";
import { Player } from "./player.js";
import { Preferences } from "./panel/preferences.js";
import { RemoteControl } from "./panel/remote_control.js";
import { saveSnapshot } from "./picture/snapshot.js";
import { texts, translate } from "./texts/texts.js";
import { render } from "./view.js";
import { Zoom } from "./picture/zoom.js";

const TICK_MS = 250;
const CHART_EVERY_MS = 1000;

const addressBox = element("address", HTMLInputElement);
const cameraView = element("view", WscamView);

let chartedAt = 0;
/** The last announced text. */
let said = "";

const pip = new PictureInPicture();
const chart = new Chart();
const fullScreen = new FullScreen({ onChange: () => show() });
const preferences = new Preferences({ onChange: () => takePreferences() });
const zoom = new Zoom({
  frame: cameraView.figure,
  image: cameraView.layer,
  onChange: () => show(),
});
const menu = new CameraMenu({ onChoose: showCamera });
const panel = new Panel({
  onOpen: () => {
    listControls();
    chart.draw();
  },
});
/** @type {OwnSettings} */
const own = new OwnSettings({ send: (values) => player.configure(values) });
const format = new FormatMenu({ onChange: () => player.takeWishes() });
const remote = new RemoteControl({ ask: (command) => player.viewer.connection.ask(command) });
/** @type {Player} */
const player = new Player({
  view: cameraView,
  own,
  format: () => format.wish,
  annotations: () => preferences.values.annotations,
  isSeenElsewhere: () => pip.isOpen,
  onState: () => {
    sayState();
    show();
  },
  onShown: () => pip.draw(player.viewer.screen.decoded),
  onWelcome: listControls,
  onCameras: () => {
    fillMenu();
    listControls();
  },
  onForget: () => {
    chart.forget();
    remote.forget();
    zoom.reset();
  },
  onGrid: () => {
    pip.close();
    remote.forget();
  },
  onChoose: showCamera,
});

function show() {
  render(player, {
    connects: connects(),
    showsTime: preferences.values.time,
    zoom: zoom.scale,
  });
}

function takePreferences() {
  player.takeWishes();
  show();
}

/** Announces the state to screen readers, if it has changed. */
function sayState() {
  const { text, notice } = player.state;
  const words = [text, notice?.words ?? ""].filter((each) => each !== "").join(": ");
  if (words !== said) announce(words);
  said = words;
}

/** @param {string} text */
function announce(text) {
  if (text !== "") write(element("spoken"), text);
}

/** @param {string} text */
function complain(text) {
  const problem = element("problem");
  problem.hidden = text === "";
  problem.textContent = text;
  addressBox.setAttribute("aria-invalid", String(text !== ""));
}

// ---- Server and camera

/** Watches the server in the address box, or says what is wrong with the address. */
function connect() {
  const typed = addressBox.value;
  const url = parseAddress(typed);
  complain(url === null ? texts.badAddress(typed.trim().slice(0, 80)) : "");
  if (url === null) return;
  player.chooseServer(url);
  addressBox.value = addressText(url);
  fillMenu();
  player.watch();
}

/**
 * The button connects when nothing is connected, and when another address has been typed meanwhile.
 */
function connects() {
  const { server } = player;
  return !player.isWatching || server === null || addressBox.value.trim() !== addressText(server);
}

function toggleConnection() {
  if (connects()) connect();
  else player.leave();
}

/** The address box is for users who want another server than the page's own. */
function toggleAddress(isOpen = element("server").hidden) {
  element("server").hidden = !isOpen;
  element("elsewhere").setAttribute("aria-expanded", String(isOpen));
}

function fillMenu() {
  const names = player.cameras.map(({ name }) => name);
  menu.fill(names, player.camera || player.first);
  show();
}

/** @param {string} name */
function showCamera(name) {
  player.chooseCamera(name);
  fillMenu();
  if (player.isWatching) player.watch();
}

function toggleAll() {
  if (player.cameras.length > 1) showCamera(player.camera === ALL ? "" : ALL);
}

// ---- Panel and picture

function listControls() {
  const name = player.camera || player.first;
  if (!panel.isOpen || player.grid.isOpen || name === "" || name === ALL) return;
  if (player.viewer.connection.isKnown) remote.list(name);
}

async function savePicture() {
  const { screen: { current }, connection: { clock } } = player.viewer;
  if (current === null || player.grid.isOpen) return;
  const { capturedAt } = current;
  const blob = await cameraView.snapshot();
  if (blob === null) return;
  const time = capturedAt === null ? Date.now() : capturedAt - (clock.offset ?? 0);
  saveSnapshot(blob, { camera: player.name, time });
  announce(texts.snapshotSaved);
}

function togglePip() {
  pip.toggle(player.viewer.screen.decoded);
}

// ---- What the user does

/** @type {Readonly<Record<string, () => void>>} */
const LETTERS = {
  a: toggleAll,
  c: toggleConnection,
  f: () => fullScreen.toggle(),
  o: () => panel.toggle(),
  p: togglePip,
  s: savePicture,
  t: () => preferences.toggle("time"),
};

/** @param {KeyboardEvent} event */
function pressKey(event) {
  const action = actionOf(event, {
    escape: panel.isOpen
      ? () => panel.toggle()
      : fullScreen.isOn
      ? () => fullScreen.toggle()
      : undefined,
    letters: preferences.values.keys ? LETTERS : {},
    zoom: player.grid.isOpen ? null : zoom,
  });
  if (action === undefined) return;
  event.preventDefault();
  action();
}

function tick() {
  const now = performance.now();
  const { viewer, grid } = player;
  if (now - chartedAt >= CHART_EVERY_MS) drawChart(now);
  if (!document.hidden) player.refreshCameras(now);
  const isDeaf = !grid.isOpen && viewer.connection.isDeaf;
  if (isDeaf !== own.isUnknown) own.show(isDeaf);
  show();
}

/** @param {number} now */
function drawChart(now) {
  chartedAt = now;
  const { state, screen: { rate }, liveness: { ageWhenShown: age } } = player.viewer;
  chart.add(state === "live" ? { rate, age } : { rate: null, age: null });
  if (panel.isOpen && !document.hidden && !player.grid.isOpen) chart.draw();
}

function listen() {
  const token = element("token", HTMLInputElement);
  within(document, "#server").addEventListener("submit", (event) => {
    event.preventDefault();
    connect();
  });
  element("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    if (token.value !== "") player.open(token.value);
    token.value = "";
  });
  const clicks = {
    connect: toggleConnection,
    again: connect,
    elsewhere: () => toggleAddress(),
    snapshot: savePicture,
    pip: togglePip,
    zoom: () => zoom.reset(),
  };
  for (const [id, action] of Object.entries(clicks)) element(id).addEventListener("click", action);
  addressBox.addEventListener("input", () => {
    complain("");
    show();
  });
  document.addEventListener("keydown", pressKey);
  setInterval(tick, TICK_MS);
}

function start() {
  translate();
  listen();
  hideToken();
  const query = new URLSearchParams(location.search);
  player.camera = query.get("camera")?.normalize("NFC") ?? "";
  own.read(query);
  format.read(query);
  player.takeWishes();
  const address = ownAddress();
  const remembered = rememberedAddress();
  addressBox.value = address === null ? remembered ?? DEFAULT_ADDRESS : addressText(address);
  toggleAddress(address === null && remembered === null);
  show();
  if (address !== null || remembered !== null) connect();
}

start();
