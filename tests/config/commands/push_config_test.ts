import { assertEquals, assertThrows } from "@std/assert";
import { parsePush } from "../../../lib/config/commands/push_config.ts";
import { UsageError } from "../../../lib/config/options/usage_error.ts";

const nothing = () => undefined;

Deno.test("parsePush() reads what is pushed where", () => {
  assertEquals(parsePush(["-"], nothing), {
    files: ["-"],
    url: "ws://localhost:8765/",
    camera: undefined,
    replace: false,
    fps: undefined,
    loop: false,
  });
  const args = ["a.jpg", "b.jpg", "-c", "ai", "--to", "host", "--token", "a&b", "-f", "5"];
  assertEquals(parsePush([...args, "--loop", "--replace"], nothing), {
    files: ["a.jpg", "b.jpg"],
    url: "ws://host:8765/?token=a%26b",
    camera: "ai",
    replace: true,
    fps: 5,
    loop: true,
  });
});

Deno.test("parsePush() takes the token's variable, and no other of serve's", () => {
  const env = (name: string) => ({ WSCAM_TOKEN: "t", WSCAM_CAMERA: "0", WSCAM_FPS: "3" })[name];
  const { url, camera, fps } = parsePush(["-"], env);
  assertEquals([url, camera, fps], ["ws://localhost:8765/?token=t", undefined, undefined]);
});

Deno.test("parsePush() says what is wrong", () => {
  const cases: [string[], string][] = [
    [[], "FILE is needed"],
    [
      ["a.jpg", "ws://h:1/?token=hush"],
      "FILE can't be 'ws://h:1/': did you mean '--to ws://h:1/'?",
    ],
    [["-", "--loop"], "'--loop' needs files"],
    [["-", "--to", "ftp://x"], "'--to' must be like ws://HOST:8765"],
    [["-", "--fps", "0"], "'--fps' must be a number from 0.1 to 120"],
    [["-", "--width", "3"], "Unknown option '--width'"],
  ];
  for (const [args, words] of cases) {
    assertThrows(() => parsePush(args, nothing), UsageError, words);
  }
});
