// @ts-types="./placeholder_font.d.ts"
import font from "oled-font-5x7";
import { encodePixels, USUAL_PIXEL_ENCODER } from "../../jpeg/pixel_encoders.ts";
import type { ServedCamera } from "../../stream/served_camera.ts";

/** Why there is no picture, and until when. */
export interface ShownOutage {
  /** In words that follow the camera's name. */
  reason: string;
  /** The time of the next attempt, in milliseconds since 1970, if there is one. */
  retryAt?: number | undefined;
}

interface Size {
  width: number;
  height: number;
}

/** The distance in dots from one character to the next, and from one line to the next. */
const ADVANCE = 6;
const LINE = 11;
const COLUMNS = 5;
const ROWS = 7;
/** The minimum number of characters on a line, if the picture is large enough. */
const LINE_LENGTH = 36;
/** The size to assume if none is known. */
const USUAL: Size = { width: 640, height: 480 };
/** The quality: it has to be readable, not beautiful. */
const MOST_WIDTH = 1920;
const QUALITY = 75;
const [BACKGROUND, INK] = [0xff20_1c1a, 0xffe8_e4e0];
/** A box, for characters missing in the font. */
const UNKNOWN = [0x7f, 0x41, 0x41, 0x41, 0x7f];

/** The last placeholder for each camera and size, shared by all viewers. */
const drawn = new WeakMap<
  ServedCamera,
  Map<number, { key: string; jpeg: Promise<Uint8Array<ArrayBuffer>> }>
>();
const MOST_SIZES = 8;
/** Placeholders that are being encoded: native code reads their pixels. */
const encoding = new Set<Promise<unknown>>();

/** Waits for placeholders that are being encoded, whoever asked for them. */
export async function untilEncoded(): Promise<void> {
  await Promise.allSettled(encoding);
}

/**
 * A picture of the camera's size that says why the camera gives none.
 *
 * @throws {EncoderError} when the encoder can't be loaded
 */
export function placeholderOf(
  served: ServedCamera,
  outage: ShownOutage,
  width: number | null = null,
): Promise<Uint8Array<ArrayBuffer>> {
  const size = sizeOf(served, width);
  const lines = [`Camera ${served.name}`, outage.reason, nextTry(outage)];
  const key = `${size.height} ${lines.join("\n")}`;
  const known = drawn.get(served) ?? new Map();
  drawn.set(served, known);
  const last = known.get(size.width);
  if (last?.key === key) return last.jpeg;
  if (known.size >= MOST_SIZES) known.clear();
  const bitmap = { ...size, data: draw(lines, size) };
  const jpeg = encodePixels(USUAL_PIXEL_ENCODER, bitmap, QUALITY);
  known.set(size.width, { key, jpeg });
  encoding.add(jpeg);
  // The next viewer may have more luck.
  jpeg.catch(() => known.delete(size.width)).finally(() => encoding.delete(jpeg));
  return jpeg;
}

function nextTry({ retryAt }: ShownOutage): string {
  if (retryAt === undefined) return "";
  return `Next try at ${new Date(retryAt).toTimeString().slice(0, 8)}`;
}

/** The size that the camera last had, or is asked for. */
function sizeOf({ streams, control }: ServedCamera, width: number | null): Size {
  const last = streams.find(({ quality, width }) => quality === null && width === null)?.last;
  const asked = String(control?.settings.resolution ?? "").match(/^(\d+)x(\d+)$/)?.slice(1);
  const [w, h] = asked?.map(Number) ?? [];
  const own = last?.size ?? (w && h ? { width: w, height: h } : USUAL);
  const narrow = Math.min(width ?? own.width, own.width, MOST_WIDTH);
  return { width: narrow, height: Math.max(1, Math.round(own.height * narrow / own.width)) };
}

function draw(paragraphs: readonly string[], { width, height }: Size): Uint8Array<ArrayBuffer> {
  const pixels = new Uint32Array(width * height).fill(BACKGROUND);
  const scale = Math.max(1, Math.floor(width / (ADVANCE * LINE_LENGTH)));
  const fits = Math.max(1, Math.floor(width / scale / ADVANCE) - 2);
  const lines = paragraphs.flatMap((text) => wrap(text, fits));
  const top = Math.max(0, Math.floor((height / scale - lines.length * LINE) / 2));
  const dot = (x: number, y: number): void => {
    // Pixels outside aren't drawn.
    const [left, right] = [x, x + 1].map((side) => Math.min(side * scale, width));
    for (let row = y * scale; row < Math.min((y + 1) * scale, height); row++) {
      pixels.fill(INK, row * width + (left ?? 0), row * width + (right ?? 0));
    }
  };
  for (const [row, line] of lines.entries()) {
    for (const [column, character] of [...line].entries()) {
      const [left, upper] = [(column + 1) * ADVANCE, top + row * LINE];
      drawCharacter(character, (x, y) => dot(left + x, upper + y));
    }
  }
  return new Uint8Array(pixels.buffer);
}

function drawCharacter(character: string, dot: (x: number, y: number) => void): void {
  const at = font.lookup.indexOf(character);
  const columns = at < 0 ? UNKNOWN : font.fontData.slice(at * COLUMNS, (at + 1) * COLUMNS);
  for (const [x, bits] of columns.entries()) {
    for (let y = 0; y < ROWS; y++) if (bits >> y & 1) dot(x, y);
  }
}

/** Wraps text to this many characters; accents are removed, since the font has none. */
function wrap(text: string, most: number): string[] {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/\s+/g, " ").trim();
  const lines: string[] = [];
  let line = "";
  for (const word of plain.split(" ")) {
    for (let rest = [...word]; rest.length > 0; rest = rest.slice(most)) {
      const part = rest.slice(0, most).join("");
      const longer = line === "" ? part : `${line} ${part}`;
      if ([...longer].length <= most) {
        line = longer;
        continue;
      }
      lines.push(line);
      line = part;
    }
  }
  return [...lines, line];
}
