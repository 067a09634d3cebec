import type { Terminal } from "../../../config/terminal.ts";
import type { CheckedJpeg } from "../../../jpeg/check_jpeg.ts";
import { decodeJpeg } from "../../../encoder/imagescript/decode_jpeg.ts";
import type { Place } from "./fit.ts";
import { createHalfBlocks } from "./half_blocks.ts";
import { drawIterm } from "./iterm.ts";
import { createKitty, KITTY_END } from "./kitty.ts";
import { scale } from "./scale.ts";

/** Draws pictures on a kind of terminal. */
export interface Painter {
  /**
   * Writes a picture in a place.
   *
   * @throws {Error} when it can't be decoded
   */
  draw(picture: CheckedJpeg, place: Place): Promise<string>;
  /** The screen was cleared: nothing that was drawn is there any more. */
  forget(): void;
  /** Removes whatever the terminal still holds. */
  readonly end: string;
}

/** About what a small cell has on a screen. The decoder may give up to twice as many. */
const CELL_PIXELS = { width: 7, height: 14 };
/** More would be megabytes for each picture. */
const MOST_PIXELS = { width: 960, height: 540 };

/** A painter for what the terminal can draw. */
export function createPainter({ graphics, colours }: Terminal): Painter {
  switch (graphics) {
    case "iterm":
      return {
        draw: ({ jpeg }, place) => Promise.resolve(drawIterm(jpeg, place)),
        forget() {},
        end: "",
      };
    case "kitty": {
      const kitty = createKitty();
      return {
        async draw(picture, place) {
          const width = Math.min(place.columns * CELL_PIXELS.width, MOST_PIXELS.width);
          const height = Math.min(place.rows * CELL_PIXELS.height, MOST_PIXELS.height);
          return await kitty.draw(await decodeJpeg(picture, { width, height }), place);
        },
        forget() {},
        end: KITTY_END,
      };
    }
    case "blocks": {
      const blocks = createHalfBlocks(colours);
      return {
        async draw(picture, place) {
          const size = { width: place.columns, height: place.rows * 2 };
          return blocks.draw(scale(await decodeJpeg(picture, size), size), place);
        },
        forget: () => blocks.forget(),
        end: "",
      };
    }
  }
}
