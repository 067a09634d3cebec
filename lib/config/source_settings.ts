import { ALL_SETTINGS } from "../frame/capture.ts";

/** A source and the settings that follow it. */
export interface SettledSource {
  /** The source before them. */
  readonly source: string;
  /** Their names and values, in order. */
  readonly settings: readonly (readonly [word: string, text: string])[];
}

/** This one belongs to the address rather than to the capture, and stays with the source. */
const FINGERPRINT = "fingerprint";
const NAMES = ALL_SETTINGS.map(({ name }) => name).join("|");

/**
 * One setting at the end. An unknown word counts as a setting only if its value is plain, since
 * names, paths and addresses contain `#` as well. A value with an `@` in it may be a password.
 */
const LAST = new RegExp(
  `^(.*)#(${NAMES}|${FINGERPRINT}|[a-z][a-z-]*(?==[\\w.×-]*$))=([^#@]*)$`,
  "is",
);

/**
 * Splits the settings off the end of a value of `--camera`:
 * `printer=0#resolution=1280x720#rotate=180`.
 */
export function splitSettings(text: string): SettledSource {
  const settings: [string, string][] = [];
  let source = text;
  let kept = "";
  for (let match = source.match(LAST); match !== null; match = source.match(LAST)) {
    const [, before = "", word = "", value = ""] = match;
    if (word.toLowerCase() === FINGERPRINT) kept = `#${word}=${value}${kept}`;
    else settings.unshift([word, value]);
    source = before;
  }
  return { source: source + kept, settings };
}
