import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { loadSource } from "../../../../lib/camera/source_kinds.ts";
import type { Source } from "../../../../lib/camera/source.ts";
import { DEFAULT_CAPTURE } from "../../../../lib/frame/change_capture.ts";
import { readComment } from "../../../../lib/jpeg/comment.ts";
import { isInitialisation, readFragment } from "../../../../lib/h264/read_fragment.ts";
import type { State } from "../../../../lib/server/state.ts";
import { decode } from "../../../h264/video.ts";
import { eventually } from "../../../testutil/eventually.ts";
import { openViewer, type TestViewer } from "../../../testutil/client/messages.ts";
import { testWith } from "../../../testutil/needs.ts";
import { ffmpegsWith } from "../../../testutil/system/processes.ts";
import { startRtspServer } from "../../../testutil/camera/rtsp.ts";
import { startTestServer } from "../../../testutil/server/test_server.ts";

const LINUX = Deno.build.os === "linux";

/** A film in H.264, which is played again and again. */
async function makeFilm(args: readonly string[]): Promise<{ path: string } & AsyncDisposable> {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/film.mp4`;
  const input = ["-f", "lavfi", "-i", "testsrc2=s=160x120:r=20:d=3"];
  const { success } = await new Deno.Command("ffmpeg", {
    args: ["-v", "error", ...input, "-c:v", "libx264", "-pix_fmt", "yuv420p", ...args, path],
    stdin: "null",
  }).output();
  assert(success);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }) };
}

async function sourceOf(spec: Parameters<typeof loadSource>[0]): Promise<Source> {
  return (await loadSource(spec))(DEFAULT_CAPTURE, { ffmpeg: "ffmpeg" });
}

function pictures({ files }: TestViewer): Uint8Array<ArrayBuffer>[] {
  return files.filter((file) => readFragment(file) !== undefined);
}

testWith(["ffmpeg"], "a film in H.264 is passed on as it is", async (t) => {
  const cases = {
    "baseline": ["-profile:v", "baseline", "-g", "20"],
    "main, with B-frames": ["-profile:v", "main", "-bf", "3", "-g", "20"],
    "one key frame": ["-profile:v", "main", "-bf", "0", "-g", "1000", "-keyint_min", "1000"],
  };
  for (const [name, args] of Object.entries(cases)) {
    await t.step(name, async () => {
      await using film = await makeFilm(args);
      const source = await sourceOf({ kind: "file", path: film.path });
      await using server = await startTestServer({ source });
      await using viewer = await openViewer(`${server.ws}/?format=h264`);
      await eventually(() => pictures(viewer).length > 30);
      const files = viewer.files.slice();
      assertEquals(files.filter(isInitialisation).length, 1);
      const { complaints, ...decoded } = await decode(await new Blob(files).bytes());
      assertEquals(complaints, "");
      assertEquals(decoded, { frames: files.length - 1, width: 160, height: 120 });
      const { cameras: [camera] } = await (await fetch(`${server.url}/state`)).json() as State;
      const [rendition] = camera?.renditions ?? [];
      assertEquals([rendition?.codec, rendition?.encoded], ["h264", 0]);
      assertGreater(rendition?.copied ?? 0, 30);
      assertEquals(viewer.errors(), []);
    });
  }
});

testWith(["ffmpeg"], "who wants a narrower picture gets one that is encoded", async () => {
  await using film = await makeFilm(["-g", "20"]);
  const source = await sourceOf({ kind: "file", path: film.path });
  await using server = await startTestServer({ source });
  await using own = await openViewer(`${server.ws}/?format=h264`);
  await using narrow = await openViewer(`${server.ws}/?format=h264&width=80`);
  await eventually(() => pictures(own).length > 3 && pictures(narrow).length > 3);
  const { cameras: [camera] } = await (await fetch(`${server.url}/state`)).json() as State;
  const made = camera?.renditions.map(({ width, encoded }) => [width, encoded > 0]);
  assertEquals(made, [[null, false], [80, true]]);
});

testWith(
  ["ffmpeg", "gst-rtsp"],
  "an RTSP camera in H.264 is opened once for H.264 and JPEG",
  async () => {
    await using camera = await startRtspServer("h264");
    const source = await sourceOf({ kind: "url", url: camera.url });
    await using server = await startTestServer({ source });
    await using video = await openViewer(`${server.ws}/?format=h264`);
    await eventually(() => pictures(video).length > 5);
    if (LINUX) assertEquals((await ffmpegsWith(camera.url)).length, 1);
    await using jpeg = await openViewer(server.ws);
    await eventually(() => jpeg.images().length > 3);
    if (LINUX) assertEquals((await ffmpegsWith(camera.url)).length, 1);
    const newest = jpeg.images().at(-1);
    assertLess(Date.now() / 1000 - (newest?.timestamp ?? 0), 30);
    const { cameras: [state] } = await (await fetch(`${server.url}/state`)).json() as State;
    assertEquals([state?.restarts, state?.renditions.length], [0, 2]);
    const own = state?.renditions.find(({ codec }) => codec === "h264");
    assertEquals(own?.encoded, 0);
    assertEquals(video.errors().concat(jpeg.errors()), []);
  },
);

testWith(
  ["ffmpeg", "gst-rtsp"],
  "an RTSP camera with B-frames and sound is passed on, whole and from its key frame",
  async () => {
    await using camera = await startRtspServer("h264-b");
    const source = await sourceOf({ kind: "url", url: camera.url });
    await using server = await startTestServer({ source });
    await using video = await openViewer(`${server.ws}/?format=h264`);
    await eventually(() => pictures(video).length > 20);
    await using jpeg = await openViewer(`${server.ws}/?format=binary`);
    await using late = await openViewer(`${server.ws}/?format=h264`);
    await eventually(() => jpeg.files.length > 5);
    await eventually(() => pictures(late).length > 30);
    assertEquals(late.files[1] && readFragment(late.files[1])?.isKey, true);
    for (const { files } of [video, late]) {
      const read = files.flatMap((file) => readFragment(file) ?? []);
      // JPEG that is made beside them takes no numbers.
      const [first = 0] = read.map(({ sequence }) => sequence);
      assertEquals(read.map(({ sequence }) => sequence), read.map((_, i) => first + i));
      const decoded = await decode(await new Blob(files).bytes());
      assertEquals([decoded.frames, decoded.complaints], [read.length, ""]);
    }
    const numbers = jpeg.files.map((file) => JSON.parse(readComment(file) ?? "{}").sequence);
    assertEquals(numbers, numbers.toSorted((a, b) => a - b));
    const { cameras: [state] } = await (await fetch(`${server.url}/state`)).json() as State;
    assertEquals(state?.restarts, 0);
    assertEquals([video, late, jpeg].flatMap((viewer) => viewer.errors()), []);
  },
);

testWith(
  ["ffmpeg", "gst-rtsp"],
  "an RTSP camera that is shown as JPEG is opened again for H.264, and nobody is told",
  async () => {
    await using camera = await startRtspServer("h264");
    const source = await sourceOf({ kind: "url", url: camera.url });
    await using server = await startTestServer({ source });
    await using jpeg = await openViewer(server.ws);
    await eventually(() => jpeg.images().length > 3);
    await using video = await openViewer(`${server.ws}/?format=h264`);
    await eventually(() => pictures(video).length > 5);
    const before = jpeg.images().length;
    await eventually(() => jpeg.images().length > before + 3);
    assertEquals(video.errors().concat(jpeg.errors()), []);
    const { cameras: [state] } = await (await fetch(`${server.url}/state`)).json() as State;
    const own = state?.renditions.find(({ codec }) => codec === "h264");
    assertGreater(own?.copied ?? 0, 4);
  },
);
