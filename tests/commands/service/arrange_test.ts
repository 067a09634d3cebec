import { assertEquals, assertThrows } from "@std/assert";
import { arrange } from "../../../lib/commands/service/arrange.ts";
import { givenOptions } from "../../../lib/config/options/given_options.ts";
import { UsageError } from "../../../lib/config/options/usage_error.ts";

function of(...args: string[]): ReturnType<typeof arrange> {
  return arrange(givenOptions("serve", args));
}

Deno.test("arrange() keeps options that anybody may see on the command line", () => {
  assertEquals(of("-c", "a=test", "-c", "0", "--always-on", "--port", "80", "--ffmpeg", "ffmpeg"), {
    args: ["--camera=a=test", "--camera=0", "--always-on", "--port=80", "--ffmpeg=ffmpeg"],
    secrets: {},
    files: [],
    renewed: [],
  });
});

Deno.test("arrange() puts passwords into variables", async (t) => {
  for (
    const url of [
      "rtsp://me:secret@host/x",
      "door=rtsp://me:se\"cr'et@host/x",
      "http://host/video?key=secret",
      "rtsp://me@host/x",
      "nats://me:secret@host/door",
      "door=tls://me:se%2Fcret@host:4222/door",
      "nats://token@host/*",
      "door=rtsp://me:se,c=ret,0@host/x?size=1,2",
    ]
  ) {
    await t.step(url, () => {
      const { args, secrets } = of("-c", "test", "-c", url, "--fps", "5");
      assertEquals(args, ["--fps=5"]);
      assertEquals(secrets, { WSCAM_CAMERA: `test,${url}` });
    });
  }
  for (const url of ["rtsp://host/x", "nats://host/door", "a=nats://host/door"]) {
    assertEquals(of("-c", url).secrets, {});
  }
  for (const url of ["nats://me:secret@host", "tls://token@host:4222"]) {
    const { args, secrets } = of("--publish", url);
    assertEquals([args, secrets], [[], { WSCAM_PUBLISH: url }]);
  }
  assertEquals(of("--publish", "nats://host").secrets, {});
});

Deno.test("arrange() puts what the table calls a secret into a variable", () => {
  const option = { name: "the-token", value: "SECRET", help: "", secret: true };
  const { args, secrets } = arrange([{ option, values: ["x,y"] }]);
  assertEquals(args, []);
  assertEquals(secrets, { WSCAM_THE_TOKEN: "x,y" });
});

Deno.test("arrange() finds files among the options", () => {
  const args = ["-c", "film=/home/me/a b.mp4", "--ffmpeg", "/opt/ffmpeg", "--unix", "/run/x.sock"];
  assertEquals(of(...args).files, ["/home/me/a b.mp4", "/opt/ffmpeg"]);
});

Deno.test("arrange() leaves files that are renewed where they lie", () => {
  const options = [
    "--cert=/etc/ssl/a.pem",
    "--key=/etc/ssl/a.key",
    "--token-file=/etc/wscam/token",
  ];
  assertEquals(of(...options, "--nats-creds=/srv/a b.creds"), {
    args: [
      "--token-file=/etc/wscam/token",
      "--cert=/etc/ssl/a.pem",
      "--key=/etc/ssl/a.key",
      "--nats-creds=/srv/a b.creds",
    ],
    secrets: {},
    files: [],
    renewed: ["/etc/wscam/token", "/etc/ssl/a.pem", "/etc/ssl/a.key", "/srv/a b.creds"],
  });
});

Deno.test("arrange() refuses what a service could not do", async (t) => {
  const cases: [string[], RegExp][] = [
    [["-c", "film.mp4"], /'--camera' must have a whole path, got 'film.mp4'$/],
    [["-c", "a=./x/film.mp4"], /'--camera' must have a whole path, got '.\/x\/film.mp4'$/],
    [["--ffmpeg", "./ffmpeg"], /'--ffmpeg' must have a whole path/],
    [["--unix", "wscam.sock"], /'--unix' must have a whole path/],
    [["-c", "a\nb"], /'--camera' has a control character in 'a\ufffdb'$/],
    [
      ["-c", "Webcam, old", "-c", "rtsp://me:a@h/"],
      /commas separate values: .* one too many in 'Webcam, old'$/,
    ],
  ];
  for (const [args, message] of cases) {
    await t.step(args.join(" "), () => {
      const error = assertThrows(() => of(...args), UsageError);
      assertEquals(message.test(error.message), true, error.message);
    });
  }
});
