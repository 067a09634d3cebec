import { basename, dirname } from "node:path";

/** Extensions of files that hold one picture. */
const STILL = /\.(jpe?g?|jfif|png|bmp|webp|tiff?|p[bgpn]m|pam)$/i;
/** `%d`, `%03d`: stands for a number in the names of many. */
const NUMBER = /%0?\d*d/;
/** A still is repeated at this rate, in frames a second: it stays fresh, and costs little. */
const STILL_FPS = 2;

/** How a picture file is opened: a single one, or a numbered sequence. */
export type Stills = "one" | "many";

/**
 * Whether a file is a picture rather than a video, or a pattern for numbered ones. A file with
 * exactly that name takes precedence.
 */
export function stillsOf(path: string): Stills | undefined {
  if (!STILL.test(path)) return undefined;
  return NUMBER.test(path) && !isThere(path) ? "many" : "one";
}

/** The input arguments for it, which repeat it for ever. */
export function stillArgs(stills: Stills, path: string, fps: number): string[] {
  const [pattern, rate] = stills === "one" ? ["none", STILL_FPS] : ["sequence", fps];
  const first = stills === "many" ? firstNumber(path) : undefined;
  const start = first === undefined ? [] : ["-start_number", String(first)];
  const again = ["-framerate", String(rate), "-loop", "1"];
  return ["-f", "image2", "-pattern_type", pattern, ...again, ...start];
}

/**
 * The smallest number among the pictures that a name with `%d` stands for: ffmpeg itself looks no
 * further than 4.
 */
function firstNumber(path: string): number | undefined {
  const name = basename(path).replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("%%", "%");
  const pattern = new RegExp(`^${name.replace(NUMBER, "(\\d{1,9})")}$`);
  let least: number | undefined;
  try {
    for (const { name } of Deno.readDirSync(dirname(path))) {
      const number = name.match(pattern)?.[1];
      if (number !== undefined) least = Math.min(least ?? Infinity, Number(number));
    }
  } catch {
    // If there are none, ffmpeg says so.
  }
  return least;
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
