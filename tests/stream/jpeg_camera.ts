import type { Frame } from "../../lib/frame/frame.ts";
import { sleep } from "../../lib/time/sleep.ts";
import type { Reading, Source } from "../../lib/camera/source.ts";
import { Encoders } from "../../lib/stream/encoders.ts";
import { ServedCamera } from "../../lib/stream/served_camera.ts";
import { drawJpeg } from "../jpeg/jpegs.ts";

/** A camera that is called "door" and delivers JPEG, on a machine without ffmpeg: no other rendition can be made. */
export async function createJpegCamera(): Promise<ServedCamera> {
  const jpeg = await drawJpeg(48, 32);
  const source: Source = {
    async *frames({ pool, signal }: Reading): AsyncGenerator<Frame, void> {
      while (!signal.aborted) {
        yield pool.jpeg(jpeg, { width: 48, height: 32, timestamp: Date.now() / 1000 });
        await sleep(20, signal);
      }
    },
  };
  return new ServedCamera(source, {
    name: "door",
    description: "test",
    fps: 1e9,
    lingerMs: 0,
    createEncoders: (camera) => new Encoders({ ffmpeg: "/no/such/ffmpeg", ...camera }),
  });
}
