import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../lib/config/options/usage_error.ts";
import { parseShare } from "../../../lib/config/commands/share_config.ts";

const NO_ENV = () => undefined;

Deno.test("parseShare() says what is missing or wrong, and never the token", async (t) => {
  const cases: [string[], string][] = [
    [["--token", "hush"], "'--camera' is needed"],
    [["--camera", "a"], "'--token' or '--token-file' is needed"],
    [["--camera", "a", "--token", "hush", "--for", "2"], "'--for' must be like"],
    [["--camera", "a", "--token", "hush", "--url", "ftp://x"], "'--url' must be"],
  ];
  for (const [args, message] of cases) {
    await t.step(message, () => {
      const { message: said } = assertThrows(() => parseShare(args, NO_ENV), UsageError, message);
      assertEquals(said.includes("hush"), false);
    });
  }
});

Deno.test("parseShare() reads what a link needs", () => {
  const env = (name: string) => ({ WSCAM_TOKEN: "hush", WSCAM_CAMERA: "0" })[name];
  assertEquals(parseShare(["--camera", "front door"], env), {
    camera: "front door",
    token: "hush",
    seconds: 3600,
    url: undefined,
  });
  assertEquals(parseShare(["-c", "caf\u0065\u0301"], env).camera, "caf\u00e9");
  const args = ["-c", "a", "--for", "1.5h", "--url", "wss://cam.example/sub/?token=x#y"];
  assertEquals(parseShare(args, env), {
    camera: "a",
    token: "hush",
    seconds: 5400,
    url: "https://cam.example/sub/",
  });
});
