import type { Terminal } from "../../../config/terminal.ts";
import type { Pixels } from "./decoder.ts";
import type { Place } from "./fit.ts";
import { nearestOf256 } from "./palette.ts";

/** The upper half has the foreground colour, the lower half the background colour. */
const HALF_BLOCK = "▀";

/** Draws pictures with two pixels in each cell. */
export interface HalfBlocks {
  /**
   * Draws a picture over the one before it: only cells that differ are written.
   *
   * @param pixels as wide as the place, and twice as high
   */
  draw(pixels: Pixels, place: Place): string;
  /** Forgets what was drawn: it is no longer on the screen. */
  forget(): void;
}

/** How a terminal is told a colour. */
interface Colours {
  /** The number of a colour, from its red, green and blue in 8 bits each. */
  codeOf(rgb: number): number;
  /** The parameters after 38 or 48 (ECMA-48, 8.3.117). */
  parametersOf(code: number): string;
}

const COLOURS: Readonly<Record<Terminal["colours"], Colours>> = {
  "24 bits": {
    codeOf: (rgb) => rgb,
    parametersOf: (code) => `2;${code >> 16};${code >> 8 & 0xff};${code & 0xff}`,
  },
  "256": { codeOf: nearestOf256, parametersOf: (code) => `5;${code}` },
};

/** For a screen on which nothing has been drawn yet. */
export function createHalfBlocks(depth: Terminal["colours"]): HalfBlocks {
  const colours = COLOURS[depth];
  let shown: Int32Array | undefined;
  return {
    forget() {
      shown = undefined;
    },
    draw({ data }, { columns, rows, left, top }) {
      const codes = Int32Array.from(
        { length: columns * rows * 2 },
        (_, i) => colours.codeOf(rgbAt(data, i * 4)),
      );
      const pen = createPen(colours);
      for (let y = 0; y < rows; y++) {
        for (let x = 0; x < columns; x++) {
          const upper = 2 * y * columns + x;
          const lower = upper + columns;
          if (codes[upper] === shown?.[upper] && codes[lower] === shown?.[lower]) continue;
          pen.moveTo(left + x, top + y);
          pen.write(codes[upper] ?? 0, codes[lower] ?? 0);
        }
      }
      shown = codes;
      return pen.text;
    },
  };
}

/** Writes cells; moves the cursor and sets colours only when they change. */
function createPen({ parametersOf }: Colours) {
  let [column, row, upper, lower] = [-1, -1, -1, -1];
  let text = "";
  return {
    get text() {
      return text === "" ? "" : `${text}\x1b[0m`;
    },
    moveTo(x: number, y: number): void {
      if (x !== column || y !== row) text += `\x1b[${y + 1};${x + 1}H`;
      [column, row] = [x, y];
    },
    write(high: number, low: number): void {
      const changes = [];
      if (high !== upper) changes.push(`38;${parametersOf(high)}`);
      if (low !== lower) changes.push(`48;${parametersOf(low)}`);
      if (changes.length > 0) text += `\x1b[${changes.join(";")}m`;
      text += HALF_BLOCK;
      column++;
      [upper, lower] = [high, low];
    },
  };
}

function rgbAt(data: Uint8Array, at: number): number {
  return (data[at] ?? 0) << 16 | (data[at + 1] ?? 0) << 8 | (data[at + 2] ?? 0);
}
