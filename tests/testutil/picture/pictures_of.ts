import { assertEquals } from "@std/assert";
import { decodeBase64 } from "@std/encoding/base64";
import { jpegOf, segmentsOf } from "../../jpeg/jpegs.ts";
import { eventually } from "../eventually.ts";
import { type TestViewer } from "../client/messages.ts";
import { type Vcam } from "../camera/vcam.ts";

export const SOS = 0xda;

export const COM = 0xfe;

/** Loaded machines are slow. */
export const WITHIN = { within: 60_000 };

/** A viewer's pictures, as files. */
export function jpegsOf(viewer: TestViewer): Uint8Array<ArrayBuffer>[] {
  return viewer.images().map(({ data }) => Uint8Array.from(decodeBase64(data)));
}

export async function untilImages(viewer: TestViewer, count: number): Promise<void> {
  await eventually(() => viewer.images().length >= count, WITHIN);
  assertEquals(viewer.errors(), []);
}

/** Everything but the pixels: what tells one encoder from another. */
export function withoutScan(jpeg: Uint8Array): string {
  const segments = segmentsOf(jpeg).filter(({ marker }) => marker !== SOS);
  return jpegOf(segments.map(({ bytes }) => bytes)).toHex();
}

/** Whether ffmpeg's encoder made a picture: it leaves its name. */
export function isFfmpegs(jpeg: Uint8Array): boolean {
  const comments = segmentsOf(jpeg).filter(({ marker }) => marker === COM);
  return comments.some(({ bytes }) => new TextDecoder().decode(bytes).includes("Lavc"));
}

/** A picture that a camera itself makes. */
export async function ownPicture(vcam: Vcam): Promise<Uint8Array> {
  const input = ["-f", "v4l2", "-input_format", "mjpeg", "-i", vcam.path];
  const { stdout } = await new Deno.Command("ffmpeg", {
    args: ["-v", "quiet", ...input, "-frames:v", "1", "-c:v", "copy", "-f", "mjpeg", "pipe:1"],
    env: vcam.env,
    stdin: "null",
  }).output();
  return stdout;
}
