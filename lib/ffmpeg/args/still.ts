import { basename, dirname } from "node:path";

/** Endings of files that hold one picture. */
const STILL = /\.(jpe?g?|jfif|png|bmp|webp|tiff?|p[bgpn]m|pam)$/i;
/** `%d`, `%03d`: where a number stands in the names of many. */
const NUMBER = /%0?\d*d/;
/** A still is shown again so often, in frames a second: it stays fresh, and costs little. */
const STILL_FPS = 2;

/** How a file of pictures is opened: one alone, or many that are numbered. */
export type Stills = "one" | "many";

/**
 * Whether a file is one picture, and not a video, or stands for many whose names have numbers. A file that has
 * just that name is what is meant.
 */
export function stillsOf(path: string): Stills | undefined {
  if (!STILL.test(path)) return undefined;
  return NUMBER.test(path) && !isThere(path) ? "many" : "one";
}

/** The input arguments for it: over and over again. */
export function stillArgs(stills: Stills, path: string, fps: number): string[] {
  const [pattern, rate] = stills === "one" ? ["none", STILL_FPS] : ["sequence", fps];
  const first = stills === "many" ? firstNumber(path) : undefined;
  const start = first === undefined ? [] : ["-start_number", String(first)];
  const again = ["-framerate", String(rate), "-loop", "1"];
  return ["-f", "image2", "-pattern_type", pattern, ...again, ...start];
}

/** The least number of the pictures that a name with `%d` stands for: ffmpeg itself looks no further than 4. */
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
    // That there are none is said by ffmpeg.
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
