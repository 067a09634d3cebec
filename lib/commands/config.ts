import type { ConfigInForce, InForce } from "../config/explain_config.ts";
import { printable } from "../log.ts";

/**
 * Prints the settings in force as a file for `--config`, with the origin of each value as a
 * comment.
 */
export function inForce({ options, cameras }: ConfigInForce): string {
  const lines = [
    ...options.flatMap((each) => keyLines(each, "")),
    ["cameras:"],
    ...cameras.flatMap(({ name, source, settings }) => [
      [`  ${quoted(name)}:`],
      ...[source, ...settings].flatMap((each) => keyLines(each, "    ")),
    ]),
  ];
  const width = Math.max(...lines.map(([line = ""]) => line.length));
  return lines.map(([line = "", place]) =>
    place === undefined ? `${line}\n` : `${line.padEnd(width)}  # ${printable(place)}\n`
  ).join("");
}

/** A key with its value or list, and its origin. */
function keyLines({ name, values, place }: InForce, indent: string): string[][] {
  // Values that are secret, or can't be in a file.
  if (values === undefined) return [[`${indent}# ${name}: …`, place]];
  if (name === "config") return [[`# ${name}: ${values[0]}`, place]];
  const [first = "", ...more] = values;
  if (more.length === 0) return [[`${indent}${name}: ${quoted(first)}`, place]];
  return [[`${indent}${name}:`, place], ...values.map((each) => [`${indent}  - ${quoted(each)}`])];
}

/** A value, quoted unless YAML can only read it as that text. */
function quoted(text: string): string {
  const isPlain = /^[\p{L}\p{N}/][\p{L}\p{N}/_.@-]*$/u.test(text) && text !== "null";
  return isPlain ? text : JSON.stringify(printable(text));
}
