/** Endings of files that hold one picture. */
const STILL = /\.(jpe?g|png|bmp|webp|tiff?|p[bgpn]m|pam)$/i;
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
export function stillArgs(stills: Stills, fps: number): string[] {
  const [pattern, rate] = stills === "one" ? ["none", STILL_FPS] : ["sequence", fps];
  return [
    "-f",
    "image2",
    "-pattern_type",
    pattern,
    "-framerate",
    String(rate),
    "-loop",
    "1",
  ];
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
