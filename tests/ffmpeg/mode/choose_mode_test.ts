import { assertEquals } from "@std/assert";
import { chooseMode } from "../../../lib/ffmpeg/mode/choose_mode.ts";
import type { Mode } from "../../../lib/ffmpeg/mode/modes.ts";
import { choosePlan } from "../../../lib/ffmpeg/mode/plan.ts";
import { hasSize, nearestSize, sizesOf } from "../../../lib/ffmpeg/mode/sizes.ts";

/** A list in short: `yuyv422 640x480 30 15`, `h264 32x32..2592x1944/2x2`, `!` before what can't be read. */
function list(text: string): Mode[] {
  return text.trim().split("\n").map((line) => {
    const [format = "", size = "", ...fps] = line.trim().split(" ");
    const [from = "", to = from, step = "1x1"] = size.split(/\.\.|\//);
    const sides = (text: string) => {
      const [width = 0, height = 0] = text.split("x").map(Number);
      return { width, height };
    };
    return {
      format: format.replace("!", ""),
      ...sides(to),
      fps: fps.map(Number),
      ...(format.startsWith("!") ? { isUnreadable: true } : {}),
      ...(size.includes("..") ? { range: { least: sides(from), step: sides(step) } } : {}),
    };
  });
}

/**
 * Modes that cameras list, as far as they matter here, from their owners' `v4l2-ctl
 * --list-formats-ext`.
 */
const CAMERAS: Record<string, Mode[]> = {
  "Logitech C920": list(`
    yuyv422 640x480 30 24 20 15 10 7.5 5
    yuyv422 1280x720 10 7.5 5
    yuyv422 1920x1080 5
    yuyv422 2304x1536 2
    h264 640x480 30 24 15
    h264 1280x720 30 24 15
    h264 1920x1080 30 24 15
    mjpeg 640x480 30 24 20 15 10 7.5 5
    mjpeg 1280x720 30 24 20 15 10 7.5 5
    mjpeg 1920x1080 30 24 20 15 10 7.5 5`),
  "Logitech C922": list(`
    yuyv422 640x480 30 24 20 15 10 7.5 5
    yuyv422 1280x720 10 7.5 5
    yuyv422 1920x1080 5
    mjpeg 640x480 30 24 20 15 10 7.5 5
    mjpeg 1280x720 60 30 24 20 15 10 7.5 5
    mjpeg 1920x1080 30 24 20 15 10 7.5 5`),
  "Logitech C930e": list(`
    yuyv422 640x480 30 24 20 15 10 7.5 5
    yuyv422 1280x720 10 7.5 5
    mjpeg 640x480 30 24 20 15 10 7.5 5
    mjpeg 1280x720 30 24 20 15 10 7.5 5
    mjpeg 1920x1080 30 24 20 15 10 7.5 5`),
  "Logitech C270": list(`
    yuyv422 640x480 30 25 20 15 10 5
    yuyv422 1280x720 7.5 5
    yuyv422 1280x960 7.5 5
    mjpeg 640x480 30 25 20 15 10 5
    mjpeg 1280x720 30 25 20 15 10 5
    mjpeg 1280x960 30 25 20 15 10 5`),
  "Logitech BRIO": list(`
    yuyv422 640x480 30 24 15 10 7.5 5
    yuyv422 1280x720 30 24 15 10 7.5 5
    yuyv422 1920x1080 5
    mjpeg 640x480 120 90 60 30 15
    mjpeg 1280x720 90 60 30 15
    mjpeg 1920x1080 60 30 15
    mjpeg 3840x2160 30 24 15`),
  "Pi camera v1, bcm2835-v4l2": list(`
    yuv420p 32x32..2592x1944/2x2
    yuyv422 32x32..2592x1944/2x2
    rgb24 32x32..2592x1944/2x2
    mjpeg 32x32..2592x1944/2x2
    h264 32x32..1920x1080/2x2
    mjpeg 32x32..2592x1944/2x2
    !YVYU 32x32..2592x1944/2x2
    !VYUY 32x32..2592x1944/2x2
    uyvy422 32x32..2592x1944/2x2
    nv12 32x32..2592x1944/2x2
    bgr24 32x32..2592x1944/2x2
    yuv420p 32x32..2592x1944/2x2
    bgr0 32x32..2592x1944/2x2`),
  "Pi camera v2 and v3, unicam": list(`
    !pBAA 16x16..16376x16376/1x1
    !BG10 16x16..16376x16376/1x1`),
  "EasyCap": list(`
    uyvy422 720x480 29.97
    uyvy422 720x576`),
  "RealSense, depth": list(`
    gray16le 640x480 90 60 30 15 6
    gray16le 1280x720 30 15 6`),
  "RealSense, infrared": list(`
    gray 640x480 90 60 30
    uyvy422 640x480 30 15
    gray 1280x720 30`),
  "RealSense, colour": list(`
    yuyv422 640x480 60 30 15
    yuyv422 1280x720 30 15 6
    yuyv422 1920x1080 30 15 6
    bayer_rggb8 1920x1080 30`),
  "USB 3 grabber": list(`
    yuyv422 640x480 60 30
    yuyv422 1280x720 60 50 30 20 10
    yuyv422 1920x1080 60 50 30 20 10
    mjpeg 640x480 60 30`),
  "USB 2 grabber": list(`
    mjpeg 640x480 60 50 30
    mjpeg 1280x720 60 50 30
    mjpeg 1920x1080 30 25 20
    yuyv422 640x480 30 20 10
    yuyv422 1280x720 10
    yuyv422 1920x1080 5`),
  "YUYV only small": list(`
    yuyv422 640x480 30
    mjpeg 1280x720 30
    h264 1280x720 30`),
  "NV12": list(`
    yuyv422 640x480 30
    nv12 640x480 30
    nv12 1280x720 30`),
  "H.264 only": list(`h264 1280x720 30`),
  "v4l2loopback, idle": list(`yuyv422 2x1..8192x8192/1x1 30`),
  "v4l2loopback, in use": list(`yuv420p 1280x720 30`),
};

/** The mode that the camera is asked for, and the encoder. */
function choice(camera: string, wish: string, encoder: "auto" | "copy" = "auto"): string {
  const [size = "", fps] = wish.split("@");
  const [width = 0, height = 0] = size.split("x").map(Number);
  const facts = { resolution: { width, height }, modes: CAMERAS[camera] ?? [] };
  const plan = choosePlan({ fps: Number(fps), encoder }, facts);
  const { format, fps: rate, ...chosen } = plan.mode ?? { format: "none", fps: 0, width, height };
  return `${format} ${chosen.width}x${chosen.height} ${rate ?? "?"} ${plan.encoder}`;
}

Deno.test("choosePlan() chooses format, size and rate of real cameras together", async (t) => {
  const cases: [camera: string, wish: string, chosen: string][] = [
    ["Logitech C920", "640x480@10", "yuyv422 640x480 10 imagescript"],
    ["Logitech C920", "640x480@30", "yuyv422 640x480 30 imagescript"],
    ["Logitech C920", "640x480@2", "yuyv422 640x480 5 imagescript"],
    ["Logitech C920", "1280x720@10", "yuyv422 1280x720 10 imagescript"],
    ["Logitech C920", "1280x720@30", "mjpeg 1280x720 30 copy"],
    ["Logitech C920", "1920x1080@4", "yuyv422 1920x1080 5 imagescript"],
    ["Logitech C920", "1920x1080@25", "mjpeg 1920x1080 30 copy"],
    ["Logitech C920", "1920x1080@60", "mjpeg 1920x1080 30 copy"],
    ["Logitech C920", "3840x2160@2", "yuyv422 2304x1536 2 imagescript"],
    ["Logitech C922", "1280x720@60", "mjpeg 1280x720 60 copy"],
    ["Logitech C930e", "1280x720@12", "mjpeg 1280x720 15 copy"],
    ["Logitech C930e", "800x600@10", "yuyv422 640x480 10 imagescript"],
    ["Logitech C270", "1280x720@10", "mjpeg 1280x720 10 imagescript"],
    ["Logitech C270", "1280x960@7", "yuyv422 1280x960 7.5 imagescript"],
    ["Logitech BRIO", "3840x2160@30", "mjpeg 3840x2160 30 copy"],
    ["Logitech BRIO", "640x480@32", "mjpeg 640x480 60 imagescript"],
    ["Logitech BRIO", "640x480@100", "mjpeg 640x480 120 copy"],
    ["Pi camera v1, bcm2835-v4l2", "640x480@10", "yuv420p 640x480 ? imagescript"],
    ["Pi camera v1, bcm2835-v4l2", "1920x1080@30", "mjpeg 1920x1080 ? copy"],
    ["Pi camera v1, bcm2835-v4l2", "3000x3000@1", "yuv420p 2592x1944 ? imagescript"],
    ["Pi camera v2 and v3, unicam", "640x480@10", "none 640x480 0 imagescript"],
    ["EasyCap", "640x480@10", "uyvy422 720x480 29.97 imagescript"],
    ["EasyCap", "720x576@25", "uyvy422 720x576 ? ffmpeg"],
    ["RealSense, depth", "640x480@10", "gray16le 640x480 15 imagescript"],
    ["RealSense, infrared", "640x480@10", "uyvy422 640x480 15 imagescript"],
    ["RealSense, infrared", "640x480@60", "gray 640x480 60 ffmpeg"],
    ["RealSense, colour", "1920x1080@30", "yuyv422 1920x1080 30 ffmpeg"],
    ["USB 3 grabber", "1920x1080@30", "yuyv422 1920x1080 30 ffmpeg"],
    ["USB 3 grabber", "640x480@60", "mjpeg 640x480 60 copy"],
    ["USB 2 grabber", "1920x1080@25", "mjpeg 1920x1080 25 copy"],
    ["USB 2 grabber", "1280x720@10", "yuyv422 1280x720 10 imagescript"],
    ["YUYV only small", "1280x720@10", "mjpeg 1280x720 30 imagescript"],
    ["YUYV only small", "640x480@10", "yuyv422 640x480 30 imagescript"],
    ["NV12", "1280x720@30", "nv12 1280x720 30 ffmpeg"],
    ["NV12", "1280x720@10", "nv12 1280x720 30 imagescript"],
    ["H.264 only", "640x480@2", "h264 1280x720 30 imagescript"],
    ["v4l2loopback, idle", "640x480@10", "yuyv422 640x480 30 imagescript"],
    ["v4l2loopback, in use", "640x480@10", "yuv420p 1280x720 30 imagescript"],
  ];
  for (const [camera, wish, chosen] of cases) {
    await t.step(`${camera} ${wish}`, () => assertEquals(choice(camera, wish), chosen));
  }
});

Deno.test("choosePlan() takes a size that comes as JPEG where that is to be passed on", () => {
  assertEquals(choice("Logitech C920", "640x480@10", "copy"), "mjpeg 640x480 10 copy");
  assertEquals(choice("Logitech C920", "2304x1536@2", "copy"), "mjpeg 1920x1080 5 copy");
  assertEquals(choice("USB 3 grabber", "1920x1080@30", "copy"), "mjpeg 640x480 30 copy");
});

Deno.test("chooseMode() asks for any rate where there is every rate", () => {
  const [mode] = list("mjpeg 640x480 2 60");
  const modes = mode ? [{ ...mode, isAnyRate: true }] : [];
  const rate = (fps: number) =>
    chooseMode(modes, { size: { width: 640, height: 480 }, fps, prefersJpeg: false })?.fps;
  assertEquals([1, 12.5, 60, 100].map(rate), [5, 12.5, 60, 60]);
});

Deno.test("choosePlan() says that formats aren't known yet", () => {
  const facts = { resolution: { width: 1280, height: 720 }, modes: undefined };
  const { encoder, mode, reason } = choosePlan({ fps: 30 }, facts);
  assertEquals([encoder, mode], ["ffmpeg", undefined]);
  assertEquals(reason, "for 27.6 million pixels a second; its formats aren't known yet");
});

Deno.test("a range has the sizes that lie on its steps", () => {
  const [mode] = list("yuv420p 32x32..2592x1944/2x2");
  if (mode === undefined) throw new Error("no mode");
  const near = (width: number, height: number) => {
    const size = nearestSize(mode, { width, height });
    return `${size.width}x${size.height}`;
  };
  assertEquals(near(640, 480), "640x480");
  assertEquals(near(641, 481), "642x482");
  assertEquals(near(1, 9000), "32x1944");
  assertEquals(hasSize(mode, { width: 641, height: 480 }), false);
  assertEquals(
    sizesOf(mode).map(({ width, height }) => `${width}x${height}`),
    ["320x240", "640x480", "1280x720", "1920x1080", "2560x1440", "2592x1944"],
  );
  const [sensor] = list("!pBAA 16x16..16376x16376/1x1");
  assertEquals(sensor && sizesOf(sensor).at(-1)?.width, 3840, "nobody chooses 16376x16376");
});
