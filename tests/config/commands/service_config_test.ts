import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../lib/config/options/usage_error.ts";
import { SERVICE_ACTIONS, splitService } from "../../../lib/config/commands/service_config.ts";

Deno.test("splitService() reads an action, its options, and those of serve", () => {
  for (const action of SERVICE_ACTIONS) {
    assertEquals(splitService([action]).action, action);
    assertEquals(splitService([action, "--user"]).user, true);
    assertEquals(splitService(["--user", action]).user, true);
  }
  const { given, serveArgs } = splitService([
    "install",
    "--",
    "-c",
    "test",
    "--camera=-x",
    "--always-on",
    "-p",
    "80",
  ]);
  assertEquals(serveArgs.length, 6);
  assertEquals(given.map(({ option, values }) => [option.name, ...values]), [
    ["camera", "test", "-x"],
    ["always-on"],
    ["port", "80"],
  ]);
});

Deno.test("splitService() refuses what it doesn't know, with the nearest that it does", async (t) => {
  const cases: [string[], RegExp][] = [
    [[], /^'service' needs an action: install, uninstall, status, print$/],
    [["--", "--camera", "0"], /needs an action/],
    [["instal"], /^Unknown action 'instal' of 'service': did you mean 'install'\?$/],
    [["start-it-all-now"], /there is install, uninstall, status, print$/],
    [["install", "--usr"], /did you mean '--user'/],
    [["install", "more"], /Unexpected argument 'more'/],
    [
      ["install", "--camera", "a b", "--port=80"],
      /^'--camera' is an option of serve; put those after '--': service install -- --camera 'a b' --port=80$/,
    ],
    [["install", "-p", "80"], /service install -- -p 80$/],
    [["install", "--", "--camra", "0"], /did you mean '--camera'/],
    [["install", "--", "--", "x"], /Unexpected argument 'x'/],
    [
      ["status", "--", "--port", "80"],
      /^'service status' takes no options of serve, got '--port'$/,
    ],
  ];
  for (const [args, message] of cases) {
    await t.step(args.join(" "), () => {
      const error = assertThrows(() => splitService(args), UsageError);
      assertEquals(message.test(error.message), true, error.message);
    });
  }
});
