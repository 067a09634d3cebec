import type { Terminal } from "../../../config/terminal.ts";
import type { CheckedJpeg } from "../../../jpeg/check_jpeg.ts";
import { Decoder } from "./decoder.ts";
import type { Place } from "./fit.ts";
import { createHalfBlocks } from "./half_blocks.ts";
import { drawIterm } from "./iterm.ts";
import { createKitty, KITTY_END } from "./kitty.ts";

/** Draws pictures on a kind of terminal. */
export interface Painter {
  /**
   * Draws a picture in a place.
   *
   * @throws {Error} when it can't be decoded
   */
  draw(picture: CheckedJpeg, place: Place): Promise<string>;
  /** The screen was cleared: nothing drawn before is there any more. */
  forget(): void;
  /** Removes whatever the terminal still holds. */
  readonly end: string;
  /** Ends everything started for it. */
  close(): Promise<void>;
}

/** Roughly the pixels of a cell on a screen. */
const CELL_PIXELS = { width: 10, height: 20 };
/** More would be megabytes for each picture. */
const MOST_PIXELS = { width: 960, height: 540 };

/**
 * A painter for a terminal's abilities.
 *
 * @param ffmpeg decodes pictures for terminals that can't do so themselves
 */
export function createPainter({ graphics, colours }: Terminal, ffmpeg: string): Painter {
  switch (graphics) {
    case "iterm":
      return {
        draw: ({ jpeg }, place) => Promise.resolve(drawIterm(jpeg, place)),
        forget() {},
        end: "",
        close: () => Promise.resolve(),
      };
    case "kitty":
      return kittyPainter(new Decoder(ffmpeg));
    case "blocks":
      return blocksPainter(new Decoder(ffmpeg), colours);
  }
}

function kittyPainter(decoder: Decoder): Painter {
  const kitty = createKitty();
  return {
    async draw(picture, place) {
      const { width, height } = picture;
      const size = {
        width: Math.min(place.columns * CELL_PIXELS.width, MOST_PIXELS.width, width),
        height: Math.min(place.rows * CELL_PIXELS.height, MOST_PIXELS.height, height),
      };
      return await decoder.decode(picture, size, (pixels) => kitty.draw(pixels, place));
    },
    forget() {},
    end: KITTY_END,
    close: () => decoder.close(),
  };
}

function blocksPainter(decoder: Decoder, colours: Terminal["colours"]): Painter {
  const blocks = createHalfBlocks(colours);
  return {
    async draw(picture, place) {
      const size = { width: place.columns, height: place.rows * 2 };
      return await decoder.decode(picture, size, (pixels) => blocks.draw(pixels, place));
    },
    forget: () => blocks.forget(),
    end: "",
    close: () => decoder.close(),
  };
}
