import { quote } from "../protocol/quote.ts";
import { type AnySourceSpec, nameOfSource, parseSource, SOURCE_WORDS } from "./source_kinds.ts";

/** A camera as the user asked for it: `NAME=SOURCE` or `SOURCE`. */
export interface CameraSpec {
  /** The name that viewers see. */
  name: string;
  /** The source of its frames. */
  source: AnySourceSpec;
}

const NAMED = /^([\p{L}\p{N}][\p{L}\p{M}\p{N} _.-]{0,63})=(.+)$/su;
/** Text of this form is meant as a name and a source; nothing else looks like it. */
const ODDLY_NAMED = new RegExp(
  `^([^=/\\\\]*)=(${SOURCE_WORDS.join("|")}|\\d{1,4}|/dev/.+|[a-z][a-z0-9+.-]*://.+)?$`,
  "is",
);

/**
 * Parses a value of `--camera`.
 *
 * @throws {RangeError} when the source is empty, or its URL can't be used
 */
export function parseCamera(text: string): CameraSpec {
  const [, name, rest] = text.match(NAMED) ?? [];
  if (name === undefined) againstOddName(text);
  const source = parseSource(rest ?? text);
  if (name !== undefined && source.kind === "relay" && source.camera === "*") {
    throw new RangeError(
      `must not have a name when it stands for all cameras of a server, got ${quote(name)}`,
    );
  }
  return { name: (name?.trim() ?? nameOfSource(source)).normalize("NFC"), source };
}

function againstOddName(text: string): void {
  const [, name, rest] = text.match(ODDLY_NAMED) ?? [];
  if (name === undefined) return;
  if (name !== "" && rest === undefined) {
    throw new RangeError(`must have a source after '=', got ${quote(text)}`);
  }
  throw new RangeError(
    "must have a name of 1 to 64 letters, digits, spaces, '_', '.' and '-' before '=', " +
      `the first a letter or a digit, got ${quote(name)}`,
  );
}
