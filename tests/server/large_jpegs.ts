import type { Reading, Source } from "../../lib/camera/source.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { withComment } from "../../lib/jpeg/comment.ts";
import { sleep } from "../../lib/time/sleep.ts";
import { drawJpeg } from "../jpeg/jpegs.ts";

/** Bytes of a comment; there may be several. */
const COMMENT = 60_000;

/**
 * A camera that gives the same JPEG of 180 KB sixty times a second, which nobody has to encode: it soon fills the connection
 * of a viewer that reads nothing, and costs little.
 */
export async function createLargeJpegs(): Promise<Source> {
  let jpeg = await drawJpeg(64, 48);
  for (let i = 0; i < 3; i++) jpeg = withComment(jpeg, "x".repeat(COMMENT));
  return {
    async *frames({ pool, signal }: Reading): AsyncGenerator<Frame, void> {
      while (!signal.aborted) {
        yield pool.jpeg(jpeg, { width: 64, height: 48, timestamp: Date.now() / 1000 });
        await sleep(16, signal);
      }
    },
  };
}
