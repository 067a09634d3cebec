import type { Frame, FramePool } from "./frame.ts";

/** More than any camera delivers, and a bound on what a broken stream makes us allocate. */
export const MAX_SIDE = 16_384;
/** Two pictures of 8K. */
export const MAX_PIXELS = 7680 * 4320 * 2;

/** The shortest header of an RGBA picture: of one pixel. */
const MIN_HEADER =
  "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n".length;
const MAX_HEADER = 512;
const END = new TextEncoder().encode("ENDHDR\n");

/** Options of {@linkcode readPam}. */
export interface ReadPamOptions {
  /** Where the frames' buffers come from. */
  pool: FramePool;
  /** Ends the reading. */
  signal?: AbortSignal;
  /** The clock for capture times, in milliseconds since 1970. @default {Date.now} */
  now?: () => number;
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
  { pool, signal, now = Date.now }: ReadPamOptions,
): AsyncGenerator<Frame, void> {
  const reader = stream.getReader({ mode: "byob" });
  const cancel = (): void => void reader.cancel().catch(() => {});
  signal?.addEventListener("abort", cancel);
  if (signal?.aborted) cancel();
  let header = new Uint8Array(MAX_HEADER);
  try {
    while (true) {
      const length = await readHeader();
      if (length === 0) return;
      const timestamp = now() / 1000;
      const { width, height } = parseHeader(new TextDecoder().decode(header.subarray(0, length)));
      const size = width * height * 4;
      const data = await fill(new Uint8Array(pool.take(size), 0, size));
      if (signal?.aborted || data.length < size) return;
      yield pool.frame(data, { width, height, timestamp });
    }
  } finally {
    signal?.removeEventListener("abort", cancel);
    cancel();
  }

  /** Reads exactly as far as the header goes, so that the pixels can go where they belong. */
  async function readHeader(): Promise<number> {
    let length = 0;
    let missing = MIN_HEADER;
    while (missing > 0) {
      if (length + missing > MAX_HEADER) {
        throw new TypeError("Cannot read picture: header too long");
      }
      const part = await fill(new Uint8Array(header.buffer, length, missing));
      header = new Uint8Array(part.buffer);
      length += part.length;
      if (signal?.aborted || part.length < missing) return 0;
      missing = missingOfEnd(header.subarray(0, length));
    }
    return length;
  }

  /** Fills the view, or as much of it as there is before the end. */
  async function fill(view: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const { value } = await reader.read(view, { min: view.length });
    // Only after a cancellation is the buffer gone.
    return value ?? new Uint8Array(MAX_HEADER).subarray(0, 0);
  }
}

/** How many bytes are missing at least, until the header can have ended. */
function missingOfEnd(header: Uint8Array): number {
  for (let matched = END.length; matched > 0; matched--) {
    const tail = header.subarray(-matched);
    if (tail.every((byte, i) => byte === END[i])) return END.length - matched;
  }
  return END.length;
}

function parseHeader(text: string): { width: number; height: number } {
  const [magic, ...lines] = text.split("\n");
  const fields = new Map(lines.map((line) => {
    const space = line.indexOf(" ");
    return [line.slice(0, space), line.slice(space + 1)];
  }));
  const width = Number(fields.get("WIDTH"));
  const height = Number(fields.get("HEIGHT"));
  const rgba = magic === "P7" && fields.get("DEPTH") === "4" && fields.get("MAXVAL") === "255" &&
    fields.get("TUPLTYPE") === "RGB_ALPHA";
  const sized = [width, height].every((side) =>
    Number.isInteger(side) && side > 0 && side <= MAX_SIDE
  );
  if (!rgba || !sized || width * height > MAX_PIXELS) {
    throw new TypeError(
      `Cannot read picture: header must be RGBA in PAM, got ${JSON.stringify(text)}`,
    );
  }
  return { width, height };
}
