/** @import { Zoom } from "./picture/zoom.js" */

const ZOOM_STEP = 1.25;
const PAN_PX = 60;

/**
 * The current actions of keys.
 *
 * @typedef {object} KeyActions
 * @property {(() => void) | undefined} escape
 * @property {Readonly<Record<string, () => void>>} letters none if they are switched off
 * @property {Zoom | null} zoom
 */

/** @type {Readonly<Record<string, (zoom: Zoom) => void>>} */
const ZOOMING = {
  "+": (zoom) => zoom.by(ZOOM_STEP),
  "=": (zoom) => zoom.by(ZOOM_STEP),
  "-": (zoom) => zoom.by(1 / ZOOM_STEP),
  "0": (zoom) => zoom.reset(),
};

/** @type {Readonly<Record<string, (zoom: Zoom) => void>>} */
const PANNING = {
  ArrowLeft: (zoom) => zoom.move(PAN_PX, 0),
  ArrowRight: (zoom) => zoom.move(-PAN_PX, 0),
  ArrowUp: (zoom) => zoom.move(0, PAN_PX),
  ArrowDown: (zoom) => zoom.move(0, -PAN_PX),
};

/**
 * The action of a key, if it has one; none while the user types.
 *
 * @param {KeyboardEvent} event
 * @param {KeyActions} actions
 * @returns {(() => void) | undefined}
 */
export function actionOf(event, { escape, letters, zoom }) {
  const { key, target, repeat } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return undefined;
  if (key === "Escape" && escape !== undefined) return repeat ? undefined : escape;
  const field = target instanceof Element ? target.closest("input, select") : null;
  if (field !== null && !field.matches("[type=range], [type=checkbox]")) return undefined;
  const letter = letters[key.toLowerCase()];
  if (letter !== undefined) return repeat ? undefined : letter;
  if (zoom === null || field !== null) return undefined;
  const zooming = PANNING[key] !== undefined
    ? (zoom.scale > 1 ? PANNING[key] : undefined)
    : Object.keys(letters).length > 0
    ? ZOOMING[key]
    : undefined;
  return zooming && (() => zooming(zoom));
}
