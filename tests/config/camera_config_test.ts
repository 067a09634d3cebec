import { assertEquals, assertThrows } from "@std/assert";
import { parseCameras } from "../../lib/config/camera_config.ts";
import { DEFAULT_CAPTURE } from "../../lib/frame/change_capture.ts";

Deno.test("parseCameras() is camera 0 when there are none, and refuses twins", () => {
  const parse = (texts: string[]) => parseCameras(texts, DEFAULT_CAPTURE);
  const source = { kind: "index", index: 0 } as const;
  assertEquals(parse([]), [{ name: "0", source, capture: DEFAULT_CAPTURE }]);
  assertEquals(parse(["a=0", "b=0"]).map(({ name }) => name), ["a", "b"]);
  for (const twins of [["a=0", "a=1"], ["test", "test"], ["rtsp://h/1", "rtsp://h/2"]]) {
    assertThrows(() => parse(twins), RangeError, "must give each camera a name of its own");
  }
});

Deno.test("parseCameras() gives each camera its own settings, and all the others", () => {
  const shared = { ...DEFAULT_CAPTURE, fps: 15, rotate: "90" } as const;
  const cameras = parseCameras(
    ["printer=0#resolution=1280x720#rotate=180", "test#Always-On=1#flip=h", "rtsp://h/x#"],
    { ...shared, flip: "v" },
  );
  assertEquals(cameras.map(({ name, capture }) => [name, capture]), [
    ["printer", {
      ...shared,
      resolution: { width: 1280, height: 720 },
      rotate: "180",
      flip: "v",
    }],
    ["test", { ...shared, alwaysOn: true, flip: "h" }],
    ["h", { ...shared, flip: "v" }],
  ]);
  const [still] = parseCameras(["0#flip=none"], { ...shared, flip: "v" });
  assertEquals(still?.capture, shared);
});

Deno.test("parseCameras() says what is wrong with a setting", async (t) => {
  const cases = [
    ["0#fps=0", "has '#fps', which must be a number from 0.1 to 120, got '0'"],
    ["0#fps=", "has '#fps', which must be a number from 0.1 to 120, got ''"],
    ["a=test#rotat=90", "has '#rotat', which is not a setting of a camera: did you mean 'rotate'?"],
    ["0#t=10", "has '#t', which is not a setting of a camera: there is resolution, fps, quality"],
    ["0#fps=5#fps=5", "has '#fps' twice"],
    ["0#encoder=copy#rotate=90", "must give camera '0' an encoder other than copy"],
    ["nats://h/door#rotate=90", "has '#rotate' on a camera that comes through NATS"],
  ] as const;
  for (const [text, message] of cases) {
    await t.step(text, () => {
      assertThrows(() => parseCameras([text], DEFAULT_CAPTURE), RangeError, message);
    });
  }
  const [relayed] = parseCameras(["nats://h/door#fps=5"], DEFAULT_CAPTURE);
  assertEquals(relayed?.capture.fps, 5);
});
