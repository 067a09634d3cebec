import { assertEquals } from "@std/assert";
import { captureControls } from "../../../lib/camera/control/capture_controls.ts";
import {
  captureValues,
  changeCapture,
  DEFAULT_CAPTURE as CAPTURE,
} from "../../../lib/frame/change_capture.ts";

Deno.test("captureControls() lists sizes that the camera has, from small to large, and the present one", () => {
  const modes = [
    { width: 1280, height: 720, fps: [30] },
    { width: 320, height: 240, fps: [30] },
    { width: 320, height: 240, fps: [15] },
  ].map((mode) => ({ format: "mjpeg", ...mode }));
  const { resolution } = captureControls(CAPTURE, { modes, isCopied: false });
  assertEquals(
    resolution?.choices?.map(({ value }) => value),
    ["320x240", "1280x720", "640x480"],
  );
  assertEquals(resolution?.value, "640x480");
});

Deno.test("captureControls() offers nothing that changeCapture() refuses", () => {
  for (
    const [name, control] of Object.entries(
      captureControls(CAPTURE, { modes: [], isCopied: false }),
    )
  ) {
    const values = control.choices?.map(({ value }) => value) ?? [control.min, control.max];
    for (const value of [...values, control.value]) {
      const changed = captureValues(changeCapture(CAPTURE, { [name]: value }));
      assertEquals(changed[name], value, name);
    }
  }
});
