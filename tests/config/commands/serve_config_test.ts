import { assertEquals, assertThrows } from "@std/assert";
import { DEFAULT_CAPTURE } from "../../../lib/frame/change_capture.ts";
import { OPTIONS } from "../../../lib/config/options/options.ts";
import { UsageError } from "../../../lib/config/options/usage_error.ts";
import { parseServe, type ServeConfig } from "../../../lib/config/commands/serve_config.ts";
import { DEFAULTS, NO_ENV, serve, shared, TEST } from "./serve_bench.ts";

Deno.test("parseServe() has the defaults of the Python service", () => {
  assertEquals(serve(""), DEFAULTS);
});

Deno.test("parseServe() reads every option", async (t) => {
  const cases: [string, Partial<ServeConfig>][] = [
    ["--camera test", { cameras: [TEST] }],
    ["-c test", { cameras: [TEST] }],
    ["-c=test", { cameras: [TEST] }],
    ["-c1", {
      cameras: [{ name: "1", source: { kind: "index", index: 1 }, capture: DEFAULT_CAPTURE }],
    }],
    ["--camera=a=test -c b=2", {
      cameras: [{ ...TEST, name: "a" }, {
        name: "b",
        source: { kind: "index", index: 2 },
        capture: DEFAULT_CAPTURE,
      }],
    }],
    ["--publish nats://me:pw@host", {
      publish: {
        shown: "nats://host:4222",
        host: "host:4222",
        tls: false,
        user: "me",
        password: "pw",
      },
    }],
    ["--nats-creds x.creds", { natsCreds: "x.creds" }],
    ["--resolution 1280x720", shared({ resolution: { width: 1280, height: 720 } })],
    ["-r 1280x720", shared({ resolution: { width: 1280, height: 720 } })],
    ["-r1280x720", shared({ resolution: { width: 1280, height: 720 } })],
    ["-r 16X8192", shared({ resolution: { width: 16, height: 8192 } })],
    ["-r 320×240", shared({ resolution: { width: 320, height: 240 } })],
    ["--fps 30", shared({ fps: 30 })],
    ["-f 0.1", shared({ fps: 0.1 })],
    ["-f .5", shared({ fps: 0.5 })],
    ["-f120", shared({ fps: 120 })],
    ["--quality 0", shared({ quality: 0 })],
    ["-e copy", shared({ encoder: "copy" })],
    [
      "--encoder ffmpeg --rotate 90 --flip hv -q 5",
      shared({ encoder: "ffmpeg", rotate: "90", flip: "hv", quality: 5 }),
    ],
    ["-q100", shared({ quality: 100 })],
    ["--port 0", { port: 0 }],
    ["-p80", { port: 80 }],
    ["-p=65535", { port: 65_535 }],
    ["--host ::1", { host: "::1" }],
    ["--host [fd00::2]", { host: "fd00::2" }],
    ["--unix /run/wscam.sock", { unix: "/run/wscam.sock" }],
    ["--linger 0", shared({ linger: 0 })],
    ["--linger 2.5", shared({ linger: 2.5 })],
    ["--always-on", shared({ alwaysOn: true })],
    ["--max-clients 1", { maxClients: 1 }],
    ["--state-file /var/lib/x", { stateFile: "/var/lib/x" }],
    ["--ffmpeg /opt/ffmpeg/bin/ffmpeg", { ffmpeg: "/opt/ffmpeg/bin/ffmpeg" }],
    ["--no-qr", { qr: false }],
    ["--log-format json", { logFormat: "json" }],
    ["--log-level debug", { logLevel: "debug" }],
    ["-p80 -c test --always-on -q 70 --fps=15", {
      port: 80,
      ...shared({ alwaysOn: true, quality: 70, fps: 15 }, [TEST]),
    }],
  ];
  for (const [line, config] of cases) {
    await t.step(line, () => assertEquals(serve(line), { ...DEFAULTS, ...config }));
  }
});

Deno.test("parseServe() takes values with spaces and commas from the command line", () => {
  const args = ["-c", "前门=HD Webcam, front", "--ffmpeg", "C:\\Program Files\\ffmpeg.exe"];
  const { cameras, ffmpeg } = parseServe(args, NO_ENV);
  const source = { kind: "name", name: "HD Webcam, front" } as const;
  assertEquals(cameras, [{ name: "前门", source, capture: DEFAULT_CAPTURE }]);
  assertEquals(ffmpeg, "C:\\Program Files\\ffmpeg.exe");
});

Deno.test("parseServe() says what is wrong with a value", async (t) => {
  const cases = [
    ["--fps 0", "'--fps' must be a number from 0.1 to 120, got '0'"],
    ["--fps 120.1", "'--fps' must be a number from 0.1 to 120, got '120.1'"],
    ["--fps=-5", "'--fps' must be a number from 0.1 to 120, got '-5'"],
    ["--fps 1e1", "'--fps' must be a number from 0.1 to 120, got '1e1'"],
    ["--fps 0x10", "'--fps' must be a number from 0.1 to 120, got '0x10'"],
    ["--fps NaN", "'--fps' must be a number from 0.1 to 120, got 'NaN'"],
    ["-f ten", "'--fps' must be a number from 0.1 to 120, got 'ten'"],
    ["--encoder x264", "'--encoder' must be auto or imagescript or copy or ffmpeg, got 'x264'"],
    ["--rotate 45", "'--rotate' must be 0 or 90 or 180 or 270, got '45'"],
    ["--flip vh", "'--flip' must be h or v or hv or none, got 'vh'"],
    ["-e copy --flip h", "'--quality', '--rotate' and '--flip' need a new encoding"],
    ["-e copy -q 80", "'--quality', '--rotate' and '--flip' need a new encoding"],
    ["--quality 101", "'--quality' must be a whole number from 0 to 100, got '101'"],
    ["-q 80.5", "'--quality' must be a whole number from 0 to 100, got '80.5'"],
    ["--port 70000", "'--port' must be a whole number from 0 to 65535, got '70000'"],
    ["--port 80a", "'--port' must be a whole number from 0 to 65535, got '80a'"],
    ["-p 99999999999999999999", "'--port' must be a whole number from 0 to 65535, got '9999"],
    ["--linger -1", "'--linger' needs a value; write one that begins with '-' after '='"],
    [
      "-q -1",
      "'--quality' needs a value; write one that begins with '-' after '=': '--quality=…'",
    ],
    ["-q=", "'--quality' needs a value"],
    ["-q-1", "'--quality' must be a whole number from 0 to 100, got '-1'"],
    ["--linger Infinity", "'--linger' must be a number from 0 to 1000000, got 'Infinity'"],
    ["--max-clients 0", "'--max-clients' must be a whole number from 1 to 100000, got '0'"],
    ["--resolution 640", "'--resolution' must be WIDTHxHEIGHT, each 16 to 8192, got '640'"],
    ["-r 640x", "'--resolution' must be WIDTHxHEIGHT, each 16 to 8192, got '640x'"],
    ["-r 15x480", "'--resolution' must be WIDTHxHEIGHT, each 16 to 8192, got '15x480'"],
    ["-r 640x8193", "'--resolution' must be WIDTHxHEIGHT, each 16 to 8192, got '640x8193'"],
    ["-r 640x480x2", "'--resolution' must be WIDTHxHEIGHT, each 16 to 8192, got '640x480x2'"],
    ["-r 640*480", "'--resolution' must be WIDTHxHEIGHT, each 16 to 8192, got '640*480'"],
    ["--log-format xml", "'--log-format' must be text or json, got 'xml'"],
    ["--log-level loud", "'--log-level' must be debug or info or warn or error, got 'loud'"],
    ["-f 5 -f 7", "'--fps' is given several times: give it once; it applies to all cameras"],
    ["-p 80 --port=80", "'--port' is given several times: give it once"],
    ["--token a --token b", "'--token' is given several times: give it once"],
    ["--unix /s --port 80", "'--unix' and '--port' exclude each other: leave one out"],
    [
      "--unix /s --port 80 --cert /c",
      "'--unix' and '--port' exclude each other: leave one out\n'--cert' or 'WSCAM_CERT' needs",
    ],
    ["-c file:///x", "'--camera' must be a URL of rtsp, "],
    [
      "-c 0 -c 0",
      "'--camera' must give each camera a name of its own (NAME=SOURCE), got '0' twice",
    ],
    ["-c a=0 -c b=1 -c a=2", "of its own (NAME=SOURCE), got 'a' twice"],
    ["-c 0 -c 00", "of its own (NAME=SOURCE), got '0' twice"],
  ] as const;
  for (const [line, message] of cases) {
    await t.step(line, () => void assertThrows(() => serve(line), UsageError, message));
  }
});

Deno.test("parseServe() says so when an option lacks its value", async (t) => {
  for (const { name } of OPTIONS.serve.filter(({ value }) => value !== undefined)) {
    await t.step(name, () => {
      const message = `'--${name}' needs a value`;
      assertThrows(() => parseServe([`--${name}`], NO_ENV), UsageError, message);
      assertThrows(() => parseServe([`--${name}`, "--always-on"], NO_ENV), UsageError, message);
      assertThrows(() => parseServe([`--${name}=`], NO_ENV), UsageError, message);
    });
  }
});

Deno.test("parseServe() refuses unknown options with the nearest known one", async (t) => {
  const cases = [
    ["--prot 80", "Unknown option '--prot': did you mean '--port'?"],
    ["--Camera test", "Unknown option '--Camera': did you mean '--camera'?"],
    ["--resolutoin=1x1", "Unknown option '--resolutoin': did you mean '--resolution'?"],
    ["--maxclients 5", "Unknown option '--maxclients': did you mean '--max-clients'?"],
    ["--no-always-on", "Unknown option '--no-always-on': did you mean '--always-on'?"],
    ["--something-else", "Unknown option '--something-else': see '--help'"],
    ["-x", "Unknown option '-x': see '--help'"],
    ["extra", "Unexpected argument 'extra': options begin with '--'"],
    ["--host 127.0.0.1:8765", "'--host' must be a host alone, got '127.0.0.1:8765'"],
    [
      "--host [::1]:8765",
      "'--host' must be a host alone, got '[::1]:8765': the port is given with",
    ],
    ["--host http://me:geheim@h", "'--host' must be a host alone, got 'http://h'"],
    ["-port 80", "Unknown option '-port': did you mean '--port'?"],
    ["-camera=test", "Unknown option '-camera': did you mean '--camera'?"],
    ["-c test -Fps 5", "Unknown option '-Fps': did you mean '--fps'?"],
    ["-help", "Unknown option '-help': did you mean '--help'?"],
    ["-c test 1", "Unexpected argument '1': did you mean '--camera 1'?"],
    ["-- -c", "Unexpected argument '-c': options begin with '--'"],
  ] as const;
  for (const [line, message] of cases) {
    await t.step(line, () => void assertThrows(() => serve(line), UsageError, message));
  }
});
