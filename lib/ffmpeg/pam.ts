import { ByteReader } from "./byte_reader.ts";
import type { Frame, FramePool } from "../frame/frame.ts";
import { isShown } from "../jpeg/shown_size.ts";

/** The shortest header of an RGBA picture: of one pixel. */
const MIN_HEADER =
  "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n".length;
const MAX_HEADER = 512;
const END = new TextEncoder().encode("ENDHDR\n");

/** Options of {@linkcode readPam}. */
export interface ReadPamOptions {
  /** Gives the frames' buffers. */
  pool: FramePool;
  /** Ends the reading. */
  signal?: AbortSignal;
  /** The clock for capture times, in milliseconds since 1970. @default {Date.now} */
  now?: () => number;
  /**
   * Called for each picture with when it came, for when it was taken, both in seconds since 1970; nothing where
   * it is too late to be shown. @default when it came
   */
  stamp?: ((arrived: number) => Promise<number | undefined>) | undefined;
}

/**
 * Reads RGBA pictures in the PAM format (http://netpbm.sourceforge.net/doc/pam.html) straight into
 * pooled buffers. A frame's time is when its header arrived. A picture that the end of the stream
 * cuts is dropped.
 *
 * @throws {TypeError} when the stream is not RGBA in PAM
 */
export async function* readPam(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  { pool, signal, now = Date.now, stamp }: ReadPamOptions,
): AsyncGenerator<Frame, void> {
  using reader = new ByteReader(stream, MAX_HEADER, signal);
  while (true) {
    const header = await reader.readThrough(END, MIN_HEADER);
    if (header === undefined) return;
    const arrived = now() / 1000;
    const { width, height } = parseHeader(header);
    const size = width * height * 4;
    const data = await reader.read(pool.take(size), size);
    if (data === undefined) return;
    const timestamp = stamp ? await stamp(arrived) : arrived;
    if (timestamp === undefined) pool.give(data.buffer);
    else yield pool.frame(data, { width, height, timestamp });
  }
}

function parseHeader(header: Uint8Array | "long"): { width: number; height: number } {
  if (header === "long") throw new TypeError("Cannot read picture: header too long");
  const text = new TextDecoder().decode(header);
  const [magic, ...lines] = text.split("\n");
  const fields = new Map(lines.map((line) => {
    const space = line.indexOf(" ");
    return [line.slice(0, space), line.slice(space + 1)];
  }));
  const width = Number(fields.get("WIDTH"));
  const height = Number(fields.get("HEIGHT"));
  const rgba = magic === "P7" && fields.get("DEPTH") === "4" && fields.get("MAXVAL") === "255" &&
    fields.get("TUPLTYPE") === "RGB_ALPHA";
  // It bounds what a broken stream makes us allocate.
  if (!rgba || !isShown({ width, height })) {
    throw new TypeError(
      `Cannot read picture: header must be RGBA in PAM, got ${JSON.stringify(text)}`,
    );
  }
  return { width, height };
}
