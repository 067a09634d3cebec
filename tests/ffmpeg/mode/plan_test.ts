import { assertEquals, assertMatch } from "@std/assert";
import type { Mode } from "../../../lib/ffmpeg/mode/modes.ts";
import { type CaptureWish, choosePlan, type Plan } from "../../../lib/ffmpeg/mode/plan.ts";
import { ENCODERS } from "../../../lib/frame/capture.ts";

function modes(format: string, size: string, ...fps: number[]): Mode[] {
  const [width = 0, height = 0] = size.split("x").map(Number);
  return [{ format, width, height, fps }];
}

/** The modes of most webcams: large pictures come quickly only as JPEG. */
const WEBCAM: Mode[] = [
  ...modes("mjpeg", "640x480", 30),
  ...modes("mjpeg", "1280x720", 30),
  ...modes("mjpeg", "1920x1080", 30),
  ...modes("yuyv422", "640x480", 30),
  ...modes("yuyv422", "1280x720", 10),
  ...modes("yuyv422", "1920x1080", 5),
];
const RAW = WEBCAM.filter(({ format }) => format !== "mjpeg");
const JPEG = WEBCAM.filter(({ format }) => format === "mjpeg");

function plan(size: string, wish: CaptureWish, offered: readonly Mode[] = WEBCAM): Plan {
  const [width = 0, height = 0] = size.split("x").map(Number);
  return choosePlan(wish, { resolution: { width, height }, modes: offered });
}

/** The plan in short: `copy+mjpeg`. */
function short(size: string, wish: CaptureWish, offered?: readonly Mode[]): string {
  const { encoder, mjpeg } = plan(size, wish, offered);
  return encoder + (mjpeg ? "+mjpeg" : "");
}

Deno.test("choosePlan() follows the rule of the contract", async (t) => {
  const cases: [string, string, CaptureWish, readonly Mode[], string][] = [
    ["the defaults", "640x480", { fps: 10 }, WEBCAM, "imagescript"],
    ["VGA at 30", "640x480", { fps: 30 }, WEBCAM, "imagescript"],
    ["720p at 10", "1280x720", { fps: 10 }, WEBCAM, "imagescript"],
    ["720p at 30", "1280x720", { fps: 30 }, WEBCAM, "copy+mjpeg"],
    ["1080p at 10", "1920x1080", { fps: 10 }, WEBCAM, "copy+mjpeg"],
    ["1080p at 30", "1920x1080", { fps: 30 }, WEBCAM, "copy+mjpeg"],
    ["raw only, VGA", "640x480", { fps: 30 }, RAW, "imagescript"],
    ["raw only, 1080p", "1920x1080", { fps: 30 }, modes("nv12", "1920x1080", 30), "ffmpeg"],
    ["JPEG only, VGA", "640x480", { fps: 10 }, JPEG, "imagescript+mjpeg"],
    ["JPEG only, 720p", "1280x720", { fps: 30 }, JPEG, "copy+mjpeg"],
    ["nothing known, VGA", "640x480", { fps: 30 }, [], "imagescript"],
    ["nothing known, 720p", "1280x720", { fps: 30 }, [], "ffmpeg"],
    ["another size only, large", "1600x1200", { fps: 30 }, WEBCAM, "copy+mjpeg"],
    ["another size only, small", "320x240", { fps: 10 }, WEBCAM, "imagescript"],
    ["H.264 and JPEG", "1280x720", { fps: 30 }, [
      ...modes("h264", "1280x720", 30),
      ...modes("mjpeg", "1280x720", 30),
    ], "copy+mjpeg"],
    ["H.264 only", "1280x720", { fps: 30 }, modes("h264", "1280x720", 30), "ffmpeg"],
    ["a rate that isn't stated", "1280x720", { fps: 30 }, modes("mjpeg", "1280x720"), "copy+mjpeg"],
    ["a stream", "1920x1080", { fps: 10 }, modes("mjpeg", "1920x1080", 25), "copy+mjpeg"],
    ["a stream of H.264", "1920x1080", { fps: 10 }, modes("h264", "1920x1080", 25), "ffmpeg"],
  ];
  for (const [name, size, wish, offered, wanted] of cases) {
    await t.step(name, () => {
      assertEquals(short(size, wish, offered), wanted);
      assertEquals(short(size, { encoder: "auto", rotate: "0", ...wish }, offered), wanted);
    });
  }
});

Deno.test("choosePlan() encodes anew what is to be changed", async (t) => {
  const changes: [string, Partial<CaptureWish>][] = [
    ["rotate 90", { rotate: "90" }],
    ["rotate 180", { rotate: "180" }],
    ["rotate 270", { rotate: "270" }],
    ["flip h", { flip: "h" }],
    ["flip v", { flip: "v" }],
    ["flip hv", { flip: "hv" }],
    ["quality 50", { quality: 50 }],
    ["quality 80, which is usual", { quality: 80 }],
    ["quality 0", { quality: 0 }],
    ["all", { rotate: "90", flip: "h", quality: 50 }],
  ];
  for (const [name, change] of changes) {
    await t.step(name, () => {
      assertEquals(short("1280x720", { fps: 30, ...change }), "ffmpeg+mjpeg");
      assertEquals(short("1280x720", { fps: 30, ...change }, RAW), "ffmpeg");
      assertEquals(short("640x480", { fps: 30, ...change }), "imagescript");
    });
  }
});

Deno.test("choosePlan() leaves 10 million pixels a second to imagescript, and no more", async (t) => {
  const cases: [string, number, string][] = [
    ["1000x1000", 10, "imagescript"],
    ["1000x1000", 10.001, "ffmpeg"],
    ["1000x1001", 10, "ffmpeg"],
    ["640x480", 32.55, "imagescript"],
    ["640x480", 32.56, "ffmpeg"],
    ["1280x720", 10.85, "imagescript"],
    ["1280x720", 10.86, "ffmpeg"],
    ["1920x1080", 4.82, "imagescript"],
    ["1920x1080", 4.83, "ffmpeg"],
    ["3840x2160", 1, "imagescript"],
    ["3840x2160", 1.21, "ffmpeg"],
    ["7680x4320", 0.1, "imagescript"],
    ["320x240", 120, "imagescript"],
    ["640x480", 120, "ffmpeg"],
  ];
  for (const [size, fps, wanted] of cases) {
    await t.step(`${size} at ${fps}`, () => {
      assertEquals(short(size, { fps }, []), wanted);
      const copied = wanted === "ffmpeg" ? "copy+mjpeg" : "imagescript+mjpeg";
      assertEquals(short(size, { fps }, modes("mjpeg", size, 120)), copied);
    });
  }
});

Deno.test("choosePlan() counts the frames that are asked for, whatever the camera gives", () => {
  assertEquals(short("1280x720", { fps: 30 }, modes("yuyv422", "1280x720", 5)), "ffmpeg");
  assertEquals(short("640x480", { fps: 60 }, modes("mjpeg", "640x480", 30)), "copy+mjpeg");
  assertEquals(short("640x480", { fps: 30 }, modes("mjpeg", "640x480", 60)), "imagescript+mjpeg");
});

Deno.test("choosePlan() does what it is told to", async (t) => {
  for (const encoder of ENCODERS.filter((encoder) => encoder !== "auto")) {
    for (const size of ["640x480", "1280x720"]) {
      await t.step(`${encoder} at ${size}`, () => {
        const { reason, ...plain } = plan(size, { fps: 30, encoder });
        assertEquals({ ...plain, mode: undefined }, {
          mode: undefined,
          encoder,
          mjpeg: encoder === "copy" || size === "1280x720",
        });
        assertEquals(reason, "as asked for");
      });
    }
    await t.step(`${encoder} without JPEG`, () => {
      assertEquals(short("640x480", { fps: 30, encoder }, RAW), encoder);
      assertEquals(plan("640x480", { fps: 30, encoder }, []).encoder, encoder);
    });
  }
});

Deno.test("choosePlan() asks a camera for JPEG only where raw pictures are too slow or too large", async (t) => {
  const cases: [string, string, number, readonly Mode[], boolean][] = [
    ["raw is as fast", "640x480", 30, WEBCAM, false],
    ["raw is as fast as wanted", "1280x720", 10, WEBCAM, false],
    ["29.97 will do for 30", "640x480", 30, [
      ...modes("yuyv422", "640x480", 29.97),
      ...modes("mjpeg", "640x480", 30),
    ], false],
    ["raw is slower", "640x480", 30, [
      ...modes("yuyv422", "640x480", 15),
      ...modes("mjpeg", "640x480", 30),
    ], true],
    ["raw has not that size", "800x600", 10, [
      ...modes("yuyv422", "640x480", 30),
      ...modes("mjpeg", "800x600", 30),
    ], true],
    ["raw doesn't tell its rate", "640x480", 30, [
      ...modes("yuyv422", "640x480"),
      ...modes("mjpeg", "640x480"),
    ], false],
    ["no JPEG", "640x480", 30, modes("yuyv422", "640x480", 5), false],
    ["the size is not there", "352x288", 30, WEBCAM, false],
  ];
  for (const [name, size, fps, offered, wanted] of cases) {
    await t.step(name, () => {
      assertEquals(plan(size, { fps, encoder: "imagescript" }, offered).mjpeg, wanted);
      assertEquals(plan(size, { fps }, offered).mjpeg, wanted);
    });
  }
});

Deno.test("choosePlan() says why", async (t) => {
  const cases: [Plan, RegExp][] = [
    [plan("640x480", { fps: 10 }), /^for 3\.1 million pixels a second$/],
    [plan("1280x720", { fps: 30 }), /^for 27\.6 million pixels a second that come as JPEG$/],
    [plan("1280x720", { fps: 30, rotate: "90" }), /^for 27\.6 .* that are to be turned$/],
    [plan("1280x720", { fps: 30, flip: "h" }), /^for 27\.6 .* that are to be turned$/],
    [
      plan("1280x720", { fps: 30, quality: 80 }),
      /^for 27\.6 .* that are to be of another quality$/,
    ],
    [plan("1280x720", { fps: 30 }, []), /^for 27\.6 .* that come without JPEG$/],
    [plan("1280x720", { fps: 30, encoder: "ffmpeg" }), /^as asked for$/],
  ];
  for (const [{ encoder, reason }, pattern] of cases) {
    await t.step(`${encoder}, ${reason}`, () => assertMatch(reason, pattern));
  }
});

Deno.test("choosePlan() doesn't call it 10 million when that is why", () => {
  const at = (fps: number) => plan("1000x1000", { fps }, []);
  assertEquals(at(10).reason, "for 10.0 million pixels a second");
  assertEquals(
    at(10.01).reason,
    "for a little over 10 million pixels a second that come without JPEG",
  );
  assertMatch(at(10.1).reason, /^for 10\.1 million/);
});
