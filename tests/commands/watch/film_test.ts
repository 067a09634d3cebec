import { assertEquals } from "@std/assert";
import { Film } from "../../../lib/commands/watch/film.ts";
import { readAvcConfig } from "../../../lib/h264/avc_config.ts";
import { fragment, initialisation } from "../../../lib/h264/fragments.ts";
import { decode, encodeFlv, unitsOf } from "../../h264/video.ts";
import { testWith } from "../../testutil/needs.ts";

/** A viewer's messages from a stream whose times begin anywhere. */
async function arrivalOf(
  size: string,
  from: number,
): Promise<{ start: Uint8Array; fragments: Uint8Array[] }> {
  const { config, units } = await unitsOf(await encodeFlv({ size, args: ["-bf", "0"] }));
  if (config === undefined) throw new Error("Its beginning is missing");
  const fragments = units.map(({ data, isKey }, i) =>
    fragment({
      sequence: i + 1,
      data,
      isKey,
      timestamp: 1,
      offset: 0,
      decodeTime: from + i * 9000,
      duration: 9000,
    })
  );
  return { start: initialisation(readAvcConfig(config.record)), fragments };
}

testWith(
  ["ffmpeg"],
  "Film goes on after a break, and in another file at another size",
  async () => {
    const dir = await Deno.makeTempDir();
    const film = new Film(`${dir}/a.mp4`);
    for (const [size, from] of [["64x48", 9e9], ["64x48", 0], ["32x32", 90_000]] as const) {
      const { start, fragments } = await arrivalOf(size, from);
      await film.begin(start);
      for (const each of fragments) await film.add(each);
    }
    const [first, second] = await Promise.all(
      ["a.mp4", "a-2.mp4"].map(async (name) => decode(await Deno.readFile(`${dir}/${name}`))),
    );
    assertEquals(first, { frames: 20, width: 64, height: 48, complaints: "" });
    assertEquals(second, { frames: 10, width: 32, height: 32, complaints: "" });
    await Deno.remove(dir, { recursive: true });
  },
);
