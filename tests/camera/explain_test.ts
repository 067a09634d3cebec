import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Ending, explain } from "../../lib/camera/explain.ts";
import type { FfmpegInput } from "../../lib/camera/ffmpeg_args.ts";

const DEVICE: FfmpegInput = { kind: "device", device: "/dev/video0" };
const FILE: FfmpegInput = { kind: "file", path: "/nope.mp4" };
const STREAM: FfmpegInput = { kind: "url", url: "rtsp://me:geheim@cam/x?token=geheim" };

interface Case extends Partial<Omit<Ending, "lastWords" | "input">> {
  words: string;
  says: string;
}

async function check(
  t: Deno.TestContext,
  input: FfmpegInput,
  cases: Record<string, Case>,
): Promise<void> {
  for (const [name, { words, says, status = 1, frames = 0 }] of Object.entries(cases)) {
    await t.step(name, () => {
      const lastWords = words.split("\n");
      assertEquals(explain({ input, status, frames, lastWords }).split(";")[0], says);
    });
  }
}

Deno.test("explain() says what happened to a camera on Linux", async (t) => {
  const open = "[video4linux2,v4l2 @ 0x56] Cannot open video device /dev/video0: ";
  await check(t, DEVICE, {
    "not there": {
      words: `${open}No such file or directory\n/dev/video0: No such file or directory`,
      says: "isn't there: /dev/video0 does not exist",
    },
    "gone": {
      words: `${open}No such device\n/dev/video0: No such device`,
      says: "isn't there: /dev/video0 does not exist",
    },
    "unplugged": {
      words: "[video4linux2,v4l2 @ 0x5] ioctl(VIDIOC_DQBUF): No such device",
      status: 0,
      frames: 77,
      says: "was unplugged",
    },
    "unplugged, as ffmpeg 7 says it": {
      words: "[video4linux2,v4l2 @ 0x5] ioctl(VIDIOC_DQBUF): No such device\n" +
        "[in#0/video4linux2,v4l2 @ 0x5] Error during demuxing: No such device",
      frames: 1,
      says: "was unplugged",
    },
    "busy": {
      words: "[video4linux2,v4l2 @ 0x5] ioctl(VIDIOC_STREAMON): Device or resource busy\n" +
        "/dev/video0: Device or resource busy",
      says: "is busy: another program uses /dev/video0",
    },
    "forbidden": {
      words: `${open}Permission denied\n/dev/video0: Permission denied`,
      says: "can't be opened: no permission for /dev/video0",
    },
    "no camera": {
      words: "[video4linux2,v4l2 @ 0x5] Not a video capture device.\n/dev/video0: No such device",
      says: "can't be opened: /dev/video0 is not a camera",
    },
    "no camera but a terminal": {
      words: "[video4linux2,v4l2 @ 0x5] ioctl(VIDIOC_QUERYCAP): Inappropriate ioctl for device\n" +
        "/dev/video0: Inappropriate ioctl for device",
      says: "can't be opened: /dev/video0 is not a camera",
    },
    "no device behind the node": {
      words: `${open}No such device or address\n/dev/video0: No such device or address`,
      says: "can't be opened: /dev/video0 is not a camera",
    },
    "unknown": {
      words: "[video4linux2,v4l2 @ 0x5] Something odd",
      status: 234,
      says: "failed (/dev/video0): ffmpeg ended with status 234 and said: Something odd",
    },
    "silent": {
      words: "",
      status: 137,
      says: "failed (/dev/video0): ffmpeg ended with status 137 without a word",
    },
    "ended": { words: "", status: 0, frames: 9, says: "ended (/dev/video0)" },
    "empty": { words: "", status: 0, says: "gave no picture (/dev/video0)" },
  });
});

Deno.test("explain() says which group to join when a camera is forbidden", {
  ignore: Deno.build.os !== "linux",
}, () => {
  const lastWords = ["/dev/video0: Permission denied"];
  const words = explain({ input: DEVICE, status: 1, frames: 0, lastWords });
  assertStringIncludes(words, "sudo usermod -aG video $USER");
});

Deno.test("explain() says what happened to a camera on Windows", async (t) => {
  await check(t, { kind: "device", device: "Cam" }, {
    "not there": {
      words: "[dshow @ 0a] Could not find video device with name [Cam] among source devices of " +
        "type video.\nvideo=Cam: I/O error",
      says: "isn't there: Cam does not exist",
    },
    "busy": {
      words: "[dshow @ 0a] Could not run graph (sometimes caused by a device already in use by " +
        "other application)\nvideo=Cam: I/O error",
      says: "is busy: another program uses Cam",
    },
    "no such mode": {
      words: "[dshow @ 0a] Could not set video options\nvideo=Cam: I/O error",
      says:
        "does not offer that size and rate (Cam): choose another with '--resolution' and '--fps'",
    },
  });
});

Deno.test("explain() says what happened to a camera on macOS", async (t) => {
  await check(t, { kind: "device", device: "0" }, {
    "not there": {
      words: "[AVFoundation indev @ 0x7f] Invalid device index\n0:none: Input/output error",
      says: "isn't there: 0 does not exist",
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
      says: "can't be shown: /nope.mp4 is no video that ffmpeg knows",
    },
    "sound only": {
      words: "Stream map '0:v:0' matches no streams.",
      says: "can't be shown: there is no picture in /nope.mp4",
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
    await t.step(password, () => {
      const url = `rtsp://admin:${password}@cam:554/x`;
      const input = { kind: "url", url } as const;
      for (const says of ["Connection refused", "Something odd", "Invalid data found"]) {
        const lastWords = [`[rtsp @ 0x5] opening '${url}'`, `${url}: ${says}`];
        for (const [status, frames] of [[1, 0], [0, 0], [0, 5]] as const) {
          const words = explain({ input, status, frames, lastWords });
          assert(!/geh|eim|admin/.test(words), words);
          assertMatch(words, /cam:554/);
        }
      }
    });
  }
});

Deno.test("explain() takes the context out of ffmpeg's last line", () => {
  const lastWords = ["first", "[rtsp @ 0x5581] Odd [thing] happened"];
  assertEquals(
    explain({ input: STREAM, status: 1, frames: 0, lastWords }),
    "failed (rtsp://cam/x): ffmpeg ended with status 1 and said: Odd [thing] happened",
  );
});
