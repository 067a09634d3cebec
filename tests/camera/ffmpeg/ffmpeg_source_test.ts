import {
  assert,
  assertEquals,
  assertGreater,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { FfmpegSource } from "../../../lib/camera/ffmpeg/ffmpeg_source.ts";
import { DEFAULT_CAPTURE } from "../../../lib/frame/change_capture.ts";
import { type Frame, FramePool } from "../../../lib/frame/frame.ts";
import { SourceError } from "../../../lib/frame/source_error.ts";
import { holdOpen, makeDeviceNodes } from "../../testutil/camera/device_node.ts";
import { eventually } from "../../testutil/eventually.ts";
import { temporaryDirectory } from "../../testutil/files.ts";
import { freePort } from "../../testutil/relay/nats.ts";
import { testWith } from "../../testutil/needs.ts";
import { makeFilm } from "../../testutil/picture/film.ts";
import { inOwnProcess } from "../../testutil/program/own_process.ts";
import { ffmpegsWith } from "../../testutil/system/processes.ts";

const CAPTURE = { ...DEFAULT_CAPTURE };
const OPTIONS = { ffmpeg: "ffmpeg" };
const LIB = new URL("../../../lib/", import.meta.url);

async function makeVideo(name: string): Promise<AsyncDisposable & { dir: string; path: string }> {
  const dir = await Deno.makeTempDir({ prefix: "wscam-source-" });
  await makeFilm(`${dir}/${name}`, ["-c:v", "mpeg4", "-f", "mp4"]);
  return {
    dir,
    path: `${dir}/${name}`,
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
}

/** The first frames of a file; taking fewer than there are stops early. */
async function takeFrames(path: string, count: number): Promise<Frame[]> {
  const { signal } = new AbortController();
  const source = new FfmpegSource({ kind: "file", path }, CAPTURE, OPTIONS);
  const frames: Frame[] = [];
  for await (const frame of source.frames({ pool: new FramePool(), signal })) {
    frames.push(frame);
    if (frames.length === count) break;
  }
  return frames;
}

testWith(["ffmpeg"], "FfmpegSource gives the frames of a file, in a loop", async () => {
  await using video = await makeVideo("a b.mp4");
  const frames = await takeFrames(video.path, 27);
  assertEquals(frames.length, 27, "more than the 20 that are in it");
  for (const { width, height, data } of frames) {
    assertEquals([width, height, data.length], [64, 48, 64 * 48 * 4]);
  }
  assertEquals(frames.map(({ sequence }) => sequence), frames.map((_, i) => i + 1));
  const pictures = new Set(frames.slice(0, 20).map(({ data }) => data.join()));
  assertGreater(pictures.size, 10, "the picture changes");
  const seconds = (frames.at(-1)?.timestamp ?? 0) - (frames[0]?.timestamp ?? 0);
  assertGreater(seconds, 0.3, "at its own speed, which are 1.3 s, and not at once");
  assertGreater(Date.now() / 1000 - (frames[0]?.timestamp ?? 0), 0);
});

testWith(["ffmpeg"], "FfmpegSource opens a file whatever its name", async () => {
  // As somebody would type them in the file's own folder.
  const all = ["-i.mp4", "concat:x.mp4", "a=b %03d.mp4", "猫.mp4", "pipe:0"];
  const [first = "", ...others] = all.slice(0, Deno.build.os === "windows" ? 1 : Infinity);
  await using video = await makeVideo(first);
  for (const name of others) await Deno.copyFile(video.path, `${video.dir}/${name}`);
  const shown = await inOwnProcess(`
    import { FfmpegSource } from "${new URL("camera/ffmpeg/ffmpeg_source.ts", LIB)}";
    import { FramePool } from "${new URL("frame/frame.ts", LIB)}";
    Deno.chdir(${JSON.stringify(video.dir)});
    const shown = [];
    for (const path of ${JSON.stringify([first, ...others])}) {
      const options = ${JSON.stringify(OPTIONS)};
      const source = new FfmpegSource({ kind: "file", path }, ${JSON.stringify(CAPTURE)}, options);
      const { signal } = new AbortController();
      for await (const { width } of source.frames({ pool: new FramePool(), signal })) {
        shown.push([path, width]);
        break;
      }
    }
    console.log(JSON.stringify(shown));`);
  assertEquals(shown, [first, ...others].map((name) => [name, 64]));
});

testWith(["ffmpeg"], "FfmpegSource says why a file gives no frames", async (t) => {
  const dir = await Deno.makeTempDir({ prefix: "wscam-source-" });
  try {
    await Deno.writeTextFile(`${dir}/text.mp4`, "this is no video\n".repeat(100));
    await Deno.writeTextFile(`${dir}/empty.mp4`, "");
    const cases = [
      ["missing.mp4", `isn't there: ${dir}/missing.mp4 does not exist`],
      ["text.mp4", `can't be shown: ${dir}/text.mp4 is not a video that ffmpeg can read`],
      ["empty.mp4", `can't be shown: ${dir}/empty.mp4 is not a video that ffmpeg can read`],
    ] as const;
    for (const [name, message] of cases) {
      await t.step(name, async () => {
        const error = await assertRejects(() => takeFrames(`${dir}/${name}`, 1), SourceError);
        assertEquals(error.message, message);
      });
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

testWith(["ffmpeg"], "FfmpegSource says when nobody listens at an address", async () => {
  const port = freePort();
  const url = `rtsp://me:geheim@127.0.0.1:${port}/x`;
  const { signal } = new AbortController();
  const source = new FfmpegSource({ kind: "url", url }, CAPTURE, OPTIONS);
  const error = await assertRejects(
    () => Array.fromAsync(source.frames({ pool: new FramePool(), signal })),
    SourceError,
  );
  assertStringIncludes(error.message, `127.0.0.1:${port}/x refuses connections`);
  assert(!error.message.includes("geheim"));
});

testWith(["ffmpeg"], "FfmpegSource ends ffmpeg when its signal is aborted", async () => {
  await using video = await makeVideo("a.mp4");
  // Other tests have children too: those with this video in their command line are this test's.
  const own = async (): Promise<number[]> => {
    if (Deno.build.os !== "linux") return [];
    return await ffmpegsWith(video.path);
  };
  const abort = new AbortController();
  const source = new FfmpegSource({ kind: "file", path: video.path }, CAPTURE, OPTIONS);
  let frames = 0;
  const ended = (async () => {
    for await (const frame of source.frames({ pool: new FramePool(), signal: abort.signal })) {
      frame.release();
      frames++;
    }
  })();
  await eventually(() => frames >= 2);
  if (Deno.build.os === "linux") assertGreater((await own()).length, 0);
  abort.abort();
  await ended;
  assertEquals(await own(), [], "nothing of it is left");
});

testWith(
  ["ffmpeg"],
  "FfmpegSource starts nothing when its signal is aborted already",
  async () => {
    const source = new FfmpegSource({ kind: "file", path: "/nowhere.mp4" }, CAPTURE, OPTIONS);
    const signal = AbortSignal.abort();
    assertEquals(await Array.fromAsync(source.frames({ pool: new FramePool(), signal })), []);
  },
);

Deno.test("FfmpegSource says what to do when there isn't ffmpeg", async () => {
  const ffmpeg = "/nowhere/ffmpeg";
  const source = new FfmpegSource({ kind: "index", index: 0 }, CAPTURE, { ffmpeg });
  const { signal } = new AbortController();
  await assertRejects(
    () => Array.fromAsync(source.frames({ pool: new FramePool(), signal })),
    SourceError,
    "needs ffmpeg, and '/nowhere/ffmpeg' is not there: install it with",
  );
});

/** A program that stands in for ffmpeg. */
async function fakeFfmpeg(script: string): Promise<AsyncDisposable & { path: string }> {
  const dir = await Deno.makeTempDir({ prefix: "wscam-source-" });
  const path = `${dir}/ffmpeg`;
  await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }) };
}

const VERSION = 'if [ "$1" = -version ]; then echo ffmpeg version 7.1; exit; fi';
const ignore = Deno.build.os === "windows";

Deno.test("FfmpegSource ends what writes no pictures", { ignore }, async () => {
  await using fake = await fakeFfmpeg(`${VERSION}\nwhile :; do echo hello; done`);
  const source = new FfmpegSource({ kind: "index", index: 0 }, CAPTURE, { ffmpeg: fake.path });
  const { signal } = new AbortController();
  await assertRejects(
    () => Array.fromAsync(source.frames({ pool: new FramePool(), signal })),
    SourceError,
    "gives no pictures: Cannot read picture",
  );
});

Deno.test("FfmpegSource says that a camera was unplugged", { ignore }, async () => {
  const border = "\\000\\000\\000\\000";
  await using fake = await fakeFfmpeg(
    `${VERSION}\nprintf '${border}abc\\377${border}${border}ab'\n` +
      "echo '[video4linux2,v4l2 @ 0x5] ioctl(VIDIOC_DQBUF): No such device' >&2",
  );
  const source = new FfmpegSource({ kind: "index", index: 0 }, CAPTURE, { ffmpeg: fake.path });
  const { signal } = new AbortController();
  const frames: number[] = [];
  const error = await assertRejects(async () => {
    for await (const { data } of source.frames({ pool: new FramePool(), signal })) {
      frames.push(data.length);
    }
  }, SourceError);
  assertEquals(error.message, "was unplugged");
  assertEquals(frames, [4], "the frame that was cut is not one");
});

Deno.test("FfmpegSource ends when aborted while ffmpeg hangs", { ignore }, async (t) => {
  const scripts = { "at work": `${VERSION}\nexec sleep 600`, "at its version": "exec sleep 600" };
  for (const [name, script] of Object.entries(scripts)) {
    await t.step(name, async () => {
      await using fake = await fakeFfmpeg(script);
      const spec = { kind: "index", index: 0 } as const;
      const source = new FfmpegSource(spec, CAPTURE, { ffmpeg: fake.path });
      const signal = AbortSignal.timeout(300);
      assertEquals(await Array.fromAsync(source.frames({ pool: new FramePool(), signal })), []);
    });
  }
});

testWith(["vcam"], "FfmpegSource says who holds a busy camera", async () => {
  await using nodes = await makeDeviceNodes();
  await using fake = await fakeFfmpeg(
    `${VERSION}\necho '${nodes.second}: Device or resource busy' >&2; exit 240`,
  );
  await using holder = holdOpen(nodes.first);
  const spec = { kind: "device", path: nodes.second } as const;
  const source = new FfmpegSource(spec, CAPTURE, { ffmpeg: fake.path });
  const { signal } = new AbortController();
  const reasonNow = async (): Promise<string> => {
    const frames = Array.fromAsync(source.frames({ pool: new FramePool(), signal }));
    return (await assertRejects(() => frames, SourceError)).message;
  };
  // A child of ours has it open: so has another camera of a wscam that shows one twice.
  const own = `is busy: another camera of this wscam uses ${nodes.second}`;
  await eventually(async () => await reasonNow() === own);
  await holder.close();
  assertEquals(await reasonNow(), `is busy: another program uses ${nodes.second}`);
  await using stranger = new Deno.Command("/bin/sh", {
    args: ["-c", 'exec sleep 60 <"$1"', "sh", nodes.first],
    stdin: "null",
  }).spawn();
  const named = `is busy: sleep (pid ${stranger.pid}) uses ${nodes.second}`;
  await eventually(async () => await reasonNow() === named);
  stranger.kill();
  await stranger.status;
});

Deno.test({
  name: "FfmpegSource learns nothing from a query that was broken off",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using dir = await temporaryDirectory();
    // Its H.264 can't be passed on, so it is queried.
    const script = `#!/bin/sh
      case "$*" in
        -version) echo "ffmpeg version 5.1" ;;
        *"-c:v copy"*) echo "Could not write header for output file" >&2; exit 1 ;;
        *) touch "${dir.path}/queried"
          [ -e "${dir.path}/answers" ] || exec sleep 1000
          echo "  Stream #0:0: Video: mjpeg, yuvj422p(pc), 320x240, 10 fps, 10 tbr" ;;
      esac
    `;
    const ffmpeg = `${dir.path}/ffmpeg`;
    await Deno.writeTextFile(ffmpeg, script, { mode: 0o755 });
    const url = "rtsp://127.0.0.1:9/x";
    const source = new FfmpegSource({ kind: "url", url }, CAPTURE, { ffmpeg });
    const video = { isWanted: () => true, wantsFrames: () => true, onPicture() {} };
    const reasons: string[] = [];
    const open = (abort: AbortController, onPlan: () => void): Promise<Frame[]> => {
      const reading = { pool: new FramePool(), signal: abort.signal, video };
      return Array.fromAsync(source.frames({
        ...reading,
        onPlan({ reason }) {
          reasons.push(reason);
          onPlan();
        },
      }));
    };
    const first = new AbortController();
    const ended = open(first, () => {});
    await eventually(() => Deno.stat(`${dir.path}/queried`).then(() => true, () => false));
    first.abort();
    assertEquals(await ended, []);
    await Deno.writeTextFile(`${dir.path}/answers`, "");
    const second = new AbortController();
    await open(second, () => second.abort());
    assertEquals(reasons.at(-1), "for 0.8 million pixels a second", "its own size");
  },
});
