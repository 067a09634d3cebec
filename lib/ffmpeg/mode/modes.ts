import type { Size } from "../../protocol/kind.ts";

/** One way in which a camera or a stream delivers pictures. */
export interface Mode {
  /** `mjpeg`, or ffmpeg's name of another format; V4L2's name if ffmpeg can't read it. */
  format: string;
  /** In pixels; the maximum of a range. */
  width: number;
  /** In pixels; the maximum of a range. */
  height: number;
  /** The frame rates it offers, if known. */
  fps: number[];
  /**
   * Whether it offers every rate between the lowest and the highest of those.
   *
   * @default {false}
   */
  isAnyRate?: boolean;
  /** For a range of sizes: the minimum, and the step. */
  range?: { least: Size; step: Size };
  /**
   * Whether a file says that its pictures have to be rotated.
   *
   * @default {false}
   */
  isTurned?: boolean;
  /** Whether the pixels of a stream aren't square. @default {false} */
  isStretched?: boolean;
  /** Whether ffmpeg can't read it. @default {false} */
  isUnreadable?: boolean;
}

/**
 * V4L2's names of formats, with ffmpeg's: everything that ffmpeg reads (libavdevice/v4l2-common.c).
 */
const FOURCC: Readonly<Record<string, string>> = {
  MJPG: "mjpeg",
  JPEG: "mjpeg",
  H264: "h264",
  MPG4: "mpeg4",
  CPIA: "cpia",
  YUYV: "yuyv422",
  UYVY: "uyvy422",
  NV12: "nv12",
  YU12: "yuv420p",
  YV12: "yuv420p",
  "422P": "yuv422p",
  "411P": "yuv411p",
  YUV9: "yuv410p",
  YVU9: "yuv410p",
  RGB3: "rgb24",
  BGR3: "bgr24",
  BGR4: "bgr0",
  RGB4: "0rgb",
  RGBO: "rgb555le",
  RGBQ: "rgb555be",
  RGBP: "rgb565le",
  RGBR: "rgb565be",
  GREY: "gray",
  Y16: "gray16le",
  Z16: "gray16le",
  BA81: "bayer_bggr8",
  GBRG: "bayer_gbrg8",
  GRBG: "bayer_grbg8",
  RGGB: "bayer_rggb8",
};

/** Reads the output of `v4l2-ctl --list-formats-ext`, including versions up to 1.16. */
export function parseV4l2Ctl(text: string): Mode[] {
  const modes: Mode[] = [];
  let format: Pick<Mode, "format" | "isUnreadable"> = { format: "" };
  for (const line of text.split("\n")) {
    const [, fourcc, isBig] = line.match(/^\s*(?:\[\d+\]|Pixel Format\s*): '(....)(-BE)?'/) ?? [];
    if (fourcc !== undefined) format = formatOf(`${fourcc.trim()}${isBig ?? ""}`);
    const size = readSize(line);
    if (size) modes.push({ ...format, ...size, fps: [] });
    const mode = modes.at(-1);
    if (mode) readRates(line, mode);
  }
  return modes;
}

function formatOf(fourcc: string): Pick<Mode, "format" | "isUnreadable"> {
  const format = Object.hasOwn(FOURCC, fourcc) ? FOURCC[fourcc] : undefined;
  return format === undefined ? { format: fourcc, isUnreadable: true } : { format };
}

function readSize(line: string): Pick<Mode, "width" | "height" | "range"> | undefined {
  const [, kind, ...sides] = line.match(
    /^\s*Size: (Discrete|Stepwise|Continuous) (\d+)x(\d+)(?: - (\d+)x(\d+)(?: with step (\d+)\/(\d+))?)?/,
  ) ?? [];
  if (kind === undefined) return undefined;
  const [width = 0, height = 0, most = 0, highest = 0, across = 1, down = 1] = sides
    .map((side) => side === undefined ? undefined : Number(side));
  if (kind === "Discrete") return { width, height };
  const range = { least: { width, height }, step: { width: across, height: down } };
  return { width: most, height: highest, range };
}

function readRates(line: string, mode: Mode): void {
  const [, kind, first, last] = line.match(
    /^\s*Interval: (Discrete|Stepwise|Continuous) .*\(([\d.]+)(?:-([\d.]+))? fps\)/,
  ) ?? [];
  if (kind === undefined) return;
  mode.fps.push(Number(first), ...(last === undefined ? [] : [Number(last)]));
  if (kind !== "Discrete") mode.isAnyRate = true;
}

/** Reads the output of `ffmpeg -f v4l2 -list_formats all`: formats and sizes without rates. */
export function parseV4l2Formats(text: string): Mode[] {
  return text.split("\n").flatMap((line) => {
    const [, format, name = "", sizes = ""] =
      line.match(/\] (?:Raw|Compressed) *: *(\S+) : *(.*?) : ([^:]*)$/) ?? [];
    if (format === undefined) return [];
    const kind = format === "Unsupported" ? { format: name, isUnreadable: true } : { format };
    const one = (size: Pick<Mode, "width" | "height" | "range">): Mode => ({
      ...kind,
      ...size,
      fps: [],
    });
    const [, ...sides] = sizes.match(/\{(\d+)-(\d+), (\d+)\}x\{(\d+)-(\d+), (\d+)\}/) ?? [];
    if (sides.length > 0) {
      const [least = 0, width = 0, across = 1, lowest = 0, height = 0, down = 1] = sides.map(
        Number,
      );
      const range = {
        least: { width: least, height: lowest },
        step: { width: across, height: down },
      };
      return [one({ width, height, range })];
    }
    return Array.from(sizes.matchAll(/\b(\d+)x(\d+)\b/g), ([, width, height]) => {
      return one({ width: Number(width), height: Number(height) });
    });
  });
}

/**
 * Reads the output of `ffmpeg -f dshow -list_options true`; a range is represented by its largest
 * size.
 */
export function parseDshowOptions(text: string): Mode[] {
  const modes = new Map<string, Mode>();
  const lines = text.matchAll(
    /(?:vcodec|pixel_format)=(\S+) .*max s=(\d+)x(\d+) fps=([\d.]+)/g,
  );
  for (const [, format = "", width, height, fps] of lines) {
    const mode = { format, width: Number(width), height: Number(height), fps: [Number(fps)] };
    // A mode is listed again for each colour range.
    modes.set(JSON.stringify(mode), mode);
  }
  return [...modes.values()];
}

/** Reads the first video stream from the output of `ffmpeg -i`. */
export function parseStream(text: string): Mode[] {
  const lines = text.matchAll(/^ *Stream #\S+: Video: .*$/gm);
  const [found] = [...lines].filter(([line]) => !line.includes("(attached pic)"));
  const [line] = found ?? [];
  // Its details follow, up to the next stream.
  const from = (found?.index ?? 0) + (line?.length ?? 0);
  const [rest = ""] = text.slice(from).split(/^ *Stream #/m);
  const isTurned = /rotation of -?(?!0+(\.0+)? )[\d.]+ degrees|^ *rotate *: *[1-9]/m.test(rest);
  const isStretched = /\bSAR (?!1:1 )[1-9]/.test(line ?? "");
  const [, format] = line?.match(/Video: (\w+)/) ?? [];
  const [, width, height] = line?.match(/, (\d+)x(\d+)/) ?? [];
  const [, number, thousands] = line?.match(/, ([\d.]+)(k?) fps/) ?? [];
  const fps = Number(number) * (thousands ? 1000 : 1);
  if (format === undefined || width === undefined) return [];
  return [{
    format,
    width: Number(width),
    height: Number(height),
    fps: fps > 0 ? [fps] : [],
    ...(isTurned ? { isTurned } : {}),
    ...(isStretched ? { isStretched } : {}),
  }];
}
