import {
  addressText,
  DEFAULT_ADDRESS,
  hideToken,
  keepInAddress,
  ownAddress,
  parseAddress,
  rememberAddress,
  rememberedAddress,
  socketUrl,
} from "./address.js";
import { CameraList } from "./camera_list.js";
import { Chart } from "./chart.js";
import { element, label, write } from "./dom.js";
import { Grid } from "./grid.js";
import { OwnSettings } from "./own_settings.js";
import { PictureInPicture } from "./picture_in_picture.js";
import { RemoteControl } from "./remote_control.js";
import { durationText, texts, translate } from "./texts.js";
import { Viewer } from "./viewer.js";

const TICK_MS = 250;
const CHART_EVERY_MS = 1000;
/** A page that nobody sees lets the camera sleep after this. */
const PAUSE_AFTER_MS = 60_000;
const LONGEST_AGE_SHOWN_MS = 99_999;
const NOTHING = "–";
/** In the page's address and menu: all cameras. */
const ALL = "*";

const picture = element("picture");
const cameraMenu = element("camera");
const panel = element("panel");

/** URL of the server that is watched, or was before the user disconnected. */
let server = null;
let isWatching = false;
/** Name of the camera to watch; empty for the server's first, `*` for all. */
let camera = "";
let cameras = [];
/** This viewer's settings as they stood in the connection's address. */
let toldSettings = null;
let hiddenSince = null;
let chartedAt = 0;
/** What was said last of the state. */
let toldState = "";

const mayDecode = () => !document.hidden || pip.isOpen;
const pip = new PictureInPicture();
const chart = new Chart();
const own = new OwnSettings({ send: sendSettings });
const viewer = new Viewer({
  image: picture,
  address: () => {
    const name = camera === ALL ? "" : camera;
    toldSettings = own.values;
    return socketUrl(server, { camera: name, ...own.values, format: "binary", ack: 1 });
  },
  camera: () => camera === ALL ? "" : camera,
  announcedFps: () => (cameras.find(({ name }) => name === camera) ?? cameras[0])?.fps,
  mayDecode,
  onState: (spoken) => {
    announce(spoken);
    render();
  },
  onShown: () => {
    pip.draw(viewer.screen.decoded);
    remember();
  },
  onWelcome: () => {
    own.confirm(toldSettings);
    loadCameras();
  },
  onBlocked: (why) => {
    isWatching = false;
    complain(why === "ended" ? texts.linkEnded : texts.blockedAddress);
  },
});
const grid = new Grid({
  settings: () => own.values,
  mayDecode,
  onState: () => {
    announceGrid();
    render();
  },
  onWelcome: loadCameras,
  onChoose: (name) => showCamera(name),
});
const cameraList = new CameraList({ onList: takeCameras });
const remote = new RemoteControl({ ask: (command) => viewer.connection.ask(command) });

// ---- Connection

/** Watches the server that the address box names, or says what is wrong with the address. */
function connect() {
  const typed = element("address").value;
  const url = parseAddress(typed);
  complain(url === null ? texts.badAddress(typed.trim().slice(0, 80)) : "");
  if (url === null) return;
  if (own.read(url.searchParams)) own.keep();
  const named = url.searchParams.get("camera");
  for (const name of ["camera", ...Object.keys(own.values)]) url.searchParams.delete(name);
  if (named !== null) chooseCamera(named);
  else if (server !== null && server.host !== url.host) chooseCamera("");
  if (server?.href !== url.href) forgetServer();
  server = url;
  element("address").value = addressText(url);
  watch();
}

/** Begins afresh: with one viewer, or with one for each camera once these are known. */
function watch() {
  isWatching = true;
  grid.close();
  if (camera === ALL && cameras.length > 1) showGrid();
  else viewer.watch();
}

function disconnect() {
  isWatching = false;
  grid.close();
  viewer.leave();
}

function showGrid() {
  pip.close();
  viewer.leave();
  viewer.screen.forget();
  remote.forget();
  grid.open(server, cameras);
  render();
}

function forgetServer() {
  viewer.screen.forget();
  viewer.connection.clock.forget();
  chart.forget();
  remote.forget();
  cameraList.forget();
  cameras = [];
  fillMenu();
}

function remember() {
  if (addressText(server) !== rememberedAddress()) rememberAddress(server);
}

/** Only services that know pings have the list, so no other is bothered. */
function loadCameras() {
  cameraList.load(server);
  listControls();
}

/** Shows what there is to watch now, however that was until now. */
function takeCameras(list) {
  const before = namesOf(cameras);
  cameras = list;
  if (namesOf(list) !== before) {
    fillMenu();
    listControls();
  }
  if (!isWatching) return;
  if (camera === ALL && cameras.length > 1) showGrid();
  else if (grid.isOpen || (viewer.isMissing && isThere(camera))) watch();
}

function isThere(name) {
  if (name === "" || name === ALL) return cameras.length > 0;
  return cameras.some((each) => each.name === name);
}

function namesOf(list) {
  return JSON.stringify(list.map(({ name }) => name));
}

function fillMenu() {
  const current = camera || cameras[0]?.name;
  const names = cameras.map(({ name }) => name);
  const options = names.map((name) => new Option(name, name));
  if (names.length > 1) options.push(new Option(texts.all, ALL));
  cameraMenu.replaceChildren(...options);
  cameraMenu.selectedIndex = options.findIndex(({ value }) => value === current);
  const isKnown = names.includes(current);
  cameraMenu.parentElement.hidden = names.length === 0 || (names.length === 1 && isKnown);
  render();
}

function chooseCamera(name) {
  if (name === camera) return;
  camera = name;
  viewer.screen.forget();
  chart.forget();
  remote.forget();
  keepInAddress({ camera: name });
}

function showCamera(name) {
  chooseCamera(name);
  fillMenu();
  if (isWatching) watch();
}

// ---- Settings

/** Tells whoever is connected; the next connection has them in its address. */
async function sendSettings(values) {
  if (grid.isOpen) return await grid.configure();
  if (!viewer.connection.isKnown) return null;
  return await viewer.connection.ask({ type: "configure", ...values });
}

function listControls() {
  const name = camera || cameras[0]?.name;
  if (panel.hidden || grid.isOpen || name === undefined || name === ALL) return;
  if (viewer.connection.isKnown) remote.list(name);
}

function togglePanel() {
  const opens = panel.hidden;
  panel.hidden = !opens;
  document.body.classList.toggle("paneled", opens);
  element("settings").setAttribute("aria-expanded", String(opens));
  if (opens) {
    element("close").focus({ preventScroll: true });
    listControls();
    chart.draw();
  } else element("settings").focus();
}

// ---- What is seen and heard

function announce(text) {
  if (text !== "") write(element("spoken"), text);
}

function announceGrid() {
  const text = stateOf().text;
  if (grid.isOpen && text !== toldState) announce(text);
  toldState = text;
}

function complain(text) {
  const problem = element("problem");
  problem.hidden = text === "";
  problem.textContent = text;
  element("address").setAttribute("aria-invalid", String(text !== ""));
}

function stateOf(now = performance.now()) {
  if (!grid.isOpen) return { state: viewer.state, text: viewer.stateText(now) };
  const live = grid.viewers.filter(({ state }) => state === "live").length;
  return { state: grid.state, text: texts.gridState(live, grid.viewers.length) };
}

function hintText() {
  if (viewer.state === "idle") return texts.hintIdle;
  if (viewer.state === "connecting") return texts.hintConnecting(addressText(server));
  if (viewer.state === "reconnecting") return texts.hintReconnecting(addressText(server));
  return texts.hintWaiting;
}

function ageText(age) {
  if (age === null) return NOTHING;
  return age > LONGEST_AGE_SHOWN_MS ? "> 99 s" : `${age} ms`;
}

function render() {
  const now = performance.now();
  const { state, text } = stateOf(now);
  const { current, rate } = viewer.screen;
  document.body.dataset.state = state;
  document.body.classList.toggle("gridded", grid.isOpen);
  renderPicture(now, viewer.isStale(now));
  renderControls();
  if (grid.isOpen) grid.render(now);
  write(element("state"), text);
  write(element("hint"), hintText());
  write(element("fps"), rate === null ? NOTHING : rate.toFixed(1));
  write(element("age"), ageText(viewer.age));
  write(element("size"), current === null ? NOTHING : `${current.width}×${current.height}`);
}

function renderPicture(now, isStale) {
  const figure = picture.parentElement;
  const { current } = viewer.screen;
  figure.hidden = current === null || grid.isOpen;
  element("empty").hidden = current !== null || grid.isOpen;
  figure.classList.toggle("old", isStale);
  element("stale").hidden = !isStale;
  element("snapshot").disabled = element("pip").disabled = figure.hidden;
  const name = cameraName();
  const alt = texts.picture(name);
  if (picture.alt !== alt) picture.alt = alt;
  document.title = name ? `${name} – wscam` : "wscam";
  if (current === null) return;
  if (isStale) write(element("stale"), texts.stale(durationText(viewer.pictureAge(now))));
  figure.style.setProperty("--ratio", String(current.width / current.height));
}

function cameraName() {
  return grid.isOpen ? texts.all : (camera === ALL ? "" : camera) || cameras[0]?.name || "";
}

function renderControls() {
  const button = element("connect");
  const connects = buttonConnects();
  button.classList.toggle("primary", connects);
  write(button, connects ? texts.connect : texts.disconnect);
  button.title = connects ? texts.connectTitle : texts.disconnectTitle;
  const full = document.body.classList.contains("full");
  label(element("fullscreen"), full ? texts.fullscreenLeave : texts.fullscreen);
}

/** The button connects when nothing is connected, and when another address has been typed meanwhile. */
function buttonConnects() {
  return !isWatching || element("address").value.trim() !== addressText(server);
}

// ---- What the user does

function saveSnapshot() {
  const { current } = viewer.screen;
  if (current === null || grid.isOpen) return;
  const url = URL.createObjectURL(current.blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = snapshotName(current);
  link.click();
  // Phones ask the user before they read it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  announce(texts.snapshotSaved);
}

function snapshotName({ capturedAt }) {
  const name = (cameraName() || "camera").replace(/[^\p{L}\p{N}.-]+/gu, "_").slice(0, 60);
  const { offset } = viewer.connection.clock;
  const time = capturedAt === null ? Date.now() : capturedAt - (offset ?? 0);
  // Its "UTC" is the local time.
  const local = new Date(time - 60_000 * new Date(time).getTimezoneOffset());
  const stamp = local.toISOString().slice(0, 19).replace("T", "_").replaceAll(":", "-");
  return `wscam-${name}-${stamp}.jpg`;
}

/** The layout alone fills the window, for iPhones, where a page has no full screen. */
function setFull(full) {
  document.body.classList.toggle("full", full);
  render();
}

function toggleFull() {
  const full = !document.body.classList.contains("full");
  setFull(full);
  if (full) document.documentElement.requestFullscreen?.().catch(() => {});
  else if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
}

function togglePip() {
  pip.toggle(picture);
}

function toggleAll() {
  if (cameras.length > 1) showCamera(camera === ALL ? "" : ALL);
}

function toggleConnection() {
  if (buttonConnects()) connect();
  else disconnect();
}

function pressKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
  if (event.key === "Escape") {
    if (!panel.hidden) return togglePanel();
    if (document.body.classList.contains("full")) return toggleFull();
  }
  if (event.target.closest?.("input:not([type=range], [type=checkbox]), select")) return;
  const action = {
    ...{ a: toggleAll, c: toggleConnection, f: toggleFull },
    ...{ o: togglePanel, p: togglePip, s: saveSnapshot },
  }[event.key.toLowerCase()];
  if (action === undefined) return;
  event.preventDefault();
  action();
}

/** A page that nobody sees decodes nothing; after a while it asks for nothing, so that the camera can be closed. */
function noticeVisibility() {
  const viewers = grid.isOpen ? grid.viewers : [viewer];
  if (document.hidden) {
    hiddenSince ??= performance.now();
    for (const each of viewers) each.goAway();
    return;
  }
  hiddenSince = null;
  setPaused(false);
  for (const each of viewers) each.comeBack();
}

function setPaused(isPaused) {
  viewer.setPaused(isPaused);
  grid.setPaused(isPaused);
}

// ---- Time

function tick() {
  const now = performance.now();
  for (const each of grid.isOpen ? grid.viewers : [viewer]) each.tick(now);
  if (hiddenSince !== null) setPaused(now - hiddenSince > PAUSE_AFTER_MS && !pip.isOpen);
  if (now - chartedAt >= CHART_EVERY_MS) drawChart(now);
  // Where there is no connection there would be no answer.
  if (!document.hidden && isConnected()) cameraList.tick(now);
  const isDeaf = !grid.isOpen && viewer.connection.isDeaf;
  if (isDeaf !== own.isUnknown) own.show(isDeaf);
  render();
}

function isConnected() {
  const viewers = grid.isOpen ? grid.viewers : [viewer];
  return viewers.some(({ connection }) => connection.isKnown);
}

function drawChart(now) {
  chartedAt = now;
  const isLive = viewer.state === "live";
  chart.add({ rate: isLive ? viewer.screen.rate : null, age: isLive ? viewer.age : null });
  if (!panel.hidden && !document.hidden && !grid.isOpen) chart.draw();
}

function listen() {
  document.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    connect();
  });
  const clicks = {
    ...{
      connect: toggleConnection,
      snapshot: saveSnapshot,
      pip: togglePip,
      fullscreen: toggleFull,
    },
    ...{ settings: togglePanel, close: togglePanel },
  };
  for (const [id, action] of Object.entries(clicks)) element(id).addEventListener("click", action);
  element("address").addEventListener("input", () => {
    complain("");
    render();
  });
  cameraMenu.addEventListener("change", () => showCamera(cameraMenu.value));
  document.addEventListener("fullscreenchange", () => document.fullscreenElement || setFull(false));
  document.addEventListener("keydown", pressKey);
  document.addEventListener("visibilitychange", noticeVisibility);
  addEventListener("pageshow", noticeVisibility);
  addEventListener("online", noticeVisibility);
  setInterval(tick, TICK_MS);
}

function start() {
  translate();
  listen();
  hideToken();
  const query = new URLSearchParams(location.search);
  camera = query.get("camera") ?? "";
  own.read(query);
  const address = ownAddress();
  const remembered = rememberedAddress();
  element("address").value = address === null
    ? remembered ?? DEFAULT_ADDRESS
    : addressText(address);
  render();
  if (address !== null || remembered !== null) connect();
}

start();
