import { assertEquals, assertRejects } from "@std/assert";
import { loadSource } from "../../lib/camera/source_kinds.ts";
import { DEFAULT_CAPTURE } from "../../lib/frame/change_capture.ts";
import { FramePool } from "../../lib/frame/frame.ts";
import { SourceError } from "../../lib/frame/source_error.ts";

const CAPTURE = { ...DEFAULT_CAPTURE, resolution: { width: 48, height: 32 }, fps: 30 };
const OPTIONS = { ffmpeg: "/nowhere/ffmpeg" };

Deno.test("loadSource() draws the test picture without ffmpeg", async () => {
  const { signal } = new AbortController();
  const open = await loadSource({ kind: "test" });
  for await (const frame of open(CAPTURE, OPTIONS).frames({ pool: new FramePool(), signal })) {
    assertEquals([frame.width, frame.height], [48, 32]);
    break;
  }
});

Deno.test("loadSource() opens everything else through ffmpeg", async () => {
  const { signal } = new AbortController();
  for (
    const spec of [
      { kind: "index", index: 0 },
      { kind: "device", path: "/dev/video0" },
      { kind: "name", name: "cam" },
      { kind: "url", url: "rtsp://h" },
      { kind: "url", url: "http://h/film.mp4" },
      { kind: "file", path: "a.mp4" },
    ] as const
  ) {
    const open = await loadSource(spec);
    const frames = open(CAPTURE, OPTIONS).frames({ pool: new FramePool(), signal });
    await assertRejects(() => Array.fromAsync(frames), SourceError, "needs ffmpeg");
  }
});
