import { forEachDot, GLYPH_ADVANCE, GLYPH_HEIGHT } from "./digits.ts";
import type { Frame } from "../../frame/frame.ts";
import type { Capture } from "../../frame/capture.ts";
import type { Size } from "../../protocol/kind.ts";
import { sleep } from "../../time/sleep.ts";
import type { Reading, Source } from "../source.ts";
import { turnedSize } from "../../frame/orientation.ts";
import { turn } from "../../frame/turn.ts";

/** Size, rate and orientation of the test picture. */
export type TestPictureOptions =
  & Size
  & Pick<Capture, "fps">
  & Partial<Pick<Capture, "rotate" | "flip">>;

/** 75 % colour bars, from the left, as RGB. */
const BARS = [0xbfbfbf, 0xbfbf00, 0x00bfbf, 0x00bf00, 0xbf00bf, 0xbf0000, 0x0000bf];
const GREY_FROM = 2 / 3;
const WHITE = 0xffffff;
const BLACK = 0x101010;
const SWEEP_SECONDS = 4;
const CLOCK_DOTS = "00:00:00.000".length * GLYPH_ADVANCE + 1;

/** Opens the test picture. */
export function openTestPicture(_spec: unknown, capture: Capture): Source {
  return createTestPicture({ ...capture, ...capture.resolution });
}

/** A moving picture with a clock, drawn here: it needs neither camera nor ffmpeg. */
export function createTestPicture(options: TestPictureOptions): Source {
  const { width, height, fps, rotate = "0", flip } = options;
  const background = drawBackground(width, height);
  const isUpright = rotate === "0" && flip === undefined;
  const canvas = isUpright ? undefined : new Uint32Array(width * height);
  const size = turnedSize({ width, height }, rotate);
  return {
    async *frames({ pool, signal }: Reading): AsyncGenerator<Frame, void> {
      const period = 1000 / fps;
      for (
        let due = performance.now();
        !signal.aborted;
        due = Math.max(due + period, performance.now())
      ) {
        await sleep(due - performance.now(), signal);
        if (signal.aborted) return;
        const picture = new Uint32Array(pool.take(width * height * 4));
        const pixels = canvas ?? picture;
        const now = Date.now();
        pixels.set(background);
        drawMarker(pixels, { width, height }, now / 1000);
        drawClock(pixels, { width, height }, localTime(now));
        if (canvas) turn(canvas, picture, { width, height, rotate, flip });
        yield pool.frame(new Uint8Array(picture.buffer), { ...size, timestamp: now / 1000 });
      }
    },
  };
}

/** `HH:MM:SS.mmm` on this machine's clock. */
function localTime(now: number): string {
  const date = new Date(now);
  const two = (value: number) => String(value).padStart(2, "0");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${time}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

function drawBackground(width: number, height: number): Uint32Array {
  const pixels = new Uint32Array(width * height);
  const greyFrom = Math.floor(height * GREY_FROM);
  for (let x = 0; x < width; x++) {
    const bar = rgba(BARS[Math.floor(x * BARS.length / width)] ?? 0);
    const level = Math.round(x * 255 / Math.max(1, width - 1));
    const grey = rgba(level << 16 | level << 8 | level);
    for (let y = 0; y < height; y++) pixels[y * width + x] = y < greyFrom ? bar : grey;
  }
  return pixels;
}

/** A square that sweeps from side to side over the grey ramp. */
function drawMarker(pixels: Uint32Array, size: Size, seconds: number): void {
  const side = Math.max(2, Math.floor(size.height / 8));
  const phase = seconds / SWEEP_SECONDS % 2;
  const x = Math.round((size.width - side) * (phase < 1 ? phase : 2 - phase));
  const y = Math.floor(size.height * (1 + GREY_FROM) / 2 - side / 2);
  fillRectangle(pixels, size, { x: x - 2, y: y - 2, width: side + 4, height: side + 4 }, BLACK);
  fillRectangle(pixels, size, { x, y, width: side, height: side }, WHITE);
}

/** The clock on a dark plate, as large as the width allows. */
function drawClock(pixels: Uint32Array, size: Size, text: string): void {
  const dot = Math.max(1, Math.floor(size.width / (CLOCK_DOTS + 4)));
  const x0 = Math.floor((size.width - (CLOCK_DOTS - 2) * dot) / 2);
  const y0 = Math.floor((size.height * GREY_FROM - GLYPH_HEIGHT * dot) / 2);
  const plate = { width: (CLOCK_DOTS + 2) * dot, height: (GLYPH_HEIGHT + 4) * dot };
  fillRectangle(pixels, size, { x: x0 - 2 * dot, y: y0 - 2 * dot, ...plate }, BLACK);
  forEachDot(text, (x, y) => {
    fillRectangle(
      pixels,
      size,
      { x: x0 + x * dot, y: y0 + y * dot, width: dot, height: dot },
      WHITE,
    );
  });
}

/** Fills the part of a rectangle that lies inside the picture. */
function fillRectangle(
  pixels: Uint32Array,
  size: Size,
  rectangle: Size & { x: number; y: number },
  colour: number,
): void {
  const left = Math.max(0, rectangle.x);
  const right = Math.min(size.width, rectangle.x + rectangle.width);
  const bottom = Math.min(size.height, rectangle.y + rectangle.height);
  if (right <= left) return;
  for (let y = Math.max(0, rectangle.y); y < bottom; y++) {
    pixels.fill(rgba(colour), y * size.width + left, y * size.width + right);
  }
}

/** An opaque pixel as it lies in memory; wscam runs only on little-endian systems. */
function rgba(rgb: number): number {
  return (0xff000000 | (rgb & 0xff) << 16 | (rgb & 0xff00) | rgb >> 16) >>> 0;
}
