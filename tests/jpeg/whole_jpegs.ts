import { drawJpeg, jpegOf, runFfmpeg, segmentsOf } from "./jpegs.ts";

export const DHT = 0xc4;
export const DRI = 0xdd;
export const SOF2 = 0xc2;
export const SOS = 0xda;

export const DRAWN = await drawJpeg(40, 24, 1);

/** One picture as ffmpeg encodes it. */
export async function ffmpegJpeg(...args: string[]): Promise<Uint8Array<ArrayBuffer>> {
  const input = ["-f", "lavfi", "-i", "testsrc2=s=32x64:r=10", "-frames:v", "1", "-c:v", "mjpeg"];
  return await runFfmpeg([...input, ...args, "-f", "mjpeg"]);
}

/** Pictures from real encoders, by what is special about them. */

export function markersOf(jpeg: Uint8Array): number[] {
  return segmentsOf(jpeg).map(({ marker }) => marker);
}

/** A picture as a camera without tables sends it. */
export function withoutTables(jpeg: Uint8Array): Uint8Array<ArrayBuffer> {
  const segments = segmentsOf(jpeg).filter(({ marker }) => marker !== DHT);
  return jpegOf(segments.map(({ bytes }) => bytes));
}

/** In the last few bytes of a scan may be nothing but filling. */
export const LAST_BYTES = 12;
