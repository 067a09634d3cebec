import { element, label, within, write } from "../element/dom.js";
import { language } from "../element/words/view_texts.js";
import { texts } from "./texts/texts.js";

/** @import { Player } from "./player.js" */
/** @import { Viewer } from "../element/viewer.js" */

const LONGEST_AGE_SHOWN_MS = 99_999;
const NOTHING = "–";
const TIME = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });

/**
 * @typedef {object} Look
 * @property {boolean} connects whether the button of the address connects
 * @property {boolean} showsTime whether the time stands on the picture
 * @property {number} zoom how many times larger the picture is than whole
 */

/**
 * Shows a player's state.
 *
 * @param {Player} player
 * @param {Look} look
 */
export function render(player, { connects, showsTime, zoom }) {
  const { viewer, grid } = player;
  const { state, text } = player.state;
  const { current, rate } = viewer.screen;
  document.body.dataset["state"] = state;
  document.body.classList.toggle("gridded", grid.isOpen);
  renderPicture(player);
  renderTime(viewer, showsTime && !grid.isOpen);
  renderActions(player);
  renderButtons(connects, zoom);
  if (grid.isOpen) grid.render();
  write(element("state"), text);
  write(element("fps"), rate === null ? NOTHING : rate.toFixed(1));
  write(element("age"), ageText(viewer.liveness.ageWhenShown));
  write(element("size"), current === null ? NOTHING : `${current.width}×${current.height}`);
}

/** @param {Player} player */
function renderPicture({ view, viewer, grid, name }) {
  view.hidden = grid.isOpen;
  const hasPicture = viewer.screen.current !== null && !grid.isOpen;
  for (const id of ["snapshot", "pip"]) element(id, HTMLButtonElement).disabled = !hasPicture;
  document.title = name ? `${name} – wscam` : "wscam";
  write(element("heading"), document.title);
  write(element("name"), name);
  element("name").hidden = !within(document, ".menu").hidden;
}

/**
 * By our clock, which is the one the visitor can see.
 *
 * @param {Viewer} viewer
 * @param {boolean} isWanted
 */
function renderTime({ screen: { current }, connection: { clock } }, isWanted) {
  const capturedAt = current?.capturedAt ?? null;
  const time = element("time");
  time.hidden = !isWanted || capturedAt === null;
  if (!time.hidden && capturedAt !== null) {
    write(time, TIME.format(capturedAt - (clock.offset ?? 0)));
  }
}

/**
 * Buttons that the visitor can use when a camera isn't shown.
 *
 * @param {Player} player
 */
function renderActions({ viewer: { state, refusal }, server }) {
  const isAsked = state === "refused" && (refusal?.code ?? "").startsWith("token-");
  element("ask").hidden = !isAsked;
  // Retrying does not help if a link has expired or is damaged.
  const isFinal = refusal?.retryMs === Infinity && !/^(token|link)-/.test(refusal.code);
  const isOver = state === "idle" || (state === "refused" && isFinal);
  element("again").hidden = server === null || !isOver;
}

/**
 * @param {boolean} connects
 * @param {number} zoom
 */
function renderButtons(connects, zoom) {
  const button = element("connect");
  button.classList.toggle("primary", connects);
  write(button, connects ? texts.connect : texts.disconnect);
  button.title = connects ? texts.connectTitle : texts.disconnectTitle;
  const isFull = document.body.classList.contains("full");
  label(element("fullscreen"), isFull ? texts.fullscreenLeave : texts.fullscreen);
  const times = zoom.toFixed(1).replace(/\.0$/, "");
  const zoomed = within(document, "#zoom");
  zoomed.hidden = zoom === 1;
  write(zoomed, `${times}×`);
  label(zoomed, texts.zoomed(times));
}

/** @param {number | null} age */
function ageText(age) {
  if (age === null) return NOTHING;
  return age > LONGEST_AGE_SHOWN_MS ? "> 99 s" : `${age} ms`;
}
