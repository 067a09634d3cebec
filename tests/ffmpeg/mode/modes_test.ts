import { assertEquals } from "@std/assert";
import { type Mode, parseV4l2Ctl, parseV4l2Formats } from "../../../lib/ffmpeg/mode/modes.ts";
import { mode } from "./mode.ts";

/** A range of sizes from 32x32 on. */
function ranging(format: string, size: string, by: number): Mode {
  const range = { least: { width: 32, height: 32 }, step: { width: by, height: by } };
  return { ...mode(format, size), range };
}

Deno.test("parseV4l2Ctl() reads a webcam's modes", () => {
  const text = `ioctl: VIDIOC_ENUM_FMT
	Type: Video Capture

	[0]: 'MJPG' (Motion-JPEG, compressed)
		Size: Discrete 1280x720
			Interval: Discrete 0.033s (30.000 fps)
			Interval: Discrete 0.133s (7.500 fps)
		Size: Discrete 640x480
			Interval: Discrete 0.008s (120.101 fps)
	[1]: 'YUYV' (YUYV 4:2:2)
		Size: Discrete 640x480
			Interval: Discrete 0.033s (30.000 fps)
			Interval: Discrete 0.200s (5.000 fps)
		Size: Discrete 1280x720
			Interval: Discrete 0.100s (10.000 fps)
	[2]: 'H264' (H.264, compressed)
		Size: Discrete 1920x1080
			Interval: Discrete 0.033s (30.000 fps)
	[3]: 'Y16 ' (16-bit Greyscale)
		Size: Discrete 160x120
			Interval: Discrete 0.111s (9.000 fps)
	[4]: 'Y16 -BE' (16-bit Greyscale BE)
		Size: Discrete 160x120
			Interval: Discrete 0.111s (9.000 fps)
	[5]: 'YVYU' (YVYU 4:2:2)
		Size: Discrete 640x480
			Interval: Discrete 0.033s (30.000 fps)
`;
  assertEquals(parseV4l2Ctl(text), [
    mode("mjpeg", "1280x720", 30, 7.5),
    mode("mjpeg", "640x480", 120.101),
    mode("yuyv422", "640x480", 30, 5),
    mode("yuyv422", "1280x720", 10),
    mode("h264", "1920x1080", 30),
    mode("gray16le", "160x120", 9),
    { ...mode("Y16-BE", "160x120", 9), isUnreadable: true },
    { ...mode("YVYU", "640x480", 30), isUnreadable: true },
  ]);
});

Deno.test("parseV4l2Ctl() reads what v4l-utils printed until 1.16", () => {
  const text = `ioctl: VIDIOC_ENUM_FMT
	Index       : 0
	Type        : Video Capture
	Pixel Format: 'YUYV'
	Name        : YUYV 4:2:2
		Size: Discrete 640x480
			Interval: Discrete 0.033s (30.000 fps)

	Index       : 1
	Type        : Video Capture
	Pixel Format: 'MJPG' (compressed)
	Name        : Motion-JPEG
		Size: Discrete 1280x720
			Interval: Discrete 0.033s (30.000 fps)
`;
  assertEquals(parseV4l2Ctl(text), [
    mode("yuyv422", "640x480", 30),
    mode("mjpeg", "1280x720", 30),
  ]);
});

Deno.test("parseV4l2Ctl() keeps ranges of sizes", async (t) => {
  const texts = {
    "as it is printed now": `ioctl: VIDIOC_ENUM_FMT
	Type: Video Capture

	[0]: 'YU12' (Planar YUV 4:2:0)
		Size: Stepwise 32x32 - 2592x1944 with step 2/2
	[1]: 'MJPG' (Motion-JPEG, compressed)
		Size: Stepwise 32x32 - 2592x1944 with step 2/2
	[2]: 'H264' (H.264, compressed)
		Size: Continuous 32x32 - 1920x1080
`,
    "as it was printed": `ioctl: VIDIOC_ENUM_FMT
        Index       : 0
        Type        : Video Capture
        Pixel Format: 'YU12'
        Name        : Planar YUV 4:2:0
                Size: Stepwise 32x32 - 2592x1944 with step 2/2

        Index       : 1
        Type        : Video Capture
        Pixel Format: 'MJPG' (compressed)
        Name        : Motion-JPEG
                Size: Stepwise 32x32 - 2592x1944 with step 2/2

        Index       : 2
        Type        : Video Capture
        Pixel Format: 'H264' (compressed)
        Name        : H.264
                Size: Continuous 32x32 - 1920x1080
`,
  };
  for (const [name, text] of Object.entries(texts)) {
    await t.step(name, () => {
      assertEquals(parseV4l2Ctl(text), [
        ranging("yuv420p", "2592x1944", 2),
        ranging("mjpeg", "2592x1944", 2),
        ranging("h264", "1920x1080", 1),
      ]);
    });
  }
});

Deno.test("parseV4l2Ctl() keeps ranges of rates", () => {
  const text = `ioctl: VIDIOC_ENUM_FMT
	Type: Video Capture

	[0]: 'BGR3' (24-bit BGR 8-8-8)
		Size: Discrete 640x480
			Interval: Continuous 0.001s - 1.000s (1.000-1000.000 fps)
		Size: Discrete 320x240
			Interval: Stepwise 0.020s - 1.000s with step 0.010s (1.000-50.000 fps)
`;
  assertEquals(parseV4l2Ctl(text), [
    { ...mode("bgr24", "640x480", 1, 1000), isAnyRate: true },
    { ...mode("bgr24", "320x240", 1, 50), isAnyRate: true },
  ]);
});

Deno.test("parseV4l2Ctl() reads no modes where there are none", async (t) => {
  const texts = {
    "nothing": "",
    "a metadata node": "ioctl: VIDIOC_ENUM_FMT\n\tType: Video Capture\n\n",
    "formats without sizes":
      "ioctl: VIDIOC_ENUM_FMT\n\tType: Video Capture\n\n\t[0]: 'MJPG' (Motion-JPEG, compressed)\n",
    "no device": "Cannot open device /dev/video9, exiting.\n",
    "rates before any size": "\t\t\tInterval: Discrete 0.033s (30.000 fps)\n",
  };
  for (const [name, text] of Object.entries(texts)) {
    await t.step(name, () => assertEquals(parseV4l2Ctl(text), []));
  }
});

Deno.test("parseV4l2Formats() reads ffmpeg's list", async (t) => {
  for (const by of ["video4linux2,v4l2 @ 0x55d5c0", "video4linux2 @ 0x1", "in#0/v4l2 @ 0x60b0"]) {
    await t.step(by, () => {
      const text = `[${by}] Compressed:       mjpeg :          Motion-JPEG : 640x480 1920x1080
[${by}] Raw       :     yuyv422 :           YUYV 4:2:2 : 640x480 320x240
[${by}] Compressed:        h264 :                H.264 : 1280x720
[${by}] Compressed: Unsupported :    Something: else : 640x360
[in#0 @ 0x60b0] Error opening input: Immediate exit requested
/dev/video0: Immediate exit requested
`;
      assertEquals(
        parseV4l2Formats(text),
        [
          mode("mjpeg", "640x480"),
          mode("mjpeg", "1920x1080"),
          mode("yuyv422", "640x480"),
          mode("yuyv422", "320x240"),
          mode("h264", "1280x720"),
          { ...mode("Something: else", "640x360"), isUnreadable: true },
        ],
      );
    });
  }
});

Deno.test("parseV4l2Formats() keeps ranges of sizes", () => {
  const text = `[video4linux2,v4l2 @ 0x1c] Raw       :     yuv420p :     Planar YUV 4:2:0 : ` +
    `{32-2592, 2}x{32-1944, 2}
[video4linux2,v4l2 @ 0x1c] Compressed:       mjpeg :            JFIF JPEG : ` +
    `{32-2592, 2}x{32-1944, 2}
`;
  assertEquals(parseV4l2Formats(text), [
    ranging("yuv420p", "2592x1944", 2),
    ranging("mjpeg", "2592x1944", 2),
  ]);
});

Deno.test("parseV4l2Formats() reads no modes where there are none", () => {
  for (
    const text of [
      "",
      "/dev/video9: No such file or directory\n",
      "[video4linux2,v4l2 @ 0x1] Not a video capture device.\n/dev/video1: No such device\n",
      "Input #0, video4linux2,v4l2, from '/dev/video0':\n  Stream #0:0: Video: mjpeg, 640x480\n",
    ]
  ) assertEquals(parseV4l2Formats(text), []);
});
