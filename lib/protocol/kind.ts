import { quote } from "./quote.ts";
import { BOUNDS } from "./viewer_settings.ts";

/** The values of a kind, for user interfaces that offer them. */
export type Form =
  | { readonly type: "number" | "integer"; readonly min: number; readonly max: number }
  | { readonly type: "word"; readonly words: readonly string[] }
  | { readonly type: "size" | "switch" | "text" };

/** A kind of value that a user can give: in an option, a variable, a file or a message. */
export interface Kind<T> {
  /** The rule, in words that follow "must be". */
  readonly rule: string;
  /** The same for programs. */
  readonly form: Form;
  /** Parses a text; `undefined` if it is not such a value. */
  take(text: string): T | undefined;
}

/** A size in pixels. */
export interface Size {
  /** From left to right. */
  readonly width: number;
  /** From top to bottom. */
  readonly height: number;
}

/**
 * Parses a value.
 *
 * @param given what the message quotes instead of the text
 * @throws {RangeError} with the rule and the given text: "must be a number from 1 to 5, got 'x'"
 */
export function readKind<T>(kind: Kind<T>, text: string, given: unknown = text): T {
  const value = kind.take(text);
  if (value !== undefined) return value;
  throw new RangeError(`must be ${kind.rule}, got ${quote(given)}`);
}

/** A number within two limits, in plain decimal notation. */
export function number(
  { min, max, whole = false }: { min: number; max: number; whole?: boolean },
): Kind<number> {
  const sign = min < 0 ? "-?" : "";
  const shape = new RegExp(`^${sign}(${whole ? "\\d+" : "\\d+(\\.\\d+)?|\\.\\d+"})$`);
  return {
    rule: `${whole ? "a whole number" : "a number"} from ${min} to ${max}`,
    form: { type: whole ? "integer" : "number", min, max },
    take(text) {
      const value = Number(text);
      return shape.test(text) && value >= min && value <= max ? value : undefined;
    },
  };
}

/** One of a set of words. */
export function oneOf<T extends string>(words: readonly T[]): Kind<T> {
  return {
    rule: words.join(" or "),
    form: { type: "word", words },
    take: (text) => words.find((word) => word === text),
  };
}

const TRUTHS = ["1", "true", "yes", "0", "false", "no"] as const;

/** Yes or no, in the spellings used in environment variables. */
export const truth: Kind<boolean> = {
  rule: TRUTHS.join(" or "),
  form: { type: "switch" },
  take(text) {
    const at = TRUTHS.findIndex((word) => word === text.toLowerCase());
    return at === -1 ? undefined : at < 3;
  },
};

/** A size, as `1280x720`. */
export const size: Kind<Size> = {
  rule: `WIDTHxHEIGHT, each ${BOUNDS.width.min} to ${BOUNDS.width.max}`,
  form: { type: "size" },
  take(text) {
    const [, width, height] = text.match(/^(\d{1,5})[xX×](\d{1,5})$/) ?? [];
    const { min, max } = BOUNDS.width;
    const isSide = (side: number): boolean => side >= min && side <= max;
    if (!isSide(Number(width)) || !isSide(Number(height))) return undefined;
    return { width: Number(width), height: Number(height) };
  },
};
