import { assertEquals } from "@std/assert";
import type { CameraOs, FfmpegInput } from "../../../lib/ffmpeg/input.ts";
import { ffmpegArgs, type FfmpegArgsOptions } from "../../../lib/ffmpeg/args/ffmpeg_args.ts";
import { BORDERS, OPAQUE_FORMATS } from "../../../lib/ffmpeg/output/bordered.ts";
import { TELLS_SIZE } from "../../../lib/ffmpeg/output/own_size.ts";
import { lateFilter, latePackets, packetTimes } from "../../../lib/ffmpeg/args/lateness.ts";
import { ffmpegQuality } from "../../../lib/ffmpeg/ffmpeg_quality.ts";
import { FLIPS, ROTATIONS } from "../../../lib/frame/orientation.ts";
import { ENCODERS } from "../../../lib/frame/capture.ts";
import { ffmpegVersion } from "../../../lib/ffmpeg/ffmpeg_version.ts";
import { fileWhitelist, urlWhitelist } from "../../../lib/ffmpeg/args/whitelist.ts";
import { testWith } from "../../testutil/needs.ts";

const OPTIONS: FfmpegArgsOptions = {
  os: "linux",
  resolution: { width: 640, height: 480 },
  fps: 10,
  version: { major: 5, minor: 1 },
};
const GLOBAL = "-hide_banner -nostdin -nostats -loglevel repeat+warning -max_pixels 66355200";
const OUTPUT = `-map 0:v:0 -vf ${OPAQUE_FORMATS},${BORDERS.join(",")} ` +
  "-c:v rawvideo -pix_fmt rgba -noautoscale -threads 1 -fps_mode passthrough " +
  "-f image2pipe -flush_packets 1 pipe:1";
const LOW_DELAY = "-fflags nobuffer -flags low_delay";

/** Names with spaces are single arguments: shown between angle quotes. */
function argv(input: FfmpegInput, options: Partial<FfmpegArgsOptions> = {}): string {
  return ffmpegArgs(input, { ...OPTIONS, ...options })
    .map((arg) => arg.includes(" ") ? `‹${arg}›` : arg).join(" ");
}

Deno.test("ffmpegArgs() opens a camera as the system does", async (t) => {
  const cases: [CameraOs, string, string][] = [
    [
      "linux",
      "/dev/video0",
      `-f v4l2 ${LOW_DELAY} -video_size 640x480 -framerate 10 -i /dev/video0`,
    ],
    [
      "darwin",
      "0",
      `-f avfoundation ${LOW_DELAY} -video_size 640x480 -framerate 30 -i 0:none`,
    ],
    [
      "windows",
      "Integrated Camera",
      `-f dshow ${LOW_DELAY} -video_size 640x480 -framerate 30 -rtbufsize 64M ` +
      "-i ‹video=Integrated Camera›",
    ],
  ];
  for (const [os, device, input] of cases) {
    await t.step(os, () => {
      assertEquals(argv({ kind: "device", device }, { os }), `${GLOBAL} ${input} ${OUTPUT}`);
    });
  }
});

Deno.test("ffmpegArgs() asks a camera for a rate that it can have", async (t) => {
  const cases: [CameraOs, number, string][] = [
    ["linux", 0.1, "5"],
    ["linux", 5, "5"],
    ["linux", 7.5, "7.5"],
    ["linux", 120, "120"],
    ["darwin", 0.1, "30"],
    ["darwin", 60, "60"],
    ["windows", 10, "30"],
    ["windows", 120, "120"],
  ];
  for (const [os, fps, rate] of cases) {
    await t.step(`${os} ${fps}`, () => {
      const args = ffmpegArgs({ kind: "device", device: "0" }, { ...OPTIONS, os, fps });
      assertEquals(args[args.indexOf("-framerate") + 1], rate);
    });
  }
});

Deno.test("ffmpegArgs() asks a camera for the resolution", () => {
  const resolution = { width: 1920, height: 1080 };
  for (const os of ["linux", "darwin", "windows"] as const) {
    const args = ffmpegArgs({ kind: "device", device: "0" }, { ...OPTIONS, os, resolution });
    assertEquals(args[args.indexOf("-video_size") + 1], "1920x1080");
  }
});

/** The filter that makes the pixels of a stream or a file square. */
const SQUARE = "scale=w='if(eq(sar,1),iw,trunc(iw*sar/2+0.5)*2)':h=ih,setsar=1";
const FILE_OUTPUT = OUTPUT.replace("0:v:0", "0:V:0").replace("-vf ", `-vf ${SQUARE},`);

Deno.test("ffmpegArgs() shows one picture again and again, and many by their numbers", () => {
  for (const [path, pattern] of [["/no/a.jpg", "none"], ["/no/%d.png", "sequence"]] as const) {
    const args = ffmpegArgs({ kind: "file", path }, OPTIONS);
    assertEquals(args[args.indexOf("-pattern_type") + 1], pattern);
    assertEquals(args[args.indexOf("-loop") + 1], "1");
    assertEquals(args.includes("-stream_loop"), false);
  }
});

Deno.test("ffmpegArgs() reads a stream with little delay, RTSP over TCP", async (t) => {
  const cases = [
    ["http://h/x?a=b", "-flags low_delay"],
    ["rtsp://u:p@h/x", "-flags low_delay -rtsp_transport tcp"],
    ["RTSPS://h/x", "-flags low_delay -rtsp_transport tcp"],
    ["udp://@:1234", "-flags low_delay"],
  ] as const;
  for (const [url, options] of cases) {
    await t.step(url, () => {
      const input = `-fpsprobesize 0 ${options} ${urlWhitelist(url).join(" ")} -i ${url}`;
      for (const os of ["linux", "darwin", "windows"] as const) {
        const output = OUTPUT.replace("-vf ", `-vf ${lateFilter()},${SQUARE},`);
        const times = packetTimes(OPTIONS.version, !url.startsWith("http")).join(" ");
        assertEquals(argv({ kind: "url", url }, { os }), `${GLOBAL} ${input} ${output} ${times}`);
      }
    });
  }
});

Deno.test("ffmpegArgs() plays a file at its own speed in a loop, whatever its name", async (t) => {
  for (const path of ["a.mp4", "-i.mp4", "concat:x.mp4", "C:\\a b.mp4"]) {
    await t.step(path, () => {
      const args = ffmpegArgs({ kind: "file", path }, OPTIONS);
      const input = ["-re", "-stream_loop", "-1", ...fileWhitelist(path), "-i", `file:${path}`];
      assertEquals(args, [...GLOBAL.split(" "), ...input, ...FILE_OUTPUT.split(" ")]);
    });
  }
});

Deno.test("ffmpegArgs() says that no frame be invented, as this ffmpeg understands it", async (t) => {
  const cases = [
    [4, 3, "-vsync"],
    [5, 0, "-vsync"],
    [5, 1, "-fps_mode"],
    [6, 0, "-fps_mode"],
    [7, 1, "-fps_mode"],
    [Infinity, 0, "-fps_mode"],
  ] as const;
  for (const [major, minor, option] of cases) {
    await t.step(`${major}.${minor}`, () => {
      const args = ffmpegArgs(
        { kind: "device", device: "/dev/video0" },
        { ...OPTIONS, version: { major, minor } },
      );
      assertEquals(args[args.indexOf("passthrough") - 1], option);
      assertEquals(args.filter((arg) => arg === "-vsync" || arg === "-fps_mode").length, 1);
    });
  }
});

const CAMERA: FfmpegInput = { kind: "device", device: "/dev/video0" };
const MPJPEG = "-threads 1 -fps_mode passthrough -f mpjpeg -flush_packets 1 pipe:1";

/** The arguments between `-map 0:v:0` and `-threads 1`. */
function encoding(options: Partial<FfmpegArgsOptions>): string[] {
  const args = ffmpegArgs(CAMERA, { ...OPTIONS, ...options });
  return args.slice(args.indexOf("0:v:0") + 1, args.indexOf("-threads"));
}

Deno.test("ffmpegArgs() passes a camera's own JPEG on", () => {
  assertEquals(
    argv(CAMERA, { encoder: "copy", mjpeg: true }),
    `${GLOBAL} -f v4l2 ${LOW_DELAY} -video_size 640x480 -framerate 10 -input_format mjpeg ` +
      `-i /dev/video0 -map 0:v:0 -c:v copy ${MPJPEG}`,
  );
});

Deno.test("ffmpegArgs() passes on the JPEG of a stream and of a file", () => {
  assertEquals(
    argv({ kind: "url", url: "http://h/x" }, { encoder: "copy", mjpeg: true }),
    `${GLOBAL} -fpsprobesize 0 -flags low_delay ${
      urlWhitelist("http://h/x").join(" ")
    } -i http://h/x -map 0:v:0 -c:v copy ` +
      `${latePackets(OPTIONS.version).join(" ")} ${MPJPEG}`,
  );
  assertEquals(
    argv({ kind: "file", path: "a.mjpg" }, { encoder: "copy", mjpeg: true }),
    `${GLOBAL} -re -stream_loop -1 ${
      fileWhitelist("a.mjpg").join(" ")
    } -i file:a.mjpg -map 0:V:0 -c:v copy ${MPJPEG}`,
  );
});

Deno.test("ffmpegArgs() never turns or encodes what is passed on", () => {
  const options = { encoder: "copy", rotate: "90", flip: "hv", quality: 10 } as const;
  assertEquals(encoding(options), ["-c:v", "copy"]);
});

Deno.test("ffmpegArgs() has ffmpeg encode JPEG, of the usual quality or another", () => {
  const times = ["-enc_time_base", "1:1000000"];
  const jpeg = [
    "-vf",
    TELLS_SIZE + ",settb=AVTB,setpts='if(isnan(PREV_OUTPTS),RTCTIME,max(RTCTIME,PREV_OUTPTS+1))'",
    "-c:v",
    "mjpeg",
  ];
  assertEquals(encoding({ encoder: "ffmpeg" }), [...jpeg, ...ffmpegQuality(80), ...times]);
  for (const quality of [0, 1, 50, 100]) {
    const args = encoding({ encoder: "ffmpeg", quality });
    assertEquals(args, [...jpeg, ...ffmpegQuality(quality), ...times]);
  }
  assertEquals(encoding({ encoder: "imagescript", quality: 10 }), encoding({}));
});

Deno.test("ffmpegArgs() writes each JPEG at once, with its length", () => {
  for (const encoder of ["copy", "ffmpeg"] as const) {
    const args = argv(CAMERA, { encoder });
    assertEquals(args.slice(args.indexOf("-threads")), MPJPEG);
  }
});

Deno.test("ffmpegArgs() asks a camera for JPEG as the system does", async (t) => {
  const wanted: [CameraOs, string][] = [
    ["linux", "-input_format mjpeg"],
    ["darwin", ""],
    ["windows", "-vcodec mjpeg"],
  ];
  for (const [os, option] of wanted) {
    await t.step(os, () => {
      for (const encoder of ["imagescript", "copy", "ffmpeg"] as const) {
        const [before = ""] = argv(CAMERA, { os, encoder, mjpeg: true }).split(" -i ");
        assertEquals(before.match(/-(input_format|vcodec) \S+/)?.[0] ?? "", option);
        const without = argv(CAMERA, { os, encoder, mjpeg: false });
        assertEquals(/-input_format|-vcodec/.test(without), false);
      }
    });
  }
});

Deno.test("ffmpegArgs() asks no stream and no file for JPEG", () => {
  for (const os of ["linux", "darwin", "windows"] as const) {
    for (
      const input of [{ kind: "url", url: "http://h" }, { kind: "file", path: "a.mp4" }] as const
    ) {
      const args = argv(input, { os, encoder: "copy", mjpeg: true });
      assertEquals(/-input_format|-vcodec/.test(args), false);
    }
  }
});

Deno.test("ffmpegArgs() turns, then mirrors, before it encodes", async (t) => {
  const turned = {
    "0": "",
    "90": "transpose=clock",
    "180": "hflip,vflip",
    "270": "transpose=cclock",
  };
  const mirrored = { none: "", h: "hflip", v: "vflip", hv: "hflip,vflip" };
  for (const rotate of ROTATIONS) {
    for (const flip of [undefined, ...FLIPS]) {
      await t.step(`rotate ${rotate}, flip ${flip ?? "none"}`, () => {
        const filters = [turned[rotate], mirrored[flip ?? "none"]].filter((each) => each !== "");
        const turns = filters.map((each) => `${each},`).join("");
        const [vf = "", quick = "", ...raw] = encoding({});
        assertEquals(encoding({ rotate, flip }), [vf, `${turns}${quick}`, ...raw]);
        const [, numbered = "", ...jpeg] = encoding({ encoder: "ffmpeg" });
        assertEquals(
          encoding({ encoder: "ffmpeg", rotate, flip }),
          [vf, `${turns}${numbered}`, ...jpeg],
        );
      });
    }
  }
});

Deno.test("ffmpegArgs() leaves the rate alone, whoever encodes", () => {
  for (const encoder of ENCODERS.filter((encoder) => encoder !== "auto")) {
    for (const fps of [0.1, 10, 120]) {
      assertEquals(ffmpegArgs(CAMERA, { ...OPTIONS, encoder, fps }).includes("-r"), false);
    }
  }
});

testWith(["ffmpeg"], "ffmpegArgs() has ffmpeg encode frames that come close together", async () => {
  const input = ["-i", "file:x"];
  const args = ffmpegArgs({ kind: "file", path: "x" }, {
    os: "linux",
    encoder: "ffmpeg",
    fps: 30,
    version: await ffmpegVersion("ffmpeg"),
    resolution: { width: 320, height: 240 },
  });
  // 15 pairs a second, 2 ms between the two of each, from a source that says 30 frames a second.
  const pairs = "settb=1/1000000,setpts='floor(N/2)*66666+mod(N,2)*2000'";
  const source = ["-f", "lavfi", "-i", `testsrc=size=320x240:rate=30,${pairs}`];
  const from = args.indexOf("-re");
  args.splice(from, args.indexOf(input[1] ?? "") + 1 - from, ...source);
  const { stdout } = await new Deno.Command("ffmpeg", {
    args: args.toSpliced(-1, 0, "-frames:v", "20"),
    stdin: "null",
  }).output();
  const parts = new TextDecoder("latin1").decode(stdout).match(/Content-length/g);
  assertEquals(parts?.length, 20);
});
