import { assert, assertEquals, assertMatch } from "@std/assert";
import { explain } from "../../../lib/camera/ffmpeg/explain.ts";
import type { FfmpegInput } from "../../../lib/ffmpeg/input.ts";
import { check } from "./explained.ts";

const FILE: FfmpegInput = { kind: "file", path: "/nope.mp4" };

const STREAM: FfmpegInput = { kind: "url", url: "rtsp://me:geheim@cam/x?token=geheim" };

Deno.test("explain() says what happened to a camera on macOS", async (t) => {
  await check(t, { kind: "device", device: "0" }, {
    "not there": {
      words: "[AVFoundation indev @ 0x7f] Invalid device index\n0:none: Input/output error",
      says: "isn't there: 0 does not exist",
    },
    // https://github.com/ChurchPresenter/ChurchPresenter/issues/431
    "no such name": {
      words: "[AVFoundation indev @ 0x7fc4e2904a40] Video device not found\n" +
        "[in#0 @ 0x7fc4e2904440] Error opening input: Input/output error\n" +
        "Error opening input files: Input/output error",
      says: "isn't there: 0 does not exist",
    },
    // https://github.com/KhaosT/homebridge-camera-isight/issues/27
    "no permission": {
      words: "[AVFoundation indev @ 0x7f] Failed to create AV capture input device: Cannot use " +
        "FaceTime HD Camera (Built-in)\n0:none: Input/output error",
      says: "can't be opened: no permission for 0",
    },
    "no permission, in Chinese": {
      words: "[AVFoundation indev @ 0x7f] Failed to create AV capture input device: 无法使用" +
        "FaceTime高清相机\n0:none: Input/output error",
      says: "can't be opened: no permission for 0",
    },
    "no such rate": {
      words: "[AVFoundation indev @ 0x7f] Selected framerate (30.000000) is not supported by the " +
        "device.\n[AVFoundation indev @ 0x7f] Supported modes:\n0:none: Input/output error",
      says: "does not offer that size and rate (0): choose another with '--resolution' and '--fps'",
    },
    "no such size": {
      words: "[AVFoundation indev @ 0x7f] Selected video size (641x480) is not supported by the " +
        "device.\n0:none: Input/output error",
      says: "does not offer that size and rate (0): choose another with '--resolution' and '--fps'",
    },
  });
});

Deno.test("explain() says what happened to a file", async (t) => {
  await check(t, FILE, {
    "not there": {
      words: "/nope.mp4: No such file or directory",
      says: "isn't there: /nope.mp4 does not exist",
    },
    "no video": {
      words: "[mov,mp4 @ 0x] moov atom not found\npipe:: Invalid data found when processing input",
      says: "can't be shown: /nope.mp4 is not a video that ffmpeg can read",
    },
    "sound only": {
      words: "Stream map '0:v:0' matches no streams.",
      says: "can't be shown: /nope.mp4 contains no video, at most sound and a cover",
    },
    "forbidden": {
      words: "/nope.mp4: Permission denied",
      says: "can't be opened: no permission to read /nope.mp4",
    },
  });
});

Deno.test("explain() says what happened to a stream", async (t) => {
  const cam = "rtsp://cam/x";
  await check(t, STREAM, {
    "refused": {
      words: "[tcp @ 0x] Connection to tcp://127.0.0.1:9?timeout=0 failed: Connection refused\n" +
        "rtsp://127.0.0.1:9/x: Connection refused",
      says: `can't be reached: ${cam} refuses connections`,
    },
    "no answer": {
      words: `${cam}: Connection timed out`,
      says: `can't be reached: ${cam} does not answer`,
    },
    "no way": {
      words: `${cam}: No route to host`,
      says: `can't be reached: ${cam} does not answer`,
    },
    "no such host": {
      words: "[tcp @ 0x] Failed to resolve hostname cam: Name or service not known\n" +
        `${cam}: Input/output error`,
      says: `can't be reached: there is no host of that name (${cam})`,
    },
    "wrong password": {
      words: "[rtsp @ 0x] method DESCRIBE failed: 401 Unauthorized\n" +
        `${cam}: Server returned 401 Unauthorized (authorization failed)`,
      says: `is not allowed to see ${cam}: check user and password in its URL`,
    },
    "not found": {
      words: "[rtsp @ 0x] method DESCRIBE failed: 404 Not Found",
      says: `isn't there: ${cam} is not found on that server`,
    },
    "ended": { words: "", status: 0, frames: 5, says: `ended (${cam})` },
  });
});

Deno.test("explain() repeats no password", async (t) => {
  const passwords = ["geheim", "gehe@im", "geheim%20x", "geh'eim", 'geh"eim', "geh eim"];
  for (const password of passwords) {
    await t.step(password, async () => {
      const url = `rtsp://admin:${password}@cam:554/x`;
      const input = { kind: "url", url } as const;
      for (const says of ["Connection refused", "Something odd", "Invalid data found"]) {
        const lastWords = [`[rtsp @ 0x5] opening '${url}'`, `${url}: ${says}`];
        for (const [status, frames] of [[1, 0], [0, 0], [0, 5]] as const) {
          const { reason: words } = await explain({ input, status, frames, lastWords });
          assert(!/geh|eim|admin/.test(words), words);
          assertMatch(words, /cam:554/);
        }
      }
    });
  }
});

Deno.test("explain() takes the context out of ffmpeg's last line", async () => {
  const lastWords = ["first", "[rtsp @ 0x5581] Odd [thing] happened"];
  assertEquals(
    (await explain({ input: STREAM, status: 1, frames: 0, lastWords })).reason,
    "failed (rtsp://cam/x): ffmpeg ended with status 1 and said: Odd [thing] happened",
  );
});
