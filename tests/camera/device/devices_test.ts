import { assert, assertEquals, assertMatch } from "@std/assert";
import { listDevices } from "../../../lib/camera/device/devices.ts";

const ignore = Deno.build.os === "windows";

/** A program that prints what ffmpeg prints, and keeps what it was asked. */
async function fakeFfmpeg(says: string): Promise<AsyncDisposable & { dir: string; path: string }> {
  const dir = await Deno.makeTempDir({ prefix: "wscam-devices-" });
  await Deno.writeTextFile(`${dir}/says`, says);
  const script = `#!/bin/sh\necho "$@" >${dir}/asked\ncat ${dir}/says >&2\nexit 1\n`;
  await Deno.writeTextFile(`${dir}/ffmpeg`, script, { mode: 0o755 });
  return {
    dir,
    path: `${dir}/ffmpeg`,
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
}

Deno.test("listDevices() asks ffmpeg on macOS and Windows", { ignore }, async (t) => {
  const cases = {
    darwin: [
      "[AVFoundation indev @ 0x7f] AVFoundation video devices:\n" +
      "[AVFoundation indev @ 0x7f] [0] 相机\n",
      /-f avfoundation -list_devices true -i *\n/,
      "0",
    ],
    windows: [
      '[dshow @ 0a] "相机" (video)\n',
      /-f dshow -list_devices true -i dummy\n/,
      "相机",
    ],
  } as const;
  for (const os of ["darwin", "windows"] as const) {
    await t.step(os, async () => {
      const [says, asked, device] = cases[os];
      await using ffmpeg = await fakeFfmpeg(says);
      assertEquals(await listDevices(ffmpeg.path, os), [{ index: 0, name: "相机", device }]);
      assertMatch(await Deno.readTextFile(`${ffmpeg.dir}/asked`), asked);
    });
  }
});

Deno.test("listDevices() is empty when there isn't ffmpeg to ask", async () => {
  for (const os of ["darwin", "windows"] as const) {
    assertEquals(await listDevices("/nowhere/ffmpeg", os), []);
  }
});

Deno.test("listDevices() lists what is in /dev on Linux", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const devices = await listDevices("ffmpeg", "linux");
  const indexes = devices.map(({ index }) => index);
  assertEquals(indexes, indexes.toSorted((a, b) => a - b));
  for (const { index, name, device } of devices) {
    assertEquals(device, `/dev/video${index}`);
    assert(name !== "");
  }
});
