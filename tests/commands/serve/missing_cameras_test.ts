import { assertEquals, assertMatch } from "@std/assert";
import type { CameraOs } from "../../../lib/ffmpeg/input.ts";
import { parseCamera } from "../../../lib/camera/camera_spec.ts";
import { reportMissing } from "../../../lib/commands/serve/missing_cameras.ts";
import type { Logger } from "../../../lib/log.ts";
import { testWith } from "../../testutil/needs.ts";

async function warnings(...sources: string[]): Promise<string[]> {
  return await warningsOn("linux", "ffmpeg", sources);
}

async function warningsOn(
  os: CameraOs,
  ffmpeg: string,
  sources: readonly string[],
): Promise<string[]> {
  const told: string[] = [];
  const unexpected = (message: string): void => {
    throw new Error(`unexpected: ${message}`);
  };
  const log: Logger = {
    debug: unexpected,
    info: unexpected,
    error: unexpected,
    warn: (message) => void told.push(message),
  };
  await reportMissing(sources.map(parseCamera), { ffmpeg, os, log });
  return told;
}

testWith(
  ["ffmpeg"],
  "reportMissing() tells of video files that aren't there, wherever they are looked for",
  async (t) => {
    for (const source of ["no-such-film.mp4", "./no-such-film.mp4", "/no/such/film.mp4"]) {
      await t.step(source, async () => {
        const [told = "", ...more] = await warnings(source, "test");
        assertMatch(told, /film\.mp4 isn't there: .*film\.mp4 does not exist; /);
        assertEquals(more, []);
      });
    }
  },
);

testWith(
  ["ffmpeg"],
  "reportMissing() says nothing of what is there, or can't be looked for",
  async () => {
    const path = await Deno.makeTempFile({ suffix: ".mp4" });
    assertEquals(await warnings(path, "rtsp://127.0.0.1:1/x"), []);
    await Deno.remove(path);
  },
);

Deno.test({
  name: "reportMissing() takes no camera's name on Windows for a path",
  ignore: Deno.build.os === "windows",
  async fn() {
    const path = await Deno.makeTempFile();
    const list = '[dshow @ 0a] "A/V Capture" (video)';
    const script = `#!/bin/sh\necho ffmpeg version 7.1\necho '${list}' >&2\n`;
    await Deno.writeTextFile(path, script);
    await Deno.chmod(path, 0o755);
    assertEquals(await warningsOn("windows", path, ["0", "@device_pnp_\\x"]), []);
    await Deno.remove(path);
  },
});
