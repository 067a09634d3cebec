/** A request in mjpg-streamer's terms. */
export interface Action {
  /** Its leading word: `stream`, `snapshot`; empty where there is none. */
  readonly word: string;
  /** The camera's place among all, 0 for the first; nothing where no number is given. */
  readonly place: number | undefined;
}

/**
 * Reads `/?action=WORD` and `/?action=WORD_N`. Clients append what they like, against caches or to look
 * like a file (`stream?dummy=param.mjpg`, `snapshot?123`): mjpg-streamer reads the beginning alone.
 *
 * @returns nothing if no action is named
 */
export function actionOf({ pathname, searchParams }: URL): Action | undefined {
  const text = pathname === "/" ? searchParams.get("action") : null;
  if (text === null) return undefined;
  const [, word = "", place] = text.match(/^([A-Za-z]*)(?:_(\d*))?/) ?? [];
  if (place === undefined) return { word, place };
  // Anything but a number is no camera, and not the first one either.
  return place === "" ? { word: `${word}_`, place: undefined } : { word, place: Number(place) };
}
