import { assertEquals } from "@std/assert";
import type { Mode } from "../../../lib/ffmpeg/mode/modes.ts";
import { describeModes, parseRefusal } from "../../../lib/camera/device/offered_modes.ts";

const WANTED = { width: 640, height: 480, fps: 20 };

function mode(width: number, height: number, ...fps: number[]): Mode {
  return { format: "mjpeg", width, height, fps };
}

Deno.test("describeModes() names the nearest sizes and rates first", () => {
  const modes = [mode(1920, 1080, 30), mode(320, 240, 30, 5, 15), mode(800, 600, 29.97)];
  assertEquals(
    describeModes(modes, WANTED),
    "800x600 at 29.97 fps; 320x240 at 15, 30, 5 fps; 1920x1080 at 30 fps",
  );
});

Deno.test("describeModes() names each size once, whatever its formats", () => {
  const modes = [mode(640, 480, 30), mode(640, 480, 30.0003, 10), mode(64, 48)];
  assertEquals(describeModes(modes, WANTED), "640x480 at 30, 10 fps; 64x48");
});

Deno.test("describeModes() says no more than a sentence holds", () => {
  const sizes = Array.from({ length: 100 }, (_, i) => mode(16 * (i + 1), 9 * (i + 1)));
  assertEquals(describeModes(sizes, WANTED).split("; ").length, 6);
  assertEquals(describeModes(sizes, WANTED).endsWith("; more"), true);
  const rates = mode(640, 480, ...Array.from({ length: 50 }, (_, i) => i + 1));
  assertEquals(describeModes([rates], WANTED), "640x480 at 20, 19, 21, 18 fps");
  assertEquals(describeModes([], WANTED), "");
});

Deno.test("parseRefusal() reads what avfoundation lists", () => {
  const words = "[AVFoundation indev @ 0x7f] Supported modes:\n" +
    "[AVFoundation indev @ 0x7f]   160x120@[14.999993 30.000030]fps\n" +
    "  1280x720@[1.000000 60.000240]fps\n0:none: Input/output error";
  assertEquals(parseRefusal(words), [
    { format: "", width: 160, height: 120, fps: [30.00003] },
    { format: "", width: 1280, height: 720, fps: [60.00024] },
  ]);
  assertEquals(parseRefusal("nothing of the kind"), []);
});
