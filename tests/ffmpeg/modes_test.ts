import { assertEquals } from "@std/assert";
import {
  type Mode,
  parseDshowOptions,
  parseStream,
  parseV4l2Ctl,
  parseV4l2Formats,
} from "../../lib/ffmpeg/modes.ts";
import { createRandom } from "../testutil/random.ts";

function mode(format: string, size: string, ...fps: number[]): Mode {
  const [width = 0, height = 0] = size.split("x").map(Number);
  return { format, width, height, fps };
}

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

Deno.test("parseDshowOptions() reads what each ffmpeg prints", async (t) => {
  const wanted = [
    mode("yuyv422", "640x480", 30),
    mode("yuyv422", "1280x720", 10),
    mode("mjpeg", "1280x720", 30),
    mode("mjpeg", "1920x1080", 30.0003),
  ];
  const modes = [
    "pixel_format=yuyv422  min s=640x480 fps=5 max s=640x480 fps=30",
    "pixel_format=yuyv422  min s=1280x720 fps=5 max s=1280x720 fps=10",
    "vcodec=mjpeg  min s=1280x720 fps=15 max s=1280x720 fps=30",
    "vcodec=mjpeg  min s=160x120 fps=5 max s=1920x1080 fps=30.0003",
  ];
  const colours = ["(tv, bt470bg/bt709/unknown, topleft)", "(pc, bt470bg/bt709/unknown, center)"];
  const pin = (title: string, lines: string[], by = "dshow @ 000001781c263740") =>
    [
      `DirectShow video device options (from ${title})`,
      ' Pin "Capture" (alternative "0")',
      ...lines,
    ]
      .map((line) => `[${by}] ${line}\r\n`).join("") + "video=C920: Immediate exit requested\r\n";
  const twice = modes.flatMap((line) => [`  ${line}`, `  ${line}`]);
  const withColours = modes.flatMap((
    line,
    i,
  ) => [`  ${line}`, `  ${line} ${colours[i > 1 ? 1 : 0]}`]);
  const texts = {
    "4": pin("video devices", twice),
    "5": pin("video devices", withColours),
    "7": pin("video devices", withColours, "in#0 @ 0000020a") +
      "[in#0 @ 0000020a] Error opening input: Immediate exit requested\r\n",
  };
  for (const [version, text] of Object.entries(texts)) {
    await t.step(`ffmpeg ${version}`, () => assertEquals(parseDshowOptions(text), wanted));
  }
});

Deno.test("parseDshowOptions() reads no modes where there are none", () => {
  for (
    const text of [
      "",
      "[dshow @ 0a] Could not find video device with name [x] among source devices of type video.\r\n",
      "[dshow @ 0a]   unknown compression type 0x30323449  min s=640x480 fps=5 max s=640x480 fps=30\r\n",
      "[dshow @ 0a]   min ch=1 bits=16 rate= 44100\r\n",
    ]
  ) assertEquals(parseDshowOptions(text), []);
});

Deno.test("parseStream() reads the first picture stream of what ffmpeg -i prints", async (t) => {
  const cases: [string, string, Mode[]][] = [
    [
      "RTSP with H.264 and sound",
      `Input #0, rtsp, from 'rtsp://192.168.1.20:554/h264':
  Metadata:
    title           : RTP session
  Duration: N/A, start: 0.040000, bitrate: N/A
  Stream #0:0: Video: h264 (High), yuv420p(progressive), 1920x1080, 25 fps, 25 tbr, 90k tbn, 180k tbc
  Stream #0:1: Audio: aac (LC), 16000 Hz, mono, fltp
At least one output file must be specified
`,
      [mode("h264", "1920x1080", 25)],
    ],
    [
      "sound first",
      `  Stream #0:0: Audio: pcm_mulaw, 8000 Hz, mono, s16, 64 kb/s
  Stream #0:1: Video: hevc (Main), yuvj420p(pc, bt709), 2560x1440, 12.50 fps, 20 tbr, 90k tbn
`,
      [mode("hevc", "2560x1440", 12.5)],
    ],
    [
      "MJPEG over HTTP, which states no rate",
      `Input #0, mpjpeg, from 'http://192.168.1.30:8080/?action=stream':
  Duration: N/A, bitrate: N/A
  Stream #0:0: Video: mjpeg (Baseline), yuvj422p(pc, bt470bg/unknown/unknown), 1280x720, 25 tbr, 25 tbn
`,
      [mode("mjpeg", "1280x720")],
    ],
    [
      "MJPEG with a rate",
      "    Stream #0:0: Video: mjpeg, yuvj420p(pc), 640x480 [SAR 1:1 DAR 4:3], 29.97 fps, 30 tbr\n",
      [mode("mjpeg", "640x480", 29.97)],
    ],
    [
      "a file of ffmpeg 4",
      "    Stream #0:0(und): Video: h264 (High) (avc1 / 0x31637661), yuv420p, 320x240 " +
      "[SAR 1:1 DAR 4:3], 50 kb/s, 20 fps, 20 tbr, 10240 tbn, 40 tbc (default)\n",
      [mode("h264", "320x240", 20)],
    ],
    [
      "a file of ffmpeg 7",
      "  Stream #0:0[0x1](eng): Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709, " +
      "progressive), 1280x720, 999 kb/s, 60 fps, 60 tbr, 15360 tbn (default)\n",
      [mode("h264", "1280x720", 60)],
    ],
    [
      "raw pictures",
      "  Stream #0:0: Video: rawvideo (YUY2 / 0x32595559), yuyv422, 1280x720, 442368 kb/s, " +
      "30 fps, 30 tbr, 1000k tbn\n",
      [mode("rawvideo", "1280x720", 30)],
    ],
    [
      "a rate in thousands",
      "  Stream #0:0: Video: mjpeg, yuvj420p(pc), 320x240, 1k fps, 1k tbr, 1k tbn\n",
      [mode("mjpeg", "320x240", 1000)],
    ],
    [
      "a song with its cover",
      `Input #0, mp3, from 'song.mp3':
  Stream #0:0: Audio: mp3, 44100 Hz, stereo, fltp, 320 kb/s
  Stream #0:1: Video: mjpeg (Baseline), yuvj420p(pc, bt470bg/unknown/unknown), 600x600 ` +
      `[SAR 72:72 DAR 1:1], 90k tbr, 90k tbn (attached pic)
`,
      [],
    ],
    [
      "a film that is to be turned",
      `  Stream #0:0[0x1]: Video: mjpeg (Baseline), yuvj420p(pc), 1280x720 [SAR 1:1 DAR 16:9], 30 fps
    Side data:
      displaymatrix: rotation of -90.00 degrees
  Stream #0:1: Audio: aac
`,
      [{ ...mode("mjpeg", "1280x720", 30), isTurned: true }],
    ],
    [
      "a film that lies upright",
      `  Stream #0:0[0x1]: Video: mjpeg (Baseline), yuvj420p(pc), 1280x720 [SAR 1:1 DAR 16:9], 30 fps
      displaymatrix: rotation of -0.00 degrees
  Stream #0:1: Video: mjpeg, 640x480
      displaymatrix: rotation of 90.00 degrees
`,
      [mode("mjpeg", "1280x720", 30)],
    ],
    [
      "a film with its cover",
      `  Stream #0:0(und): Video: h264 (High), yuv420p, 640x360, 30 fps, 30 tbr, 15360 tbn (default)
  Stream #0:1: Video: mjpeg (Baseline), yuvj420p(pc), 600x600, 90k tbr, 90k tbn (attached pic)
`,
      [mode("h264", "640x360", 30)],
    ],
    ["sound only", "  Stream #0:0: Audio: mp3, 44100 Hz, stereo, fltp, 128 kb/s\n", []],
    ["no size yet", "  Stream #0:0: Video: h264, none, 90k tbr, 90k tbn\n", []],
    ["nothing", "", []],
    ["no answer", "rtsp://192.168.1.20/h264: Connection refused\n", []],
    [
      "a title that looks like a stream",
      `Input #0, mov, from 'a.mp4':
  Metadata:
    title           : Stream #0:0: Video: mjpeg, yuvj420p, 1x1, 1 fps
  Stream #0:0: Video: h264, yuv420p, 320x240, 20 fps, 20 tbr, 10240 tbn
`,
      [mode("h264", "320x240", 20)],
    ],
  ];
  for (const [name, text, modes] of cases) {
    await t.step(name, () => assertEquals(parseStream(text), modes));
    await t.step(`${name}, on Windows`, () => {
      assertEquals(parseStream(text.replaceAll("\n", "\r\n")), modes);
    });
  }
});

Deno.test("all parsers end without throwing, whatever they read", () => {
  const words = [
    ..."[0]: 'MJPG'|Size: Discrete 1x1|Interval: Discrete 1s (1 fps)|] Raw : x :|Stream #0:0: Video: |"
      .split("|"),
    "max s=1x1 fps=1",
    "vcodec=",
    ": ",
    "\n",
    " ",
    "\t",
    "9".repeat(400),
  ];
  for (let seed = 1; seed <= 500; seed++) {
    const random = createRandom(seed);
    const text = Array.from({ length: 60 }, () => words[random.below(words.length)]).join("");
    for (const parse of [parseV4l2Ctl, parseV4l2Formats, parseDshowOptions, parseStream]) {
      parse(text);
    }
  }
  const long = "[0]: Stream #0:0: Video: vcodec=x ] Raw :".repeat(1600);
  for (const parse of [parseV4l2Ctl, parseV4l2Formats, parseDshowOptions, parseStream]) {
    assertEquals(parse(long).length, 0);
  }
});
