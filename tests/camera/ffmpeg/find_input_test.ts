import { assertEquals, assertRejects } from "@std/assert";
import type { Device } from "../../../lib/camera/device/device_list.ts";
import type { CameraOs, FfmpegInput } from "../../../lib/ffmpeg/input.ts";
import { findInput } from "../../../lib/camera/ffmpeg/find_input.ts";
import { SourceError } from "../../../lib/frame/source_error.ts";
import type { FfmpegSpec } from "../../../lib/camera/ffmpeg/ffmpeg_spec.ts";

type Spec = FfmpegSpec;

const DEVICES: Device[] = [
  { index: 0, name: "Integrated Camera", device: "first" },
  { index: 1, name: "USB Camera 2", device: "second" },
  { index: 2, name: "USB Camera", device: "third" },
  { index: 5, name: "罗技 C920", device: "fourth" },
];

Deno.test("findInput() finds what ffmpeg is to open", async (t) => {
  const device = (device: string): FfmpegInput => ({ kind: "device", device });
  const cases: [string, Spec, FfmpegInput, CameraOs?][] = [
    ["url", { kind: "url", url: "http://h" }, { kind: "url", url: "http://h" }],
    ["file", { kind: "file", path: "-i" }, { kind: "file", path: "-i" }],
    ["device", { kind: "device", path: "/dev/x" }, device("/dev/x")],
    ["index on Linux", { kind: "index", index: 7 }, device("/dev/video7")],
    ["index on macOS", { kind: "index", index: 5 }, device("fourth"), "darwin"],
    ["index on Windows", { kind: "index", index: 1 }, device("second"), "windows"],
    ["name", { kind: "name", name: "Integrated Camera" }, device("first")],
    ["a whole name before a part", { kind: "name", name: "USB Camera" }, device("third")],
    ["part of a name", { kind: "name", name: "usb" }, device("second")],
    ["part of a Chinese name", { kind: "name", name: "罗技" }, device("fourth")],
  ];
  for (const [name, spec, input, os = "linux"] of cases) {
    await t.step(name, async () => {
      assertEquals(await findInput(spec, { os, devices: () => Promise.resolve(DEVICES) }), input);
    });
  }
});

Deno.test("findInput() looks for devices only where it has to", async () => {
  const devices = () => Promise.reject(new Error("not asked for"));
  for (
    const spec of [
      { kind: "url", url: "http://h" },
      { kind: "file", path: "a" },
      { kind: "device", path: "/dev/x" },
      { kind: "index", index: 0 },
    ] as const
  ) await findInput(spec, { os: "linux", devices });
});

Deno.test("findInput() throws SourceError when there is no such camera", async () => {
  const devices = () => Promise.resolve(DEVICES);
  await assertRejects(
    () => findInput({ kind: "index", index: 3 }, { os: "darwin", devices }),
    SourceError,
    "isn't there: no camera has number 3",
  );
  await assertRejects(
    () => findInput({ kind: "name", name: "猫" }, { os: "linux", devices }),
    SourceError,
    "isn't there: no camera has the name '猫'",
  );
});

Deno.test("findInput() throws SourceError when several have that name, with their paths", async (t) => {
  const twins: Device[] = [
    { index: 0, name: "HD Webcam", device: "/dev/video0", place: "/dev/v4l/by-path/usb-1" },
    { index: 2, name: "Other", device: "/dev/video2" },
    { index: 4, name: "HD Webcam", device: "/dev/video4" },
  ];
  const devices = () => Promise.resolve(twins);
  for (const name of ["HD Webcam", "webcam"]) {
    await t.step(name, async () => {
      await assertRejects(
        () => findInput({ kind: "name", name }, { os: "linux", devices }),
        SourceError,
        "is ambiguous: 2 cameras are called 'HD Webcam'; name one by its path: " +
          "/dev/v4l/by-path/usb-1, /dev/video4",
      );
    });
  }
});

/** A second of video in a folder of its own. */
