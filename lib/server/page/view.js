import { addressText } from "./address.js";
import { element, label, write } from "./dom.js";
import { refusalWords } from "./refusal_texts.js";
import { durationText, language, texts } from "./texts.js";

const LONGEST_AGE_SHOWN_MS = 99_999;
const NOTHING = "–";

/** Shows how things are with a player; `connects` is what its button does. */
export function render(player, { connects }) {
  const now = performance.now();
  const { viewer, grid } = player;
  const { state, text } = player.stateAt(now);
  const { current, rate } = viewer.screen;
  document.body.dataset.state = state;
  document.body.classList.toggle("gridded", grid.isOpen);
  renderPicture(player, now);
  renderButtons(connects);
  if (grid.isOpen) grid.render(now);
  write(element("state"), text);
  write(element("hint"), hintText(player));
  write(element("fps"), rate === null ? NOTHING : rate.toFixed(1));
  write(element("age"), ageText(viewer.age));
  write(element("size"), current === null ? NOTHING : `${current.width}×${current.height}`);
}

function renderPicture({ viewer, grid, name }, now) {
  const picture = element("picture");
  const figure = picture.parentElement;
  const { current } = viewer.screen;
  const isStale = viewer.isStale(now);
  figure.hidden = current === null || grid.isOpen;
  element("empty").hidden = current !== null || grid.isOpen;
  figure.classList.toggle("old", isStale);
  element("stale").hidden = !isStale;
  element("snapshot").disabled = element("pip").disabled = figure.hidden;
  const alt = texts.picture(name);
  if (picture.alt !== alt) picture.alt = alt;
  document.title = name ? `${name} – wscam` : "wscam";
  if (current === null) return;
  if (isStale) write(element("stale"), texts.stale(durationText(viewer.pictureAge(now))));
  figure.style.setProperty("--ratio", String(current.width / current.height));
}

function renderButtons(connects) {
  const button = element("connect");
  button.classList.toggle("primary", connects);
  write(button, connects ? texts.connect : texts.disconnect);
  button.title = connects ? texts.connectTitle : texts.disconnectTitle;
  const isFull = document.body.classList.contains("full");
  label(element("fullscreen"), isFull ? texts.fullscreenLeave : texts.fullscreen);
}

function hintText({ viewer: { state, refusal }, server }) {
  if (state === "refused") return refusalWords(language, refusal).detail;
  if (state === "idle") return texts.hintIdle;
  if (state === "connecting") return texts.hintConnecting(addressText(server));
  if (state === "reconnecting") return texts.hintReconnecting(addressText(server));
  return texts.hintWaiting;
}

function ageText(age) {
  if (age === null) return NOTHING;
  return age > LONGEST_AGE_SHOWN_MS ? "> 99 s" : `${age} ms`;
}
