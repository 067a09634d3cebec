import { assertEquals, assertMatch } from "@std/assert";
import { parseCamera } from "../../../../lib/camera/camera_spec.ts";
import { checkFfmpeg, judgeFfmpeg } from "../../../../lib/commands/doctor/checks/check_ffmpeg.ts";
import {
  type FfmpegFacts,
  parseEncoders,
  parseFormats,
  parseProtocols,
} from "../../../../lib/commands/doctor/ffmpeg_facts.ts";
import { parseVersion } from "../../../../lib/ffmpeg/ffmpeg_version.ts";
import { testWith } from "../../../testutil/needs.ts";

const READS = ["pipe", "file", "http", "rtsp", "v4l2", "mmsh"];
const WRITES = ["rawvideo", "image2pipe", "mjpeg", "mpjpeg"];

function facts(changed: Partial<FfmpegFacts> = {}): FfmpegFacts {
  const whole = { reads: new Set(READS), writes: new Set(WRITES) };
  const { version = "5.1.9-0+deb12u1" } = changed;
  const release = parseVersion(`ffmpeg version ${version}`);
  return { path: "/usr/bin/ffmpeg", version, release, ...whole, ...changed };
}

function use(...cameras: string[]) {
  return { os: "linux", sources: cameras.map((text) => parseCamera(text).source) } as const;
}

Deno.test("judgeFfmpeg() says what an ffmpeg is, and what it lacks", async (t) => {
  const whole = "ffmpeg 5.1.9-0+deb12u1 (/usr/bin/ffmpeg)";
  const less = (set: string[], ...without: string[]) =>
    new Set(set.filter((each) => !without.includes(each)));
  const cases: [string, FfmpegFacts, string[], string, string][] = [
    ["whole", facts(), ["0"], "ok", `${whole} reads v4l2, http, rtsp`],
    [
      "unknown place",
      facts({ path: undefined }),
      ["0"],
      "ok",
      "ffmpeg 5.1.9-0+deb12u1 (ffmpeg) reads",
    ],
    ["no ffmpeg", facts({ version: "" }), ["0"], "fail", "'/usr/bin/ffmpeg' isn't ffmpeg"],
    ["none needed", facts({ version: "" }), ["test"], "warn", "'/usr/bin/ffmpeg' isn't ffmpeg"],
    [
      "no raw pictures",
      facts({ writes: less(WRITES, "rawvideo") }),
      ["0"],
      "fail",
      `${whole} was built without rawvideo`,
    ],
    [
      "no devices",
      facts({ reads: less(READS, "v4l2") }),
      ["x"],
      "fail",
      `${whole} was built without v4l2`,
    ],
    [
      "no devices wanted",
      facts({ reads: less(READS, "v4l2") }),
      ["test"],
      "ok",
      `${whole} reads http, rtsp`,
    ],
    ["no SRT", facts(), ["srt://h:1", "srt://i:1"], "fail", `${whole} was built without srt`],
    ["RTSP in TLS", facts(), ["rtsps://h/", "mms://h/", "a.mp4"], "ok", `${whole} reads`],
    ["old", facts({ version: "3.4.2" }), [], "warn", "ffmpeg 3.4.2 (/usr/bin/ffmpeg) is older"],
    [
      "from git",
      facts({ version: "N-109-g0b1" }),
      [],
      "ok",
      "ffmpeg N-109-g0b1 (/usr/bin/ffmpeg) reads",
    ],
  ];
  for (const [name, given, cameras, status, message] of cases) {
    await t.step(name, () => {
      const check = judgeFfmpeg(given, use(...cameras));
      assertEquals([check.status, check.message.slice(0, message.length)], [status, message]);
      assertEquals(check.remedy === undefined, status === "ok");
    });
  }
});

Deno.test("checkFfmpeg() says how to get one, which matters where a camera needs it", async () => {
  const missing = await checkFfmpeg("/no/ffmpeg", use("0"));
  assertEquals(missing.status, "fail");
  assertMatch(
    missing.message,
    /^A camera needs ffmpeg, and '\/no\/ffmpeg' is not there: install it/,
  );
  assertEquals((await checkFfmpeg("/no/ffmpeg", use("test"))).status, "warn");
});

Deno.test({
  name: "checkFfmpeg() asks one that doesn't answer once, and says so",
  ignore: Deno.build.os === "windows",
}, async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/mute`;
  await Deno.writeTextFile(path, `#!/bin/sh\necho asked >> ${folder}/log\n`, { mode: 0o755 });
  const { status, message, remedy } = await checkFfmpeg(path, use("0"));
  assertEquals([status, remedy], ["fail", "name another with '--ffmpeg'"]);
  assertEquals(message, `'${path}' doesn't answer: it isn't ffmpeg, or a broken one`);
  assertEquals(await Deno.readTextFile(`${folder}/log`), "asked\n");
  await Deno.chmod(path, 0o600);
  const { message: unable } = await checkFfmpeg(path, use("0"));
  assertEquals(
    unable,
    `A camera needs ffmpeg, and '${path}' can't be run; name another with '--ffmpeg'`,
  );
  await Deno.remove(folder, { recursive: true });
});

testWith(["ffmpeg"], "checkFfmpeg() is content with a real one", async () => {
  const check = await checkFfmpeg("ffmpeg", use("test", "rtsp://h/", "http://h/", "x.mp4"));
  assertEquals(check.status, "ok", check.message);
  assertMatch(check.message, /^ffmpeg \S+ \(\/.*ffmpeg\) reads .*http/);
});

Deno.test("parseFormats() reads the lists of ffmpeg 5 and 7", () => {
  const old = "File formats:\n D. = Demuxing supported\n .E = Muxing supported\n --\n" +
    " D  dshow           DirectShow capture\n  E mpjpeg          MIME\n" +
    " DE video4linux2,v4l2 Video4Linux2\n";
  const recent = "Formats:\n D.. = Demuxing supported\n .E. = Muxing\n ..d = Is a device\n ---\n" +
    " D d dshow           DirectShow capture\n  E  mpjpeg          MIME\n" +
    " DEd video4linux2,v4l2 Video4Linux2\n";
  const expected = {
    demuxers: ["dshow", "video4linux2", "v4l2"],
    muxers: ["mpjpeg", "video4linux2", "v4l2"],
  };
  assertEquals(parseFormats(old), expected);
  assertEquals(parseFormats(recent), expected);
  assertEquals(parseFormats("nonsense"), { demuxers: [], muxers: [] });
});

Deno.test("parseProtocols() reads those for input, parseEncoders() those for pictures", () => {
  const protocols = "Supported file protocols:\nInput:\n  file\n  http\nOutput:\n  tee\n";
  assertEquals(parseProtocols(protocols), ["file", "http"]);
  assertEquals(parseProtocols(""), []);
  const encoders = " V..... = Video\n ------\n VFS... mjpeg                MJPEG\n" +
    " V....D pam                  PAM image\n A....D aac                  AAC\n";
  assertEquals(parseEncoders(encoders), ["mjpeg", "pam"]);
});
