import { printable } from "../log/text.ts";
import { quote } from "./quote.ts";

/**
 * An object that a program has found in a picture, with its position: 0 to 1 of the picture's size,
 * from its left and top edges.
 */
export interface Box {
  /** Its left side. */
  readonly x: number;
  /** Its upper side. */
  readonly y: number;
  /** From left to right. */
  readonly width: number;
  /** From top to bottom. */
  readonly height: number;
  /** Its name. */
  readonly label?: string;
  /** The program's confidence, 0 to 1. */
  readonly score?: number;
}

/** A program's annotation of a picture. */
export interface Annotation {
  /** The picture's capture time, in seconds since 1970. */
  readonly timestamp: number;
  /** The objects found in it. */
  readonly boxes: readonly Box[];
  /** A text about the whole picture; empty for none. */
  readonly text: string;
  /** How long it lasts, in seconds. */
  readonly for: number;
}

/** An annotation that may not name its picture: then the newest one is meant. */
export type GivenAnnotation = Omit<Annotation, "timestamp"> & { readonly timestamp?: number };

/** Limits of an annotation; lengths are in Unicode characters. */
const ANNOTATION_BOUNDS = {
  boxes: 200,
  label: 100,
  text: 1000,
  for: 3600,
} as const;

const LASTS = 1;
/** The end of the year 9999, the limit for a timestamp in seconds. */
const LAST_SECOND = 253_402_300_799;

type Fields = Readonly<Record<string, unknown>>;
/** A rule for a value, and the function that checks it. */
type Rule = readonly [rule: string, isRight: (value: unknown) => boolean];

const share = numberRule(0, 1);
const BOX: Readonly<Record<keyof Box, Rule>> = {
  x: share,
  y: share,
  width: share,
  height: share,
  label: textRule(ANNOTATION_BOUNDS.label),
  score: share,
};
const NEEDED: readonly (keyof Box)[] = ["x", "y", "width", "height"];
const ANNOTATION: Readonly<Record<keyof Annotation, Rule>> = {
  timestamp: ["a picture's timestamp", numberRule(0, LAST_SECOND)[1]],
  boxes: [
    `an array of at most ${ANNOTATION_BOUNDS.boxes} boxes`,
    (value) => Array.isArray(value) && value.length <= ANNOTATION_BOUNDS.boxes,
  ],
  text: textRule(ANNOTATION_BOUNDS.text),
  for: numberRule(0, ANNOTATION_BOUNDS.for),
};

/**
 * Reads an annotation from outside. Invisible characters are replaced by a visible one.
 *
 * @returns the annotation, or what is wrong with which field
 */
export function readAnnotation(
  fields: Readonly<Record<string, unknown>>,
): GivenAnnotation | string {
  const wrong = wrongWith(fields, ANNOTATION);
  if (wrong !== undefined) return wrong;
  const { timestamp, boxes = [], text = "", for: lasts = LASTS } = fields as Partial<Annotation>;
  for (const [index, box] of boxes.entries()) {
    const problem = wrongWithBox(box, `boxes[${index}]`);
    if (problem !== undefined) return problem;
  }
  return {
    ...(timestamp === undefined ? {} : { timestamp }),
    boxes: boxes.map(seen),
    text: printable(text),
    for: lasts,
  };
}

function wrongWithBox(box: unknown, at: string): string | undefined {
  if (typeof box !== "object" || box === null || Array.isArray(box)) {
    return `field '${at}' must be an object, got ${quote(box)}`;
  }
  const fields = { ...box } as Fields;
  const missing = NEEDED.find((name) => fields[name] === undefined);
  if (missing !== undefined) {
    return `field '${at}.${missing}' must be ${BOX[missing][0]}, got nothing`;
  }
  return wrongWith(fields, BOX, `${at}.`);
}

/**
 * Finds the first bad field, and says what is wrong with it; an unknown field is a mistake as well.
 */
function wrongWith(
  fields: Fields,
  rules: Readonly<Record<string, Rule>>,
  at = "",
): string | undefined {
  for (const [name, value] of Object.entries(fields)) {
    if (!Object.hasOwn(rules, name)) {
      return `fields ${at && `of '${at.slice(0, -1)}' `}must be ${
        Object.keys(rules).map(quote).join(", ")
      }, got ${quote(name)}`;
    }
    const [rule, isRight] = rules[name] ?? ["", () => true];
    if (value !== undefined && !isRight(value)) {
      return `field '${at}${name}' must be ${rule}, got ${quote(value)}`;
    }
  }
  return undefined;
}

function seen({ x, y, width, height, label, score }: Box): Box {
  return {
    x,
    y,
    width,
    height,
    ...(label === undefined ? {} : { label: printable(label) }),
    ...(score === undefined ? {} : { score }),
  };
}

function numberRule(min: number, max: number): Rule {
  const isRight = (value: unknown): boolean =>
    typeof value === "number" && value >= min && value <= max;
  return [`a number from ${min} to ${max}`, isRight];
}

function textRule(most: number): Rule {
  const isRight = (value: unknown): boolean =>
    typeof value === "string" && (value.length <= most || [...value].length <= most);
  return [`a text of at most ${most} characters`, isRight];
}
