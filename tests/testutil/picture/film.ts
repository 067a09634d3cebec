import { assert } from "@std/assert";

/**
 * Makes a film of one second: 64x48, 20 pictures a second.
 *
 * @param path of the file
 * @param coding options of ffmpeg for the codec and the container
 */
export async function makeFilm(path: string, coding: readonly string[]): Promise<void> {
  const source = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=20:duration=1"];
  const { success } = await new Deno.Command("ffmpeg", {
    args: ["-loglevel", "error", ...source, ...coding, `file:${path}`],
    stdin: "null",
  }).output();
  assert(success, `ffmpeg makes no film at ${path}`);
}
