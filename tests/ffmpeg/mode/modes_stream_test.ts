import { assertEquals } from "@std/assert";
import {
  type Mode,
  parseDshowOptions,
  parseStream,
  parseV4l2Ctl,
  parseV4l2Formats,
} from "../../../lib/ffmpeg/mode/modes.ts";
import { createRandom } from "../../testutil/random.ts";
import { mode } from "./mode.ts";

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
