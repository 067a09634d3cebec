/** A request in mjpg-streamer's notation. */
export interface Action {
  /** Its leading word: `stream`, `snapshot`; empty if there is none. */
  readonly word: string;
  /** The camera's index, 0 for the first; `undefined` if no number is given. */
  readonly place: number | undefined;
}

/**
 * Parses `/?action=WORD` and `/?action=WORD_N`. Clients append text to defeat caches or to look
 * like a file (`stream?dummy=param.mjpg`, `snapshot?123`): mjpg-streamer only reads the beginning.
 *
 * @returns `undefined` if there is no action
 */
export function actionOf({ pathname, searchParams }: URL): Action | undefined {
  const text = pathname === "/" ? searchParams.get("action") : null;
  if (text === null) return undefined;
  const [, word = "", place] = text.match(/^([A-Za-z]*)(?:_(\d*))?/) ?? [];
  if (place === undefined) return { word, place };
  // Anything but a number is an invalid index, not the first camera.
  return place === "" ? { word: `${word}_`, place: undefined } : { word, place: Number(place) };
}
