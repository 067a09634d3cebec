import { element, label, within, write } from "./dom.js";
import { durationText, language, texts } from "./texts.js";

/** @import { Notice } from "./notice.js" */
/** @import { Player } from "./player.js" */
/** @import { Viewer } from "./viewer.js" */

const LONGEST_AGE_SHOWN_MS = 99_999;
const NOTHING = "–";
const TIME = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });

/**
 * @typedef {object} Look
 * @property {boolean} connects what the button of the address does
 * @property {boolean} showsTime whether the time stands on the picture
 * @property {number} zoom how many times larger the picture is than whole
 */

/**
 * Shows how things are with a player.
 *
 * @param {Player} player
 * @param {Look} look
 */
export function render(player, { connects, showsTime, zoom }) {
  const now = performance.now();
  const { viewer, grid } = player;
  const { state, text, notice } = player.stateAt(now);
  const { current, rate } = viewer.screen;
  document.body.dataset["state"] = state;
  document.body.classList.toggle("gridded", grid.isOpen);
  renderPicture(player, now);
  renderTime(viewer, showsTime && !grid.isOpen);
  renderNotice(notice, player);
  renderButtons(connects, zoom);
  if (grid.isOpen) grid.render(now);
  write(element("state"), text);
  write(element("fps"), rate === null ? NOTHING : rate.toFixed(1));
  write(element("age"), ageText(viewer.age));
  write(element("size"), current === null ? NOTHING : `${current.width}×${current.height}`);
}

/**
 * @param {Player} player
 * @param {number} now
 */
function renderPicture({ viewer, grid, name }, now) {
  const picture = element("picture", HTMLImageElement);
  const figure = element("single");
  const { current } = viewer.screen;
  const isStale = viewer.isStale(now);
  figure.hidden = current === null || grid.isOpen;
  figure.classList.toggle("old", isStale);
  element("stale").hidden = !isStale;
  for (const id of ["snapshot", "pip"]) element(id, HTMLButtonElement).disabled = figure.hidden;
  const alt = texts.picture(name);
  if (picture.alt !== alt) picture.alt = alt;
  document.title = name ? `${name} – wscam` : "wscam";
  write(element("heading"), document.title);
  write(element("name"), name);
  element("name").hidden = !within(document, ".menu").hidden;
  if (current === null) return;
  if (isStale) write(element("stale"), texts.stale(durationText(viewer.pictureAge(now))));
  figure.style.setProperty("--ratio", String(current.width / current.height));
}

/**
 * By our clock, which is the one that the visitor has at hand.
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
 * Why there is no picture, in the middle; in front of an old picture, if there is one.
 *
 * @param {Notice | null} notice
 * @param {Player} player
 */
function renderNotice(notice, { viewer: { state, refusal, screen }, server }) {
  element("notice").hidden = notice === null;
  const hasPicture = screen.current !== null;
  element("notice").classList.toggle("over", hasPicture);
  placeAge(notice !== null && hasPicture);
  if (notice === null) return;
  for (const part of /** @type {const} */ (["title", "detail", "doing", "words"])) {
    const target = element(`notice-${part}`);
    write(target, notice[part]);
    target.hidden = notice[part] === "";
  }
  const isAsked = state === "refused" && (refusal?.code ?? "").startsWith("token-");
  element("ask").hidden = !isAsked;
  const again = element("again");
  // A link that has ended, or is damaged, is not mended by another try.
  const isFinal = refusal?.retryMs === Infinity && !/^(token|link)-/.test(refusal.code);
  again.hidden = server === null || !(state === "idle" || (state === "refused" && isFinal));
}

/**
 * The age of an old picture stands above the reason, where there is one: a small picture has no room for both.
 *
 * @param {boolean} isInNotice
 */
function placeAge(isInNotice) {
  const age = element("stale");
  const place = within(document, isInNotice ? "#notice > div" : ".badges");
  if (age.parentElement !== place) place.prepend(age);
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
