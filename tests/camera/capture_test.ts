import { assertEquals, assertThrows } from "@std/assert";
import {
  type Capture,
  captureControls,
  captureValues,
  changeCapture,
} from "../../lib/camera/capture.ts";

const CAPTURE: Capture = {
  resolution: { width: 640, height: 480 },
  ...{ fps: 10, quality: undefined, encoder: "auto", rotate: "0", flip: undefined },
};

Deno.test("changeCapture() takes each value up to its bounds, and leaves the rest", () => {
  const cases: [set: Record<string, unknown>, changed: Partial<Capture>][] = [
    [{}, {}],
    [{ resolution: "16x16" }, { resolution: { width: 16, height: 16 } }],
    [{ resolution: "8192x8192" }, { resolution: { width: 8192, height: 8192 } }],
    [{ fps: 0.1 }, { fps: 0.1 }],
    [{ fps: 120 }, { fps: 120 }],
    [{ quality: 0 }, { quality: 0 }],
    [{ quality: 100 }, { quality: 100 }],
    [{ encoder: "ffmpeg" }, { encoder: "ffmpeg" }],
    [{ rotate: 270 }, { rotate: "270" }],
    [{ rotate: "90" }, { rotate: "90" }],
    [{ flip: "hv" }, { flip: "hv" }],
    [{ fps: 5, rotate: 0, flip: null }, { fps: 5 }],
  ];
  for (const [set, changed] of cases) {
    assertEquals(changeCapture(CAPTURE, set), { ...CAPTURE, ...changed });
  }
  assertEquals(changeCapture({ ...CAPTURE, flip: "h" }, { flip: null }), CAPTURE);
  assertEquals(changeCapture({ ...CAPTURE, quality: 50 }, { quality: null }), CAPTURE);
});

Deno.test("changeCapture() refuses each value past its bounds, and of another type", () => {
  const deep = JSON.parse("[".repeat(20_000) + "]".repeat(20_000));
  const odd = [null, true, "", "x", [], {}, [90], { toString: 1 }, deep, NaN, -1, 1e308];
  const cases: [name: string, values: unknown[], rule: string][] = [
    [
      "resolution",
      [...odd, "15x16", "16x15", "8193x16", "640x480\n", "640x480,a=1", " 640x480", "1e3x1e3"],
      "'WIDTHxHEIGHT', each 16 to 8192",
    ],
    ["fps", [...odd, 0, 0.09, 120.1, "10", Infinity], "a number from 0.1 to 120"],
    [
      "quality",
      [...odd.filter((each) => each !== null), 101, 50.5, "80"],
      "a whole number from 0 to 100",
    ],
    ["encoder", [...odd, "Copy", "toString"], "one of 'auto'"],
    ["rotate", [...odd, 45, 360, "90 ", "-90", 90.5], "one of '0', '90', '180', '270'"],
    ["flip", [...odd.filter((each) => each !== null), "vh", 0], "one of 'h', 'v', 'hv'"],
  ];
  for (const [name, values, rule] of cases) {
    for (const value of values) {
      const error = assertThrows(() => changeCapture(CAPTURE, { [name]: value }), RangeError);
      assertEquals(
        error.message.startsWith(`field '${name}' must be ${rule}`),
        true,
        error.message,
      );
      assertEquals(error.message.length < 200, true, error.message);
    }
  }
});

Deno.test("changeCapture() refuses to copy pictures that must be made anew", () => {
  for (const other of [{ quality: 50 }, { rotate: 90 }, { flip: "h" }]) {
    assertThrows(
      () => changeCapture(CAPTURE, { encoder: "copy", ...other }),
      RangeError,
      "field 'encoder' must be another than 'copy'",
    );
  }
  assertEquals(changeCapture(CAPTURE, { encoder: "copy" }).encoder, "copy");
  const other: Capture = { ...CAPTURE, quality: 50, rotate: "90", flip: "h" };
  const undone = { encoder: "copy", quality: null, rotate: 0, flip: null };
  assertEquals(changeCapture(other, undone), { ...CAPTURE, encoder: "copy" });
});

Deno.test("changeCapture() takes no name that every object has", () => {
  const set = JSON.parse('{"__proto__":{"fps":1},"constructor":1,"toString":2}');
  const changed = changeCapture(CAPTURE, set);
  assertEquals(changed, CAPTURE);
  assertEquals(Object.getPrototypeOf(changed), Object.prototype);
});

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
