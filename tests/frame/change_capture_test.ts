import { assertEquals, assertThrows } from "@std/assert";
import type { Capture } from "../../lib/frame/capture.ts";
import {
  captureValues,
  changeCapture,
  DEFAULT_CAPTURE as CAPTURE,
  setCapture,
} from "../../lib/frame/change_capture.ts";

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
      "WIDTHxHEIGHT, each 16 to 8192",
    ],
    ["fps", [...odd, 0, 0.09, 120.1, "10", Infinity], "a number from 0.1 to 120"],
    [
      "quality",
      [...odd.filter((each) => each !== null), 101, 50.5, "80"],
      "a whole number from 0 to 100",
    ],
    ["encoder", [...odd, "Copy", "toString"], "auto or imagescript or copy or ffmpeg"],
    ["rotate", [...odd, 45, 360, "90 ", "-90", 90.5], "0 or 90 or 180 or 270"],
    ["flip", [...odd.filter((each) => each !== null), "vh", 0], "h or v or hv"],
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
      "field 'encoder' must be something other than 'copy'",
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

Deno.test("setCapture() reads texts, as options and files have them", () => {
  const cases: [name: string, text: string, changed: Partial<Capture>][] = [
    ["resolution", "1280X720", { resolution: { width: 1280, height: 720 } }],
    ["fps", ".5", { fps: 0.5 }],
    ["quality", "0", { quality: 0 }],
    ["encoder", "copy", { encoder: "copy" }],
    ["rotate", "90", { rotate: "90" }],
    ["flip", "hv", { flip: "hv" }],
    ["flip", "none", { flip: undefined }],
    ["linger", "0.5", { linger: 0.5 }],
    ["always-on", "yes", { alwaysOn: true }],
  ];
  for (const [name, text, changed] of cases) {
    assertEquals(setCapture(CAPTURE, name, text), { ...CAPTURE, ...changed });
  }
  assertThrows(() => setCapture(CAPTURE, "fps", "0"), RangeError, "must be a number from 0.1 to");
  assertThrows(() => setCapture(CAPTURE, "flip", "x"), RangeError, "must be h or v or hv or none");
});

Deno.test("captureValues() tells what setCapture() reads again", () => {
  let capture = CAPTURE;
  for (const [name, value] of Object.entries(captureValues({ ...CAPTURE, quality: 7 }))) {
    capture = setCapture(capture, name, String(value ?? "none"));
  }
  assertEquals(capture, { ...CAPTURE, quality: 7 });
});
