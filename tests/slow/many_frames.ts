/**
 * Takes many frames through the real encoder to a viewer, each as soon as the one before is sent, and
 * prints by how much that made the process grow: `deno run -A many_frames.ts COUNT`.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- the figures are its output
import { type Frame } from "../../lib/frame/frame.ts";
import type { Reading } from "../../lib/camera/source.ts";
import { ServedCamera } from "../../lib/stream/served_camera.ts";
import type { Link } from "../../lib/stream/viewer/link.ts";
import { Viewer } from "../../lib/stream/viewer/viewer.ts";

const WARM = 2000;
const [width, height] = [64, 48];
const count = Number(Deno.args[0]);
let delivered = Promise.withResolvers<void>();

const source = {
  async *frames({ pool, signal }: Reading): AsyncGenerator<Frame, void> {
    signal.addEventListener("abort", () => delivered.resolve());
    for (let i = 0; !signal.aborted; i++) {
      const data = new Uint8Array(pool.take(width * height * 4)).fill(i);
      const next = delivered.promise;
      yield pool.frame(data, { width, height, timestamp: Date.now() / 1000 });
      await next;
    }
  },
};

const served = new ServedCamera(source, { name: "fast", description: "fast", fps: 1e9 });
const { promise: done, resolve: finish } = Promise.withResolvers<void>();
let frames = 0;
let before = 0;
const link: Link = {
  pending: 0,
  isTaking: false,
  send() {
    const { resolve } = delivered;
    delivered = Promise.withResolvers();
    resolve();
    if (++frames === WARM) before = Deno.memoryUsage().rss;
    if (frames === WARM + count) finish();
  },
  drop() {},
};
served.join(new Viewer(link));
await done;
console.log(JSON.stringify({ frames, grown: Deno.memoryUsage().rss - before }));
await served.camera.close();
