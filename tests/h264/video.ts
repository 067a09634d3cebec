import { byteStream } from "../ffmpeg/output/bordered_stream.ts";
import { readFlv, type VideoConfig, type VideoUnit } from "../../lib/ffmpeg/output/flv.ts";

/** A stream of H.264 in FLV, as a real ffmpeg writes it of its test picture. */
export async function encodeFlv(
  { size = "64x48", frames = 10, args = [] }: {
    size?: string;
    frames?: number;
    args?: readonly string[];
  } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const encoder = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", ...args];
  const { success, stdout, stderr } = await new Deno.Command("ffmpeg", {
    args: [
      "-v",
      "error",
      "-f",
      "lavfi",
      "-i",
      `testsrc2=s=${size}:r=10`,
      "-frames:v",
      String(frames),
      ...encoder,
      "-f",
      "flv",
      "-flvflags",
      "no_duration_filesize",
      "pipe:1",
    ],
    stdin: "null",
  }).output();
  if (!success) throw new Error(`ffmpeg failed: ${new TextDecoder().decode(stderr)}`);
  return stdout;
}

/** The contents of an FLV stream. */
export async function unitsOf(
  ...chunks: readonly Uint8Array[]
): Promise<{ config: VideoConfig | undefined; units: VideoUnit[] }> {
  let config: VideoConfig | undefined;
  const units: VideoUnit[] = [];
  for await (const packet of readFlv(byteStream(chunks).stream, { now: () => 0 })) {
    if (packet.type === "config") config = packet;
    else units.push(packet);
  }
  return { config, units };
}

/** Decodes a file with ffmpeg; returns how many pictures came out, and what it complained of. */
export async function decode(
  file: Uint8Array,
): Promise<{ frames: number; width: number; height: number; complaints: string }> {
  const path = await Deno.makeTempFile({ suffix: ".mp4" });
  await Deno.writeFile(path, file);
  const entries = "stream=width,height,nb_read_frames";
  const [probe, decoding] = await Promise.all([
    new Deno.Command("ffprobe", {
      args: ["-v", "error", "-count_frames", "-show_entries", entries, "-of", "json", path],
      stdin: "null",
    }).output(),
    new Deno.Command("ffmpeg", {
      // It would count in pictures a second otherwise, which come unevenly on a busy machine.
      args: ["-v", "warning", "-i", path, "-enc_time_base", "1:90000", "-f", "null", "-"],
      stdin: "null",
    }).output(),
  ]);
  await Deno.remove(path);
  const { streams: [stream] } = JSON.parse(new TextDecoder().decode(probe.stdout));
  return {
    frames: Number(stream.nb_read_frames),
    width: stream.width,
    height: stream.height,
    complaints: new TextDecoder().decode(decoding.stderr),
  };
}
