import { assertEquals, assertThrows } from "@std/assert";
import { parseDoctor } from "../../../lib/config/commands/doctor_config.ts";
import { UsageError } from "../../../lib/config/options/usage_error.ts";
import { parseServe } from "../../../lib/config/commands/serve_config.ts";

const NO_ENV = () => undefined;

Deno.test("parseDoctor() takes every option of serve, from the environment too", () => {
  const args = ["--camera", "test", "-r", "1280x720", "-f", "30", "-p", "80"];
  const env = (name: string) => ({ WSCAM_MAX_CLIENTS: "7" })[name];
  assertEquals(parseDoctor(args, env).serve, parseServe(args, env));
  assertEquals(parseDoctor(args, NO_ENV).json, false);
  assertEquals(parseDoctor([...args, "--json"], NO_ENV).json, true);
  assertThrows(() => parseDoctor(["-e", "copy", "-q", "80"], NO_ENV), UsageError);
  assertThrows(() => parseServe(["--json"], NO_ENV), UsageError);
});

Deno.test("parseDoctor() knows whether a camera was named", () => {
  assertEquals(parseDoctor([], NO_ENV).hasCameras, false);
  assertEquals(parseDoctor(["-c0"], NO_ENV).hasCameras, true);
  assertEquals(parseDoctor([], (name) => ({ WSCAM_CAMERA: "0" })[name]).hasCameras, true);
});
