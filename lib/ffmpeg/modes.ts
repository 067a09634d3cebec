/** One way in which a camera or a stream delivers pictures. */
export interface Mode {
  /** `mjpeg`, or what ffmpeg calls another format. */
  format: string;
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
  /** Frames a second that it offers, where that is known. */
  fps: number[];
}

/** What V4L2 calls formats, as ffmpeg calls them. */
const FOURCC: Readonly<Record<string, string>> = {
  MJPG: "mjpeg",
  JPEG: "mjpeg",
  YUYV: "yuyv422",
  UYVY: "uyvy422",
  NV12: "nv12",
  YU12: "yuv420p",
  RGB3: "rgb24",
  BGR3: "bgr24",
  GREY: "gray",
  H264: "h264",
  HEVC: "hevc",
};

/**
 * Reads what `v4l2-ctl --list-formats-ext` prints, now and until 1.16; the largest size of a range stands
 * for it.
 */
export function parseV4l2Ctl(text: string): Mode[] {
  const modes: Mode[] = [];
  let format = "";
  for (const line of text.split("\n")) {
    const [, fourcc] = line.match(/^\s*(?:\[\d+\]|Pixel Format\s*): '(....)'/) ?? [];
    const [, width, height] = line.match(
      /^\s*Size: (?:Discrete|(?:Stepwise|Continuous) \d+x\d+ -) (\d+)x(\d+)/,
    ) ?? [];
    const [, fps] = line.match(/^\s*Interval: Discrete [\d.]+s \(([\d.]+) fps\)/) ?? [];
    if (fourcc !== undefined) format = FOURCC[fourcc.trim()] ?? fourcc.trim().toLowerCase();
    if (width !== undefined) {
      modes.push({ format, width: Number(width), height: Number(height), fps: [] });
    }
    if (fps !== undefined) modes.at(-1)?.fps.push(Number(fps));
  }
  return modes;
}

/** Reads what `ffmpeg -f v4l2 -list_formats all` prints: formats and sizes without rates; the largest of a range. */
export function parseV4l2Formats(text: string): Mode[] {
  return text.split("\n").flatMap((line) => {
    const [, format, sizes] = line.match(/\] (?:Raw|Compressed) *: *(\S+) :.*: ([^:]*)$/) ?? [];
    if (format === undefined || format === "Unsupported" || sizes === undefined) return [];
    // A range is `{32-2592, 2}x{32-1944, 2}`.
    const discrete = sizes.replace(/\{\d+-(\d+), \d+\}/g, "$1");
    return Array.from(discrete.matchAll(/\b(\d+)x(\d+)\b/g), ([, width, height]) => {
      return { format, width: Number(width), height: Number(height), fps: [] };
    });
  });
}

/** Reads what `ffmpeg -f dshow -list_options true` prints; the largest size of a range stands for it. */
export function parseDshowOptions(text: string): Mode[] {
  const modes = new Map<string, Mode>();
  const lines = text.matchAll(
    /(?:vcodec|pixel_format)=(\S+) .*max s=(\d+)x(\d+) fps=([\d.]+)/g,
  );
  for (const [, format = "", width, height, fps] of lines) {
    const mode = { format, width: Number(width), height: Number(height), fps: [Number(fps)] };
    // A mode is listed once more for each colour range.
    modes.set(JSON.stringify(mode), mode);
  }
  return [...modes.values()];
}

/** Reads the first picture stream of what `ffmpeg -i` prints. */
export function parseStream(text: string): Mode[] {
  const [line] = text.match(/^ *Stream #\S+: Video: .*$/m) ?? [];
  const [, format] = line?.match(/Video: (\w+)/) ?? [];
  const [, width, height] = line?.match(/, (\d+)x(\d+)/) ?? [];
  const [, number, thousands] = line?.match(/, ([\d.]+)(k?) fps/) ?? [];
  const fps = Number(number) * (thousands ? 1000 : 1);
  if (format === undefined || width === undefined) return [];
  return [{ format, width: Number(width), height: Number(height), fps: fps > 0 ? [fps] : [] }];
}
