import { assertEquals, assertRejects } from "@std/assert";
import { ConfigFileError } from "../../../lib/config/file/config_file.ts";
import { loadConfig } from "../../../lib/config/file/load_config.ts";
import { FILE_OPTIONS } from "../../../lib/config/options/options.ts";
import { parseServe } from "../../../lib/config/commands/serve_config.ts";
import { DEFAULT_CAPTURE } from "../../../lib/frame/change_capture.ts";
import { parseFile } from "./parse_file.ts";

const TOKEN_FILE = Deno.makeTempFileSync();
Deno.writeTextFileSync(TOKEN_FILE, "from a file\n");
addEventListener("unload", () => Deno.removeSync(TOKEN_FILE));

/** For each key, a value that is good and means what the option would mean, and one that is bad. */
const KEYS: Record<string, [good: string, args: string[], bad: string, expected: string]> = {
  resolution: ["1280x720", ["-r", "1280x720"], "5x5", "WIDTHxHEIGHT, each 16 to 8192"],
  fps: ["2.5", ["-f", "2.5"], "fast", "a number from 0.1 to 120"],
  quality: ["7", ["-q", "7"], "101", "a whole number from 0 to 100"],
  encoder: ["ffmpeg", ["-e", "ffmpeg"], "x264", "auto or imagescript or copy or ffmpeg"],
  rotate: ["90", ["--rotate", "90"], "45", "0 or 90 or 180 or 270"],
  flip: ["hv", ["--flip", "hv"], "x", "h or v or hv or none"],
  linger: ["0", ["--linger", "0"], "-1", "a number from 0 to 1000000"],
  "always-on": ["true", ["--always-on"], "maybe", "1 or true or yes or 0 or false or no"],
  port: ["80", ["-p", "80"], "70000", "a whole number from 0 to 65535"],
  host: ["'[fd00::2]'", ["--host", "fd00::2"], "", "one value was expected"],
  unix: ["/run/x.sock", ["--unix", "/run/x.sock"], "", "one value was expected"],
  "max-clients": ["7", ["--max-clients", "7"], "0", "a whole number from 1 to 100000"],
  token: ["open sesame", ["--token", "open sesame"], '"a\\nb"', "one line without control"],
  "token-file": [TOKEN_FILE, ["--token-file", TOKEN_FILE], "/nowhere", "that can be read"],
  "allow-origin": [
    "[https://a.example, 'null']",
    ["--allow-origin", "https://a.example", "--allow-origin", "null"],
    "[a.example]",
    "like https://example.org",
  ],
  cert: ["/c\nkey: /k", ["--cert", "/c", "--key", "/k"], "[a, b]", "one value was expected"],
  key: ["/k\ncert: /c", ["--cert", "/c", "--key", "/k"], "{a: b}", "one value was expected"],
  "trust-proxy": ["unix", ["--trust-proxy", "unix"], "nginx", "an address or a network"],
  publish: ["nats://h", ["--publish", "nats://h"], "http://h", "like nats://HOST:4222"],
  "nats-creds": ["/c", ["--nats-creds", "/c"], "", "one value was expected"],
  "h264-encoder": ["h264_qsv", ["--h264-encoder", "h264_qsv"], "a b", "auto or the name of an"],
  ffmpeg: ["/f", ["--ffmpeg", "/f"], "", "one value was expected"],
  "state-file": ["/s", ["--state-file", "/s"], "", "one value was expected"],
  "no-qr": ["yes", ["--no-qr"], "2", "1 or true or yes or 0 or false or no"],
  "log-format": ["json", ["--log-format", "json"], "xml", "text or json"],
  "log-level": ["debug", ["--log-level", "debug"], "loud", "debug or info or warn or error"],
};

Deno.test("a file's key means what the option means, and its mistakes are told with their place", async (t) => {
  assertEquals(FILE_OPTIONS.map(({ name }) => name).filter((name) => !(name in KEYS)), []);
  for (const [name, [good, args, bad, expected]] of Object.entries(KEYS)) {
    await t.step(name, async () => {
      assertEquals(await parseFile(`${name}: ${good}\n`), parseServe(args, () => undefined));
      const error = await assertRejects(
        () => parseFile(`# one\n${name}: ${bad}\n`),
        ConfigFileError,
      );
      const [, message = ""] = error.message.match(/^FILE:2:\d+: (.*)$/) ?? [];
      assertEquals(message.includes(expected), true, error.message);
    });
  }
});

Deno.test("a file's cameras have settings of their own", async () => {
  const { cameras } = await parseFile(
    `
fps: 15
cameras:
  printer: 0
  desk: HD Webcam #2
  film: /films/a#1.mp4#fps=5
  door:
    source: rtsp://viewer:\${PASSWORD}@192.168.1.9/stream#flip=h
    resolution: 1280x720
    rotate: 90
    always-on: true
  12: &base
    source: test
  "前门": *base
`,
    { env: { PASSWORD: "geh%40eim" } },
  );
  const capture = { ...DEFAULT_CAPTURE, fps: 15 };
  const url = "rtsp://viewer:geh%40eim@192.168.1.9/stream";
  const resolution = { width: 1280, height: 720 };
  assertEquals(cameras, [
    { name: "printer", source: { kind: "index", index: 0 }, capture },
    // In YAML, a comment begins there.
    { name: "desk", source: { kind: "name", name: "HD Webcam" }, capture },
    {
      name: "film",
      source: { kind: "file", path: "/films/a#1.mp4" },
      capture: { ...capture, fps: 5 },
    },
    {
      name: "door",
      source: { kind: "url", url },
      capture: { ...capture, resolution, rotate: "90", alwaysOn: true, flip: "h" },
    },
    { name: "12", source: { kind: "test" }, capture },
    { name: "前门", source: { kind: "test" }, capture },
  ]);
});

Deno.test("an option wins over a variable, that over the file, and that over the default", async () => {
  const file =
    "port: 1\nfps: 1\nquality: 1\nalways-on: true\ntoken: of the file\ncameras: {a: test}\n";
  const env = { WSCAM_PORT: "2", WSCAM_FPS: "2", WSCAM_TOKEN: "of a variable" };
  const args = ["--port", "3", "--always-on=no"];
  const { port, capture, cameras, access } = await parseFile(file, { env, args });
  assertEquals([port, capture.fps, capture.quality, capture.alwaysOn], [3, 2, 1, false]);
  assertEquals([access.token, cameras.map(({ name }) => name)], ["of a variable", ["a"]]);
  const given = await parseFile(file, { args: ["-c", "b=test#fps=9"] });
  assertEquals(given.cameras.map(({ name }) => name), ["b"]);
  const unix = await parseFile("unix: /run/x.sock\n", { args: ["--port", "80"] });
  assertEquals([unix.unix, unix.port], [undefined, 80]);
  assertEquals((await parseFile("port: 80\n", { args: ["--unix", "/s"] })).unix, "/s");
  const key = await parseFile("cert: /c\n", { args: ["--key", "/k"] });
  assertEquals(key.tls, { cert: "/c", key: "/k" });
});

Deno.test("all mistakes of a file are told at once, from top to bottom", async () => {
  const file = `prot: 80
fps: fast
cameras:
  a: 0#rotat=90
  b: {source: test, fsp: 5, fps: 500}
  c: {fps: 5}
  bad/name: test
  d: rtsp://me:\${NOT_SET}@h/x
  e: ftp://me:geheim@h/x
  f: {source: test, encoder: copy, rotate: 90}
  g: nats://h/g#rotate=90
  h: [test]
  i:
allow-origin: {a: b}
tokn: geheim
cert: /c
host: \${}
`;
  const { message } = await assertRejects(() => parseFile(file), ConfigFileError);
  assertEquals(message.split("\n").map((line) => line.slice(0, 62)), [
    "FILE:1:1: 'prot' is not a key here, did you mean 'port'?",
    "FILE:2:6: 'fps' must be a number from 0.1 to 120, got 'fast'",
    "FILE:4:6: camera 'a' has 'rotat', which is not a setting of a ",
    "FILE:5:21: 'fsp' is not a key here, did you mean 'fps'?",
    "FILE:5:34: 'fps' must be a number from 0.1 to 120, got '500'",
    "FILE:6:3: camera 'c' has no source, 'source' was expected",
    "FILE:7:13: 'source' must have a name of 1 to 64 letters, digit",
    "FILE:8:6: 'cameras.d' must have a value for '${NOT_SET}': ther",
    "FILE:9:6: 'source' must be a URL of rtsp, rtsps, rtmp, rtmps, ",
    "FILE:10:3: 'cameras' must give camera 'f' an encoder other tha",
    "FILE:11:6: camera 'g' has 'rotate' on a camera that comes thro",
    "FILE:12:6: 'cameras.h' is a list or a map, one value was expec",
    "FILE:13:5: 'cameras.i' is empty, one value was expected",
    "FILE:14:15: 'allow-origin' is a list or a map, one value was e",
    "FILE:15:1: 'tokn' is not a key here, did you mean 'token'?",
    "FILE:17:7: 'host' must have a variable's name in '${NAME}'; '$",
  ]);
  assertEquals(message.includes("geheim"), false);
  const alone = await assertRejects(() => parseFile("fps: 5\ncert: /c\n"), ConfigFileError);
  assertEquals(alone.message.startsWith("FILE:2:1: "), true, alone.message);
});

Deno.test("a hostile file is refused in words, and soon", async (t) => {
  const many = Array.from({ length: 1100 }, (_, i) => ` c${i}: test`).join("\n");
  const cases: Record<string, [content: string | Uint8Array, message: string]> = {
    "10 MB": ["a".repeat(10_000_000), "FILE:1:1: is larger than 128 KiB"],
    "nothing": ["", "FILE:1:1: is empty"],
    "spaces": [" \n\n", "FILE:1:1: is empty"],
    "UTF-16": [new Uint8Array([0xff, 0xfe, 0x61, 0]), "FILE:1:1: is not UTF-8 text"],
    "UTF-16 without a mark": [new Uint8Array([0x61, 0, 0x3a, 0]), "FILE:1:1: is not UTF-8 text"],
    "Latin-1": [new Uint8Array([0x61, 0x3a, 0x20, 0xe4]), "FILE:1:1: is not UTF-8 text"],
    "a tab": ["cameras:\n\ta: test\n", "FILE:2:1: this is indented by a tab, spaces were"],
    "a list": ["- a\n", "FILE:1:1: this is not a map of keys to values"],
    "a text": ["hello\n", "FILE:1:1: this is not a map of keys to values"],
    "no cameras": ["cameras: {}\n", "FILE:1:1: 'cameras' is empty"],
    "two documents": ["fps: 5\n---\nfps: 6\n", "FILE:2:1: another document begins here"],
    "a key twice": ["fps: 5\nfps: 6\n", "FILE:2:1: this key is here twice"],
    "an alias bomb": [
      "fps: &a [x, x]\nlinger: &b [*a, *a, *a, *a]\nport: *b\n",
      "FILE:1:9: 'fps' is a",
    ],
    "a list in itself": ["fps: &a [*a, *a]\n", "FILE:1:9: 'fps' is a list"],
    "a map in itself": ["cameras: &a\n  x: *a\n", "FILE:2:3: 'x' is not a key here"],
    "quotes": ['"'.repeat(100_000), "FILE:1:1: has more than 20000 brackets and quotes"],
    "two spellings of a name": [
      "cameras: {1: test, '1': test, e\u0301: test, \u00e9: test}\n",
      "FILE:1:20: camera '1' is here twice",
    ],
    "depth": ["[".repeat(20_000), "this is nested too deeply"],
    "code": ["fps: !!js/function 5\n", "FILE:1:6: Unresolved tag"],
    "names of every object": ["__proto__: 1\n", "FILE:1:1: '__proto__' is not a key here"],
    "many cameras": [`cameras:\n${many}\n`, "FILE:1:1: 'cameras' has 1100, at most 1000"],
  };
  for (const [name, [content, expected]] of Object.entries(cases)) {
    await t.step(name, async () => {
      const { message } = await assertRejects(() => parseFile(content), ConfigFileError);
      assertEquals(message.includes(expected), true, message.slice(0, 300));
    });
  }
  for (const [path, expected] of [["/nowhere/x", "there is no such file"], ["/", "is a folder"]]) {
    const file = await loadConfig(path ?? "");
    const error = assertFails(() => parseServe([], () => undefined, file));
    assertEquals(error.startsWith(`${path}:1:1: `) && error.includes(expected ?? ""), true, error);
  }
});

Deno.test("a file of comments alone sets nothing, and a byte order mark is no mistake", async () => {
  const nothing = parseServe([], () => undefined);
  assertEquals(await parseFile("# fps: 5\n"), nothing);
  assertEquals((await parseFile("\ufefffps: 5\r\nport: 1\r\n")).capture.fps, 5);
});

function assertFails(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return String((error as Error).message);
  }
  throw new Error("It didn't fail");
}
