import { assert } from "@std/assert";

/** A picture, as ffprobe sees it. */
export interface Probed {
  width: number;
  height: number;
  /** Its COM segment, if it has one. */
  comment: string | undefined;
}

/** Has ffprobe look at a JPEG file. */
export async function runFfprobe(jpeg: Uint8Array): Promise<Probed> {
  const path = await Deno.makeTempFile({ suffix: ".jpg" });
  try {
    await Deno.writeFile(path, jpeg);
    const { success, stdout, stderr } = await new Deno.Command("ffprobe", {
      args: ["-v", "info", "-debug", "pict", "-show_frames", "-of", "json", path],
    }).output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assert(success && out !== undefined, err);
    const { frames: [{ width, height }] } = JSON.parse(out);
    return { width, height, comment: err?.match(/comment: '(.*)'/)?.[1] };
  } finally {
    await Deno.remove(path);
  }
}
