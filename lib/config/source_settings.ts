import { ALL_SETTINGS } from "../frame/capture.ts";

/** A source and the settings behind it. */
export interface SettledSource {
  /** The source before them. */
  readonly source: string;
  /** Their words and values, in order. */
  readonly settings: readonly (readonly [word: string, text: string])[];
}

/** Says more of the address, not of how it is captured: it stays with that. */
const FINGERPRINT = "fingerprint";
const NAMES = ALL_SETTINGS.map(({ name }) => name).join("|");

/**
 * One setting at the end. A word that is none of ours is one only where its value is plain, for
 * names, paths and addresses have a `#` of their own. A value with an `@` in it may be a password.
 */
const LAST = new RegExp(
  `^(.*)#(${NAMES}|${FINGERPRINT}|[a-z][a-z-]*(?==[\\w.×-]*$))=([^#@]*)$`,
  "is",
);

/** Takes the settings off the end of what `--camera` was given: `printer=0#resolution=1280x720#rotate=180`. */
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
