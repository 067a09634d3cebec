import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { FfmpegSource } from "../../../lib/camera/ffmpeg/ffmpeg_source.ts";
import type { Bitmap } from "../../../lib/jpeg/imagescript/encode_jpeg.ts";
import { DEFAULT_CAPTURE } from "../../../lib/frame/change_capture.ts";
import { FramePool } from "../../../lib/frame/frame.ts";
import type { Flip, Rotation } from "../../../lib/frame/orientation.ts";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { wholeJpeg } from "../../../lib/jpeg/whole_jpeg.ts";
import { borderedFrame, concat } from "../../ffmpeg/output/bordered_stream.ts";
import { decodeJpeg, drawJpeg, mpjpegOf, part, runFfmpeg } from "../../jpeg/jpegs.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import {
  isFfmpegs,
  jpegsOf,
  ownPicture,
  untilImages,
  withoutScan,
} from "../../testutil/picture/pictures_of.ts";
import { startVcam } from "../../testutil/camera/vcam.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

/** A blue film with a red box in its top left corner. */
async function makeFilm(): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.makeTempFile({ suffix: ".mkv" });
  const box = "color=blue:s=96x64:r=20:d=1,drawbox=x=0:y=0:w=24:h=24:c=red:t=fill";
  const film = await runFfmpeg(["-f", "lavfi", "-i", box, "-c:v", "ffv1", "-f", "matroska"]);
  await Deno.writeFile(path, film);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}

/** In which corners it is red. */
function redCorners({ data, width, height }: Bitmap): string {
  const corners = [
    ["top left", 6, 6],
    ["top right", width - 7, 6],
    ["bottom left", 6, height - 7],
    ["bottom right", width - 7, height - 7],
  ] as const;
  return corners.filter(([, x, y]) => {
    const [red = 0, , blue = 0] = data.subarray((y * width + x) * 4);
    return red > 128 && blue < 128;
  }).map(([name]) => name).join(", ");
}

const TURNS: [Rotation, Flip | undefined, string, string][] = [
  ["0", undefined, "96x64", "top left"],
  ["90", undefined, "64x96", "top right"],
  ["180", undefined, "96x64", "bottom right"],
  ["270", undefined, "64x96", "bottom left"],
  ["0", "h", "96x64", "top right"],
  ["0", "v", "96x64", "bottom left"],
  ["0", "hv", "96x64", "bottom right"],
  ["90", "h", "64x96", "top left"],
  ["90", "v", "64x96", "bottom right"],
  ["180", "hv", "96x64", "top left"],
  ["270", "h", "64x96", "bottom right"],
];

for (const encoder of ["imagescript", "ffmpeg"] as const) {
  testWith(
    ["ffmpeg"],
    `FfmpegSource turns pictures clockwise for ${encoder}`,
    async (t) => {
      await using film = await makeFilm();
      for (const [rotate, flip, size, corner] of TURNS) {
        await t.step(`rotate ${rotate}, flip ${flip ?? "none"}`, async () => {
          const { signal } = new AbortController();
          const spec = { kind: "file", path: film.path } as const;
          const capture = { ...DEFAULT_CAPTURE, encoder, rotate, flip };
          const source = new FfmpegSource(spec, capture, { ffmpeg: "ffmpeg" });
          for await (const frame of source.frames({ pool: new FramePool(), signal })) {
            const { format, data } = frame;
            assertEquals(format, encoder === "ffmpeg" ? "jpeg" : "rgba");
            assertEquals(`${frame.width}x${frame.height}`, size);
            const bitmap = format === "jpeg" ? await decodeJpeg(data) : frame;
            assertEquals(redCorners(bitmap), corner);
            break;
          }
        });
      }
    },
  );

  testWith(
    ["ffmpeg"],
    `serve() turns pictures with '--rotate' and '--flip' (${encoder})`,
    async () => {
      await using film = await makeFilm();
      const turn = ["--rotate", "90", "--flip", "v", "--encoder", encoder];
      await using server = await startWscam(["-c", `film=${film.path}`, ...turn]);
      await using viewer = await openViewer(server.ws);
      await untilImages(viewer, 2);
      for (const jpeg of jpegsOf(viewer)) {
        assertEquals(isFfmpegs(jpeg), encoder === "ffmpeg");
        const bitmap = await decodeJpeg(jpeg);
        assertEquals([bitmap.width, bitmap.height], [64, 96]);
        assertEquals(redCorners(bitmap), "bottom right");
      }
    },
  );
}

testWith(["vcam", "ffmpeg"], "serve() turns a camera's picture, and knows its size", async () => {
  await using vcam = await startVcam();
  const args = ["-c", String(vcam.index), "--rotate", "90"];
  await using server = await startWscam(args, { env: vcam.env });
  await using viewer = await openViewer(server.ws);
  await untilImages(viewer, 2);
  for (const jpeg of jpegsOf(viewer)) assertEquals(jpegSize(jpeg), { width: 480, height: 640 });
  assertMatch(server.output.stderr, /delivers 480x640; encoder imagescript, for 3\.1 /);
});

/** Breaks parts of an mpjpeg stream, each in another way; two of three stay as they are. */
const BREAKER = `
const boundary = new TextEncoder().encode("\\r\\n--ffmpeg\\r\\n");
const isAt = (bytes, at) => boundary.every((byte, i) => byte === bytes[at + i]);
const header = (length) => new TextEncoder().encode(
  "Content-type: image/jpeg\\r\\nContent-length: " + length + "\\r\\n\\r\\n");
const write = (...parts) => {
  for (const part of [...parts, boundary]) {
    for (let sent = 0; sent < part.length;) sent += Deno.stdout.writeSync(part.subarray(sent));
  }
};
let rest = new Uint8Array();
let count = -1;
for await (const chunk of Deno.stdin.readable) {
  const bytes = new Uint8Array(rest.length + chunk.length);
  bytes.set(rest);
  bytes.set(chunk, rest.length);
  let from = 0;
  const start = Math.max(0, rest.length - boundary.length);
  for (let at = bytes.indexOf(13, start); at >= 0; at = bytes.indexOf(13, at + 1)) {
    if (!isAt(bytes, at)) continue;
    const part = bytes.subarray(from, at);
    const jpeg = part.subarray(part.indexOf(0xff));
    from = at + boundary.length;
    const kind = count++ < 0 || count % 3 ? "none" : count / 3 % 7;
    if (kind !== "none") Deno.writeTextFileSync(Deno.args[0], kind + " ", { append: true });
    if (kind === 0) write(header(jpeg.length >> 1), jpeg.subarray(0, jpeg.length >> 1));
    else if (kind === 1) write(header(jpeg.length), jpeg.slice().fill(0, -500));
    else if (kind === 2) write(header(jpeg.length - 100), jpeg);
    else if (kind === 3) write(header(40_000_000), jpeg);
    else if (kind === 4) write(crypto.getRandomValues(new Uint8Array(20_000)));
    else if (kind === 5) write(header(5), new TextEncoder().encode("hello"));
    else if (kind === 6) write(new Uint8Array(2000).fill(88), jpeg);
    else write(part);
  }
  rest = bytes.slice(from);
}
`;

testWith(["vcam", "ffmpeg"], "serve() goes on when pictures are broken", async () => {
  await using vcam = await startVcam({ width: 640, height: 480 });
  const own = withoutScan(await ownPicture(vcam));
  const dir = await Deno.makeTempDir({ prefix: "wscam-broken-" });
  await Deno.writeTextFile(`${dir}/breaker.js`, BREAKER);
  const script = `#!/bin/sh
case "$*" in
  *"-f mpjpeg"*) ffmpeg "$@" | "${Deno.execPath()}" run -A --no-config "${dir}/breaker.js" "${dir}/kinds" ;;
  *) exec ffmpeg "$@" ;;
esac
`;
  await Deno.writeTextFile(`${dir}/ffmpeg`, script, { mode: 0o755 });
  const args = ["-c", String(vcam.index), "--encoder", "copy", "--fps", "60"];
  {
    const options = { env: vcam.env };
    await using server = await startWscam([...args, "--ffmpeg", `${dir}/ffmpeg`], options);
    await using viewer = await openViewer(server.ws);
    await untilImages(viewer, 30);
    for (const jpeg of jpegsOf(viewer)) {
      assertEquals(jpegSize(jpeg), { width: 640, height: 480 });
      assertEquals(wholeJpeg(jpeg)?.length, jpeg.length);
      assert(withoutScan(jpeg) === own);
    }
    assertEquals(server.output.stderr.match(/delivers/g)?.length, 1, "it was opened once");
    const kinds = (await Deno.readTextFile(`${dir}/kinds`)).trim().split(" ");
    assertEquals(new Set(kinds).size, 7, "each way to break one was tried");
  }
  await Deno.remove(dir, { recursive: true });
});

Deno.test("FfmpegSource gives frames though each plan calls for the other", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  // A camera whose size depends on the format: raw pictures are large, JPEG is small.
  const dir = await Deno.makeTempDir({ prefix: "wscam-plans-" });
  await Deno.writeFile(`${dir}/large`, borderedFrame(400, 300));
  await Deno.writeFile(`${dir}/small`, mpjpegOf([part(await drawJpeg(64, 48))]));
  const by = "[video4linux2,v4l2 @ 0x1]";
  const script = `#!/bin/sh
echo "$*" >>${dir}/asked
case "$*" in
  -version) echo ffmpeg version 7.1; exit ;;
  *-list_formats*)
    echo "${by} Compressed:       mjpeg :          Motion-JPEG : 64x48 400x300" >&2
    echo "${by} Raw       :     yuyv422 :           YUYV 4:2:2 : 64x48 400x300" >&2
    exit 1 ;;
  *"-f mpjpeg"*) cat ${dir}/small; exec sleep 60 ;;
  *) cat ${dir}/large; exec sleep 60 ;;
esac
`;
  await Deno.writeTextFile(`${dir}/ffmpeg`, script, { mode: 0o755 });
  const capture = { ...DEFAULT_CAPTURE, resolution: { width: 64, height: 48 }, fps: 120 };
  const spec = { kind: "device", path: "/dev/video9999" } as const;
  const source = new FfmpegSource(spec, capture, { ffmpeg: `${dir}/ffmpeg` });
  const plans: string[] = [];
  const onPlan = ({ encoder }: { encoder: string }) => plans.push(encoder);
  const signal = AbortSignal.timeout(60_000);
  let encoder = "";
  for await (const { format } of source.frames({ pool: new FramePool(), signal, onPlan })) {
    encoder = format === "jpeg" ? "copy" : "imagescript";
    break;
  }
  const asked = (await Deno.readTextFile(`${dir}/asked`)).trim().split("\n");
  await Deno.remove(dir, { recursive: true });
  assertLess(asked.length, 6, "it is opened twice at most");
  assertEquals(encoder, plans.at(-1), "the last plan is that of the frames");
});

testWith(["ffmpeg"], "serve() passes the JPEG of a network camera on as it is", async () => {
  const jpeg = await runFfmpeg([
    "-f",
    "lavfi",
    "-i",
    "testsrc2=s=1280x720",
    "-frames:v",
    "1",
    "-c:v",
    "mjpeg",
    "-huffman",
    "default",
    "-f",
    "mjpeg",
  ]);
  const head = `--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`;
  const whole = concat([new TextEncoder().encode(head), jpeg, new TextEncoder().encode("\r\n")]);
  const timers = new Set<ReturnType<typeof setInterval>>();
  await using camera = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    let timer: ReturnType<typeof setInterval>;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        timer = setInterval(() => controller.enqueue(whole), 40);
        timers.add(timer);
      },
      cancel: () => clearInterval(timer),
    });
    const type = "multipart/x-mixed-replace; boundary=frame";
    return new Response(body, { headers: { "content-type": type } });
  });
  const url = `http://127.0.0.1:${camera.addr.port}/stream`;
  {
    await using server = await startWscam(["--camera", `net=${url}`, "--fps", "30"]);
    await using viewer = await openViewer(server.ws);
    await untilImages(viewer, 5);
    for (const own of jpegsOf(viewer)) assertEquals(own, jpeg);
    assertMatch(server.output.stderr, /delivers 1280x720 .*; encoder copy, /);
  }
  for (const timer of timers) clearInterval(timer);
});
