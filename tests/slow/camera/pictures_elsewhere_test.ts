import { assert, assertEquals } from "@std/assert";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { startRtspServer } from "../../testutil/camera/rtsp.ts";
import { run } from "../../testutil/program/run.ts";
import { startWscam } from "../../testutil/program/wscam.ts";
import { concat } from "../../ffmpeg/output/bordered_stream.ts";
import { mpjpegOf, part } from "../../jpeg/jpegs.ts";

const DIR = await Deno.makeTempDir({ prefix: "wscam-pictures-" });
globalThis.addEventListener("unload", () => Deno.removeSync(DIR, { recursive: true }));

const EOI = Uint8Array.of(0xff, 0xd9);

/** JPEG as RTP has it: with the usual tables. */
async function draw(name: string, size = "640x480"): Promise<Uint8Array<ArrayBuffer>> {
  const source = ["-f", "lavfi", "-i", `mandelbrot=s=${size}`, "-frames:v", "1"];
  const coding = ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-huffman", "default", "-q:v", "6"];
  await ffmpeg([...source, ...coding, `${DIR}/${name}.jpg`]);
  return await Deno.readFile(`${DIR}/${name}.jpg`);
}

async function ffmpeg(args: string[]): Promise<void> {
  const { code, stderr } = await run("ffmpeg", ["-v", "error", "-nostdin", "-y", ...args]);
  assertEquals(code, 0, stderr);
}

/** A file with one JPEG after the other in each of its pictures. */
async function film(path: string, pictures: readonly Uint8Array[]): Promise<void> {
  await Deno.writeFile(`${DIR}/film`, mpjpegOf(pictures.map((jpeg) => part(jpeg))));
  await ffmpeg(["-f", "mpjpeg", "-r", "10", "-i", `${DIR}/film`, "-c", "copy", path]);
}

const DAMAGES: Record<string, (jpeg: Uint8Array, half: number) => Uint8Array> = {
  "cut, and ended": (jpeg, half) => concat([jpeg.subarray(0, half), EOI]),
  "zeros in place of what is missing": (jpeg, half) =>
    concat([jpeg.subarray(0, half), new Uint8Array(half), EOI]),
  "a packet is missing in the middle": (jpeg, half) =>
    concat([jpeg.subarray(0, half), jpeg.subarray(half + 800)]),
};

const ENCODERS = ["copy", "imagescript", "ffmpeg"];

/**
 * Watches sources, each with each encoder, of which every third picture is whole, and all whole ones show the same. All
 * are cameras of one server.
 */
async function checkAll(t: Deno.TestContext, sources: Record<string, string>): Promise<void> {
  const cases = Object.entries(sources).flatMap(([name, source]) =>
    ENCODERS.map((encoder) => ({ name: `${name}, ${encoder}`, source, encoder }))
  );
  const cameras = cases.flatMap(({ source, encoder }, i) => {
    return ["-c", `c${i}=${source}#encoder=${encoder}`];
  });
  await using server = await startWscam([...cameras, "--linger", "0"]);
  for (const [i, { name }] of cases.entries()) {
    await t.step(name, async () => {
      await using viewer = await openViewer(`${server.ws}/?camera=c${i}`);
      await eventually(() => viewer.images().length > 4);
      const { cameras } = await (await fetch(`${server.url}/state`)).json();
      assert(cameras[i].broken >= 6, `broken ${cameras[i].broken}`);
      assertEquals(new Set(viewer.images().map(({ data }) => data)).size, 1);
    });
  }
}

testWith(["ffmpeg"], "serve() drops half pictures of a file, whoever encodes", async (t) => {
  const jpeg = await draw("whole", "320x240");
  const sources: Record<string, string> = {};
  for (const [i, [name, damage]] of Object.entries(DAMAGES).entries()) {
    const damaged = damage(jpeg, jpeg.length >> 1);
    const path = `${DIR}/damaged${i}.avi`;
    await film(path, Array.from({ length: 12 }, (_, i) => i % 3 === 1 ? jpeg : damaged));
    sources[name] = path;
  }
  await checkAll(t, sources);
});

testWith(
  ["ffmpeg", "gst-rtsp"],
  "serve() drops half pictures of an RTSP camera, whoever encodes",
  async (t) => {
    const jpeg = await draw("whole");
    await using stack = new AsyncDisposableStack();
    const sources: Record<string, string> = {};
    for (const [i, [name, damage]] of Object.entries(DAMAGES).entries()) {
      await Deno.writeFile(`${DIR}/damaged${i}.jpg`, damage(jpeg, jpeg.length >> 1));
      const files = [`damaged${i}`, "whole", `damaged${i}`].map((file) => `${DIR}/${file}.jpg`);
      sources[name] = stack.use(await startRtspServer("mjpeg", files)).url;
    }
    await checkAll(t, sources);
  },
);

testWith(["ffmpeg"], "serve() shows both fields of a grabber's JPEG", async (t) => {
  const field = await draw("field", "320x120");
  const path = `${DIR}/fields.avi`;
  await film(path, Array.from({ length: 10 }, () => concat([field, field])));
  // ffmpeg writes the size of one field.
  const bytes = await Deno.readFile(path);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 8 < Math.min(bytes.length, 4096); at++) {
    const isSize = view.getUint32(at, true) === 320 && view.getUint32(at + 4, true) === 120;
    if (isSize) view.setUint32(at + 4, 240, true);
  }
  await Deno.writeFile(path, bytes);
  const encoders = ["imagescript", "ffmpeg"];
  const cameras = encoders.flatMap((each) => ["-c", `${each}=${path}#encoder=${each}`]);
  await using server = await startWscam([...cameras, "--linger", "0"]);
  for (const [i, encoder] of encoders.entries()) {
    await t.step(encoder, async () => {
      await using viewer = await openViewer(`${server.ws}/?camera=${encoder}`);
      await eventually(() => viewer.images().length > 2);
      const { cameras } = await (await fetch(`${server.url}/state`)).json();
      assert(cameras[i].resolution.endsWith("x240"), cameras[i].resolution);
    });
  }
});
