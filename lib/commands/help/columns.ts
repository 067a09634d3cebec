/** The width of a terminal when it is unknown, and the width of help. */
export const HELP_WIDTH = 80;

/** The maximum width of the left column; the text for a longer entry starts on the next line. */
const MAX_HEAD = 28;

/** A row of two columns: a thing to type, and its effect. */
export type Row = readonly [head: string, text: string];

/** The width of the left column that rows share, including the space after it. */
export function headWidth(rows: readonly Row[]): number {
  return Math.min(Math.max(...rows.map(([head]) => head.length)), MAX_HEAD) + 4;
}

/** Lines of two columns, no wider than {@linkcode HELP_WIDTH}. */
export function columns(rows: readonly Row[], width: number = headWidth(rows)): string[] {
  return rows.flatMap(([head, text]) => {
    const lines = wrap(text, HELP_WIDTH - width);
    const start = `  ${head}`;
    const isLong = start.length > width - 2;
    const [first = "", ...rest] = isLong ? ["", ...lines] : lines;
    return [
      isLong ? start : start.padEnd(width) + first,
      ...rest.map((line) => " ".repeat(width) + line),
    ];
  });
}

/** Wraps text at words, to lines of at most this many characters where the words allow it. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
