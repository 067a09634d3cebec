import { assert, assertEquals } from "@std/assert";
import { decodeBase64 } from "@std/encoding/base64";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { eventually } from "../../testutil/eventually.ts";
import { temporaryDirectory } from "../../testutil/files.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { startVcam, vcamEnv } from "../../testutil/camera/vcam.ts";
import { startWscam, type Wscam } from "../../testutil/program/wscam.ts";

const WITHIN = { within: 40_000 };

/** Size and rate of what a camera serves, by the times of its pictures. */
async function measure(server: Wscam, camera: string): Promise<{ size: string; fps: number }> {
  await using viewer = await openViewer(`${server.ws}/?camera=${camera}`);
  await eventually(() => viewer.images().length >= 12, WITHIN);
  assertEquals(viewer.errors(), []);
  const images = viewer.images().slice(1);
  const [first, last] = [images[0], images.at(-1)];
  assert(first && last);
  const { width, height } = jpegSize(decodeBase64(last.data)) ?? { width: 0, height: 0 };
  const fps = (images.length - 1) / (last.timestamp - first.timestamp);
  return { size: `${width}x${height}`, fps };
}

function encoders({ output }: Wscam): Record<string, string> {
  const lines = output.stderr.matchAll(/Camera (\w+) delivers .*encoder (\w+),/g);
  return Object.fromEntries(Array.from(lines, ([, name = "", encoder = ""]) => [name, encoder]));
}

testWith(
  ["vcam", "ffmpeg"],
  "serve() captures three cameras by three sets of settings, and takes each up again alone",
  async (t) => {
    await using one = await startVcam({ width: 640, height: 480 });
    await using two = await startVcam({ width: 320, height: 240 });
    await using three = await startVcam({ width: 800, height: 600 });
    await using folder = await temporaryDirectory();
    const file = `${folder.path}/wscam.yaml`;
    const write = (a: number, b: number, name = "b"): Promise<void> =>
      Deno.writeTextFile(
        file,
        `fps: 10
linger: 1
cameras:
  a: {source: ${a}, encoder: copy, fps: 20}
  ${name}: ${b}#resolution=320x240#rotate=90#encoder=ffmpeg
  c: {source: ${three.path}, resolution: 800x600, fps: 5, quality: 40, encoder: imagescript}
`,
      );
    await write(one.index, two.index);
    await using server = await startWscam(["--config", file], { env: vcamEnv(one, two, three) });

    await t.step("each serves what was asked", async () => {
      const measured = await Promise.all(["a", "b", "c"].map((name) => measure(server, name)));
      assertEquals(measured.map(({ size }) => size), ["640x480", "240x320", "800x600"]);
      const rates = measured.map(({ fps }) => fps);
      for (const [i, most] of [21, 11, 5.5].entries()) assert((rates[i] ?? 0) < most, rates.join());
      assertEquals(encoders(server), { a: "copy", b: "ffmpeg", c: "imagescript" });
    });

    await t.step("two that change places, and a third that is watched on", async () => {
      await using watched = await openViewer(`${server.ws}/?camera=c`);
      await using moved = await openViewer(`${server.ws}/?camera=a`);
      await eventually(() => watched.images().length > 1 && moved.images().length > 1, WITHIN);
      await write(two.index, one.index);
      await eventually(() => {
        const image = moved.images().at(-1);
        return image && jpegSize(decodeBase64(image.data))?.width === 320;
      }, WITHIN);
      assertEquals(moved.errors(), [], "the device was free when it was opened");
      const count = watched.images().length;
      await eventually(() => watched.images().length > count, WITHIN);
      assertEquals(watched.errors(), []);
    });

    await t.step("one that is renamed", async () => {
      await using viewer = await openViewer(`${server.ws}/?camera=b`);
      await eventually(() => viewer.images().length > 0, WITHIN);
      await write(two.index, one.index, "desk");
      await eventually(() => viewer.errors().length > 0, WITHIN);
      assertEquals((await measure(server, "desk")).size, "480x640");
      assertEquals(viewer.errors().length, 1);
    });

    await t.step("while a camera fails, and while somebody controls it", async () => {
      await using viewer = await openViewer(`${server.ws}/?camera=desk`);
      await eventually(() => viewer.images().length > 0, WITHIN);
      await one.fault("unplugged");
      await eventually(() => viewer.errors().length > 0, WITHIN);
      viewer.command({ type: "control", id: 1, camera: "desk", set: { fps: 7 } });
      await write(two.index, one.index, "bench");
      await eventually(
        () => JSON.stringify(viewer.messages).includes("isn't there any more"),
        WITHIN,
      );
      await one.fault("none");
      assertEquals((await measure(server, "bench")).size, "480x640");
    });
  },
);
