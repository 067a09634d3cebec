import { assert, assertEquals } from "@std/assert";
import { decodeBase64 } from "@std/encoding/base64";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { eventually } from "../../testutil/eventually.ts";
import { temporaryDirectory } from "../../testutil/files.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { startVcam, vcamEnv } from "../../testutil/camera/vcam.ts";
import { startWscam, type Wscam } from "../../testutil/program/wscam.ts";

/** The size of a camera's pictures, after this many of them. */
async function measure(
  server: Wscam,
  camera: string,
  count = 5,
): Promise<{ size: string; seconds: number }> {
  await using viewer = await openViewer(`${server.ws}/?camera=${camera}`);
  await eventually(() => viewer.images().length > count);
  assertEquals(viewer.errors(), []);
  const [first, ...rest] = viewer.images();
  const last = rest[count - 1];
  assert(first && last);
  const { width, height } = jpegSize(decodeBase64(last.data)) ?? { width: 0, height: 0 };
  return { size: `${width}x${height}`, seconds: last.timestamp - first.timestamp };
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
      const rates = { a: 20, b: 10, c: 5 };
      // Two seconds of each. A busy machine takes longer, or takes the first of them late.
      const measured = await Promise.all(
        Object.entries(rates).map(([name, fps]) => measure(server, name, 2 * fps)),
      );
      assertEquals(measured.map(({ size }) => size), ["640x480", "240x320", "800x600"]);
      for (const { seconds } of measured) assert(seconds > 1.6, JSON.stringify(measured));
      assertEquals(encoders(server), { a: "copy", b: "ffmpeg", c: "imagescript" });
    });

    await t.step("two that change places, and a third that is watched on", async () => {
      await using watched = await openViewer(`${server.ws}/?camera=c`);
      await using moved = await openViewer(`${server.ws}/?camera=a`);
      await eventually(() => watched.images().length > 1 && moved.images().length > 1);
      await write(two.index, one.index);
      await eventually(() => {
        const image = moved.images().at(-1);
        return image && jpegSize(decodeBase64(image.data))?.width === 320;
      });
      assertEquals(moved.errors(), [], "the device was free when it was opened");
      const count = watched.images().length;
      await eventually(() => watched.images().length > count);
      assertEquals(watched.errors(), []);
    });

    await t.step("one that is renamed", async () => {
      await using viewer = await openViewer(`${server.ws}/?camera=b`);
      await eventually(() => viewer.images().length > 0);
      await write(two.index, one.index, "desk");
      await eventually(() => viewer.errors().length > 0);
      assertEquals((await measure(server, "desk")).size, "480x640");
      assertEquals(viewer.errors().length, 1);
    });

    await t.step("while a camera fails, and while somebody controls it", async () => {
      await using viewer = await openViewer(`${server.ws}/?camera=desk`);
      await eventually(() => viewer.images().length > 0);
      await one.fault("unplugged");
      await eventually(() => viewer.errors().length > 0);
      viewer.command({ type: "control", id: 1, camera: "desk", set: { fps: 7 } });
      await write(two.index, one.index, "bench");
      await eventually(
        () => JSON.stringify(viewer.messages).includes("isn't there any more"),
      );
      await one.fault("none");
      assertEquals((await measure(server, "bench")).size, "480x640");
    });
  },
);
