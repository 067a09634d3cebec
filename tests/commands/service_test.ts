import { assertEquals, assertRejects } from "@std/assert";
import { type Run, runProgram } from "../../lib/commands/service/run.ts";
import { service } from "../../lib/commands/service.ts";
import { parseService } from "../../lib/config/commands/service_config.ts";

const PROGRAM = {
  command: ["/a b/wscam"],
  reads: [],
  module: undefined,
  warning: undefined,
};

const never: Run = (command) => {
  throw new Error(`Unexpected call of ${command}`);
};

function action(args: string[], os: typeof Deno.build.os, run: Run = never): Promise<number> {
  const config = parseService(args, () => undefined);
  return service(config, { os, uid: 1000, program: PROGRAM, run, say: () => {} });
}

Deno.test("service() says how to become root, or how to do without", async () => {
  const error = await assertRejects(() => action(["install", "--", "-c", "0"], "linux"), Error);
  assertEquals(
    error.message,
    "Cannot install a system service: only root may, so: sudo '/a b/wscam' service install with " +
      "the same options; or use a service of your own, with '--user'",
  );
});

Deno.test("service() says that there is no systemd", async () => {
  const run: Run = (command, args) => {
    assertEquals([command, ...args], ["systemctl", "--user", "show", "--property=Version"]);
    return Promise.resolve({ code: 127, stdout: "", stderr: "there is no systemctl" });
  };
  const error = await assertRejects(() => action(["install", "--user"], "linux", run), Error);
  assertEquals(
    error.message,
    "Cannot reach systemd for the service: 'systemctl --user show --property=Version' ended with 127: " +
      "there is no systemctl",
  );
});

Deno.test("service() says what to type on Windows", async () => {
  const args = ["install", "--", "-c", "My Camera", "--port", "80"];
  const error = await assertRejects(() => action(args, "windows"), Error);
  assertEquals(
    error.message,
    "Services are for Linux and macOS; on Windows the Task Scheduler starts wscam when you log on, once " +
      "you have typed this into a Command Prompt (cmd) that runs as administrator: " +
      'schtasks /Create /F /TN wscam /SC ONLOGON /TR "\\"/a b/wscam\\" serve ' +
      '\\"--camera=My Camera\\" --port=80"',
  );
});

Deno.test("runProgram() gives status and words, also of a program that isn't there", async () => {
  const { code, stderr } = await runProgram("wscam-no-such-program", []);
  assertEquals([code, stderr], [127, "there is no wscam-no-such-program"]);
  const echo = await runProgram(Deno.execPath(), ["eval", "console.log(1); Deno.exit(3)"]);
  assertEquals([echo.code, echo.stdout], [3, "1\n"]);
});
