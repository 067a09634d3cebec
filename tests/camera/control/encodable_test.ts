import { assertThrows } from "@std/assert";
import { checkEncodable } from "../../../lib/camera/control/encodable.ts";
import { DEFAULT_CAPTURE } from "../../../lib/frame/change_capture.ts";

const TEST = { kind: "test" } as const;
const DEVICE = { kind: "device" } as const;

function capture(width: number, height: number, fps: number, encoder = DEFAULT_CAPTURE.encoder) {
  return { ...DEFAULT_CAPTURE, resolution: { width, height }, fps, encoder };
}

Deno.test("checkEncodable() lets pass what a machine can do", () => {
  checkEncodable(TEST, capture(1280, 720, 30), 1);
  checkEncodable(TEST, capture(1920, 1080, 30), 2);
  checkEncodable(TEST, capture(3840, 2160, 0.1), 1);
});

Deno.test("checkEncodable() bounds size and rate together", () => {
  assertThrows(
    () => checkEncodable(TEST, capture(1920, 1080, 30), 1),
    RangeError,
    "at most 15.4 at 1920x1080",
  );
  assertThrows(
    () => checkEncodable(TEST, capture(8192, 8192, 0.1), 64),
    RangeError,
    "got 8192x8192",
  );
});

Deno.test("checkEncodable() leaves to ffmpeg and the camera what is encoded there", () => {
  checkEncodable(DEVICE, capture(3840, 2160, 120), 1);
  checkEncodable(DEVICE, capture(8192, 8192, 120, "copy"), 1);
  assertThrows(
    () => checkEncodable(DEVICE, capture(3840, 2160, 120, "imagescript"), 1),
    RangeError,
  );
});
