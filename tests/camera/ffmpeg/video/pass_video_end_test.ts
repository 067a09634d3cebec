import { assertEquals } from "@std/assert";
import { passVideo } from "../../../../lib/camera/ffmpeg/video/pass_video.ts";
import { flvPicture, flvStart } from "../../../../lib/ffmpeg/output/flv_writer.ts";
import { FramePool } from "../../../../lib/frame/frame.ts";
import { readAvcConfig } from "../../../../lib/h264/avc_config.ts";
import { encodeFlv, unitsOf } from "../../../h264/video.ts";
import { testWith } from "../../../testutil/needs.ts";
import { ffmpegsWith } from "../../../testutil/system/processes.ts";

/** More steps than lie between a picture's last byte and its decoder. */
const STEPS = 20;

/** Two key frames as FLV, in a piece each. */
async function twoPictures(): Promise<[Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>]> {
  const { config, units } = await unitsOf(await encodeFlv({ frames: 2, args: ["-g", "1"] }));
  const avc = readAvcConfig(config?.record ?? new Uint8Array());
  const [first, second] = units.map((unit, i) => {
    const about = { width: avc.width, height: avc.height, timestamp: i, sequence: i + 1 };
    return flvPicture({ ...unit, ...about, config: avc }, 100 * i);
  });
  if (first === undefined || second === undefined) throw new Error("ffmpeg made too few");
  const begun = new Uint8Array([...flvStart(avc), ...first]);
  return [begun, second];
}

testWith(["ffmpeg"], "passVideo() leaves no decoder behind, whenever it is ended", async () => {
  const [first, second] = await twoPictures();
  for (let steps = 0; steps <= STEPS; steps++) {
    const mark = `comment=end ${steps} of ${crypto.randomUUID()}`;
    const read = ["-v", "quiet", "-f", "flv", "-i", "pipe:0", "-metadata", mark, "-f", "null", "-"];
    const begun = Promise.withResolvers<void>();
    let pictures = 0;
    const abort = new AbortController();
    const { readable, writable } = bytes();
    const frames = Array.fromAsync(passVideo(readable, {
      ffmpeg: "ffmpeg",
      how: () => ({ args: read, isRaw: true }),
      pool: new FramePool(),
      signal: abort.signal,
      video: {
        isWanted: () => true,
        // Decoding would begin with the second picture.
        wantsFrames: () => pictures > 1,
        onPicture() {
          pictures++;
          begun.resolve();
        },
      },
    }));
    writable.enqueue(first.slice());
    await begun.promise;
    writable.enqueue(second.slice());
    for (let step = 0; step < steps; step++) await Promise.resolve();
    abort.abort();
    assertEquals(await frames, []);
    const left = Deno.build.os === "linux" ? await ffmpegsWith(mark) : [];
    for (const pid of left) Deno.kill(pid, "SIGKILL");
    assertEquals(left, [], `${steps} steps after the picture`);
  }
});

/** A stream of bytes, and where they go in. */
function bytes(): {
  readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  writable: ReadableByteStreamController;
} {
  let writable: ReadableByteStreamController | undefined;
  const readable = new ReadableStream({
    type: "bytes",
    start(controller) {
      writable = controller;
    },
  });
  if (writable === undefined) throw new Error("a stream starts at once");
  return { readable, writable };
}
