import { assertEquals, assertStringIncludes } from "@std/assert";
import { explain } from "../../../lib/camera/ffmpeg/explain.ts";
import type { FfmpegInput } from "../../../lib/ffmpeg/input.ts";
import { check, system } from "./explained.ts";

const DEVICE: FfmpegInput = { kind: "device", device: "/dev/video0" };

Deno.test("explain() says what happened to a camera on Linux", async (t) => {
  const open = "[video4linux2,v4l2 @ 0x56] Cannot open video device /dev/video0: ";
  await check(t, DEVICE, {
    "not there": {
      words: `${open}No such file or directory\n/dev/video0: No such file or directory`,
      says: "isn't there: /dev/video0 does not exist",
    },
    "gone": {
      words: `${open}No such device\n/dev/video0: No such device`,
      says: "isn't there: nothing is behind /dev/video0 any more",
    },
    "a USB bus that is full": {
      words: "[video4linux2,v4l2 @ 0x5] ioctl(VIDIOC_STREAMON): No space left on device\n" +
        "/dev/video0: No space left on device",
      says: "can't be opened: the USB bus is full (/dev/video0)",
    },
    "a USB bus that is full, as ffmpeg 7 says it": {
      words: "[in#0 @ 0x5] Error opening input: No space left on device\n" +
        "Error opening input file /dev/video0.",
      status: 228,
      says: "can't be opened: the USB bus is full (/dev/video0)",
    },
    "HDMI without a signal": {
      words: "[video4linux2,v4l2 @ 0x5] ioctl(VIDIOC_STREAMON): Link has been severed",
      says: "has no signal: nothing is plugged into /dev/video0, or it sends nothing",
    },
    "HDMI that was lost": {
      words: "[video4linux2,v4l2 @ 0x5] ioctl(VIDIOC_DQBUF): Link has been severed",
      status: 0,
      frames: 99,
      says: "has no signal: nothing is plugged into /dev/video0, or it sends nothing",
    },
    "a bad cable": {
      words: "[video4linux2,v4l2 @ 0x5] ioctl(VIDIOC_DQBUF): Protocol error",
      status: 0,
      frames: 3,
      says:
        "has trouble on its USB cable (/dev/video0): plug it in again, with another cable or port",
    },
    "no answer in time": {
      words: "[video4linux2,v4l2 @ 0x5] ioctl(VIDIOC_DQBUF): Timer expired",
      status: 0,
      says: "doesn't answer in time (/dev/video0): plug it in again",
    },
    "an opening's warning, and unplugged minutes later": {
      words: "[video4linux2,v4l2 @ 0x5] ioctl(VIDIOC_G_PARM): Inappropriate ioctl for device\n" +
        "[video4linux2,v4l2 @ 0x5] Time per frame unknown\n" +
        "[video4linux2,v4l2 @ 0x5] ioctl(VIDIOC_DQBUF): No such device",
      status: 0,
      frames: 5000,
      says: "was unplugged",
    },
    "an opening's warning, and another fault": {
      words: "[video4linux2,v4l2 @ 0x5] ioctl(VIDIOC_G_PARM): Inappropriate ioctl for device\n" +
        "/dev/video0: Device or resource busy",
      says: "is busy: another program uses /dev/video0",
    },
    "last words of one that ended well": {
      words: "[video4linux2,v4l2 @ 0x5] ioctl(VIDIOC_DQBUF): Machine is not on the network\n" +
        "[video4linux2,v4l2 @ 0x5] Some buffers are still owned by the caller on close.",
      status: 0,
      frames: 7,
      says: "gives no more pictures (/dev/video0): Machine is not on the network",
    },
    "unplugged": {
      words: "[video4linux2,v4l2 @ 0x5] ioctl(VIDIOC_DQBUF): No such device",
      status: 0,
      frames: 77,
      says: "was unplugged",
    },
    "ended after words that were said again and again": {
      words:
        "[swscaler @ 0x5] deprecated pixel format used, make sure you did set range correctly\n" +
        "    Last message repeated 3 times",
      status: 255,
      frames: 9,
      says: "failed (/dev/video0): ffmpeg ended with status 255 without a word",
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
      status: 234,
      says: "failed (/dev/video0): ffmpeg ended with status 234 without a word",
    },
    "killed": {
      words: "[image2pipe @ 0x5] Something that has nothing to do with it",
      status: 137,
      frames: 4,
      says: "failed (/dev/video0): ffmpeg was killed by SIGKILL",
    },
    "silent but for what it says of pictures": {
      words: "[mpjpeg @ 0x5] Application provided invalid, non monotonically increasing dts to " +
        "muxer in stream 0: 2 >= 2",
      status: 1,
      says: "failed (/dev/video0): ffmpeg ended with status 1 without a word",
    },
    "killed after it had said something": {
      words: "[video4linux2,v4l2 @ 0x5] Something odd",
      status: 139,
      says: "failed (/dev/video0): ffmpeg was killed by SIGSEGV and said: Something odd",
    },
    "no such format": {
      words: "[video4linux2,v4l2 @ 0x5] Cannot find a proper format for codec 'mjpeg' (id 8), " +
        "pixel format 'none' (id -1)\n/dev/video0: Invalid argument",
      says: "does not offer that size and rate (/dev/video0): choose another with " +
        "'--resolution' and '--fps'",
    },
    "ended": { words: "", status: 0, frames: 9, says: "ended (/dev/video0)" },
    "empty": { words: "", status: 0, says: "gave no picture (/dev/video0)" },
  });
});

Deno.test("explain() says what to do when a camera is forbidden", async (t) => {
  const lastWords = ["/dev/video0: Permission denied"];
  const cases = [
    ["linux", "join the group 'video' (sudo usermod -aG video $USER) and log in again"],
    ["darwin", "allow the camera for your terminal in System Settings"],
    ["windows", "allow it in the system's privacy settings"],
  ] as const;
  for (const [os, remedy] of cases) {
    await t.step(os, async () => {
      const ending = { input: DEVICE, status: 1, frames: 0, lastWords };
      const { code, reason } = await explain(ending, system({ os }));
      assertStringIncludes(reason, remedy);
      assertEquals(code, "permission");
    });
  }
});

Deno.test("explain() says who holds a busy camera", async () => {
  const holders = (device: string) => {
    assertEquals(device, "/dev/video0");
    return Promise.resolve([{ pid: 1234, name: "obs", wscam: undefined }]);
  };
  const lastWords = ["/dev/video0: Device or resource busy"];
  const ending = { input: DEVICE, status: 1, frames: 0, lastWords };
  assertEquals(
    await explain(ending, system({ holders })),
    { code: "busy", reason: "is busy: obs (pid 1234) uses /dev/video0" },
  );
});

Deno.test("explain() says which modes a camera offers when it refuses one", async (t) => {
  const wanted = { width: 640, height: 480, fps: 25 };
  await t.step("those that it was asked for", async () => {
    const ending = {
      input: { kind: "device" as const, device: "Cam" },
      status: 1,
      frames: 0,
      wanted,
      lastWords: ["[dshow @ 0a] Could not set video options"],
      modes: [{ format: "mjpeg", width: 800, height: 600, fps: [15, 30] }],
    };
    assertEquals(
      (await explain(ending, system({ os: "windows" }))).reason,
      "does not offer 640x480 at 25 fps (Cam): it offers 800x600 at 30, 15 fps; " +
        "choose with '--resolution' and '--fps'",
    );
  });
  await t.step("those that ffmpeg lists", async () => {
    const ending = {
      input: { kind: "device" as const, device: "0" },
      status: 1,
      frames: 0,
      wanted,
      lastWords: [
        "[AVFoundation indev @ 0x7f] Selected framerate (25.000000) is not supported by the device.",
        "[AVFoundation indev @ 0x7f] Supported modes:",
        "[AVFoundation indev @ 0x7f]   1280x720@[1.000000 30.000030]fps",
        "[AVFoundation indev @ 0x7f]   640x480@[15.000000 30.000030]fps",
        "0:none: Input/output error",
      ],
    };
    assertStringIncludes(
      (await explain(ending, system({ os: "darwin" }))).reason,
      "(0): it offers 640x480 at 30 fps; 1280x720 at 30 fps; choose",
    );
  });
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
