/** A terminal's width where nothing is known of it, which help keeps to. */
export const HELP_WIDTH = 80;

/** So wide is the left column at most; a longer head has its words on the next line. */
const MAX_HEAD = 28;

/** A row of two columns: what is typed, and what it does. */
export type Row = readonly [head: string, text: string];

/** The width of the left column that rows share, with the space behind it. */
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

/** Lines of whole words, no wider than so many characters where words allow it. */
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
