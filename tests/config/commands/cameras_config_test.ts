import { assertEquals, assertThrows } from "@std/assert";
import { parseCameras } from "../../../lib/config/commands/cameras_config.ts";
import { UsageError } from "../../../lib/config/options/usage_error.ts";

const NO_ENV = () => undefined;

Deno.test("parseCameras() reads its options", () => {
  assertEquals(parseCameras([], NO_ENV), { ffmpeg: "ffmpeg", json: false });
  assertEquals(parseCameras(["--json", "--ffmpeg=/f"], NO_ENV), { ffmpeg: "/f", json: true });
  assertEquals(parseCameras([], (name) => name === "WSCAM_FFMPEG" ? "/f" : undefined).ffmpeg, "/f");
  assertThrows(() => parseCameras(["--port", "1"], NO_ENV), UsageError, "Unknown option '--port'");
});
