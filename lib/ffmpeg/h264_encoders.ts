import { askProgram, problemWords } from "./ask_program.ts";
import { installHint } from "./ffmpeg_version.ts";
import { tryEncoder } from "./try_encoder.ts";

/** The encoders that `auto` considers, in order. */
const USUAL_H264_ENCODERS = [
  "libx264",
  "libopenh264",
  "h264_videotoolbox",
  "h264_mf",
] as const;

const known = new Map<string, Promise<string>>();

/**
 * The encoder for H.264: the one with this name or, for `auto`, the first usual one that works. An
 * ffmpeg is queried only once per run of wscam, unless it has none.
 *
 * @throws {RangeError} when there is none, with what to do
 */
export function findH264Encoder(ffmpeg: string, wanted: string): Promise<string> {
  const key = `${wanted} ${ffmpeg}`;
  const asked = known.get(key);
  if (asked) return asked;
  const asking = ask(ffmpeg, wanted);
  known.set(key, asking);
  asking.catch(() => known.delete(key));
  return asking;
}

async function ask(ffmpeg: string, wanted: string): Promise<string> {
  const { text, problem } = await askProgram(ffmpeg, ["-hide_banner", "-encoders"]);
  const osRelease = await Deno.readTextFile("/etc/os-release").catch(() => "");
  const remedy = `install one with '${installHint(Deno.build.os, osRelease)}', ` +
    "or name another with '--ffmpeg'";
  if (problem !== undefined) {
    throw new RangeError(`ffmpeg '${ffmpeg}' ${problemWords(problem)}: ${remedy}`);
  }
  const there = parseEncoders(text);
  if (wanted === "auto") return await firstUsual(ffmpeg, there, remedy);
  if (!there.includes(wanted)) {
    const have = there.length === 0 ? "none for H.264" : there.join(", ");
    throw new RangeError(
      `'--h264-encoder' must be one that ffmpeg '${ffmpeg}' has, which are ${have}, got '${wanted}'`,
    );
  }
  const why = await tryEncoder(ffmpeg, wanted);
  if (why === undefined) return wanted;
  throw new RangeError(
    `ffmpeg's encoder '${wanted}' doesn't work here (${why}): ` +
      "leave '--h264-encoder' out, or name another with it",
  );
}

/**
 * The first of the usual ones that works: some builds list one whose hardware or library is
 * missing.
 */
async function firstUsual(
  ffmpeg: string,
  there: readonly string[],
  remedy: string,
): Promise<string> {
  const failures: string[] = [];
  for (const name of USUAL_H264_ENCODERS.filter((each) => there.includes(each))) {
    const why = await tryEncoder(ffmpeg, name);
    if (why === undefined) return name;
    failures.push(`${name}: ${why}`);
  }
  const unusual = there.filter((name) => !USUAL_H264_ENCODERS.some((each) => each === name));
  const others = unusual.length === 0
    ? ""
    : `, or one of ${unusual.join(", ")} with '--h264-encoder'`;
  const lack = failures.length === 0
    ? `no encoder for H.264 (${USUAL_H264_ENCODERS.join(", ")})`
    : `no encoder for H.264 that works here (${failures.join("; ")})`;
  throw new RangeError(`ffmpeg '${ffmpeg}' has ${lack}: ${remedy}${others}`);
}

/** The names of the H.264 encoders in the output of `ffmpeg -encoders`. */
export function parseEncoders(text: string): string[] {
  const lines = text.matchAll(/^ V\S{5} (\S+) +(.*)$/gm);
  return Array.from(lines, ([, name = "", words = ""]) => ({ name, words }))
    .filter(({ name, words }) => name.includes("264") || words.includes("(codec h264)"))
    .map(({ name }) => name)
    .filter((name) => !name.endsWith("rgb"));
}
