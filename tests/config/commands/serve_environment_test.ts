import { assert, assertEquals, assertThrows } from "@std/assert";
import { DEFAULT_CAPTURE } from "../../../lib/frame/change_capture.ts";
import { OPTIONS, variableOf } from "../../../lib/config/options/options.ts";
import { UsageError } from "../../../lib/config/options/usage_error.ts";
import { parseServe, type ServeConfig } from "../../../lib/config/commands/serve_config.ts";
import { DEFAULTS, serve, shared, TEST } from "./serve_bench.ts";

const TOKEN_FILE = Deno.makeTempFileSync();
Deno.writeTextFileSync(TOKEN_FILE, "\n from a file\n");
addEventListener("unload", () => Deno.removeSync(TOKEN_FILE));

Deno.test("parseServe() reads every option from the environment too", async (t) => {
  const cases: [Record<string, string>, Partial<ServeConfig>][] = [
    [{ WSCAM_CAMERA: "test" }, { cameras: [TEST] }],
    [{ WSCAM_CAMERA: "a=test,b=0" }, {
      cameras: [{ ...TEST, name: "a" }, {
        name: "b",
        source: { kind: "index", index: 0 },
        capture: DEFAULT_CAPTURE,
      }],
    }],
    [{ WSCAM_CAMERA: "a=test, b=0" }, {
      cameras: [{ ...TEST, name: "a" }, {
        name: "b",
        source: { kind: "index", index: 0 },
        capture: DEFAULT_CAPTURE,
      }],
    }],
    [{ WSCAM_RESOLUTION: "320x240" }, shared({ resolution: { width: 320, height: 240 } })],
    [{ WSCAM_FPS: "2.5" }, shared({ fps: 2.5 })],
    [{ WSCAM_QUALITY: "1" }, shared({ quality: 1 })],
    [{ WSCAM_ENCODER: "imagescript" }, shared({ encoder: "imagescript" })],
    [{ WSCAM_ROTATE: "180" }, shared({ rotate: "180" })],
    [{ WSCAM_FLIP: "v" }, shared({ flip: "v" })],
    [{ WSCAM_PORT: "0" }, { port: 0 }],
    [{ WSCAM_PORT: "tcp://10.0.0.7:8765" }, {}],
    [{ WSCAM_HOST: "127.0.0.1" }, { host: "127.0.0.1" }],
    [{ WSCAM_UNIX: "/s" }, { unix: "/s" }],
    [{ WSCAM_LINGER: "1" }, shared({ linger: 1 })],
    [{ WSCAM_ALWAYS_ON: "1" }, shared({ alwaysOn: true })],
    [{ WSCAM_ALWAYS_ON: "Yes" }, shared({ alwaysOn: true })],
    [{ WSCAM_ALWAYS_ON: "true" }, shared({ alwaysOn: true })],
    [{ WSCAM_ALWAYS_ON: "0" }, {}],
    [{ WSCAM_ALWAYS_ON: "false" }, {}],
    [{ WSCAM_ALWAYS_ON: "NO" }, {}],
    [{ WSCAM_MAX_CLIENTS: "7" }, { maxClients: 7 }],
    [{ WSCAM_PUBLISH: "tls://h" }, {
      publish: {
        shown: "tls://h:4222",
        host: "h:4222",
        tls: true,
        user: undefined,
        password: undefined,
      },
    }],
    [{ WSCAM_NATS_CREDS: "/c" }, { natsCreds: "/c" }],
    [{ WSCAM_STATE_FILE: "/s" }, { stateFile: "/s" }],
    [{ WSCAM_FFMPEG: "/f" }, { ffmpeg: "/f" }],
    [{ WSCAM_H264_ENCODER: "libopenh264" }, { h264Encoder: "libopenh264" }],
    [{ WSCAM_TOKEN: "open sesame" }, { access: { ...DEFAULTS.access, token: "open sesame" } }],
    [{ WSCAM_TOKEN_FILE: TOKEN_FILE }, { access: { ...DEFAULTS.access, token: "from a file" } }],
    [{ WSCAM_ALLOW_ORIGIN: "https://a.example, null" }, {
      access: { ...DEFAULTS.access, allowOrigins: ["https://a.example", "null"] },
    }],
    [{ WSCAM_TRUST_PROXY: "127.0.0.1,fd00::/8,unix" }, {
      access: { ...DEFAULTS.access, trustProxies: ["127.0.0.1", "fd00::/8", "unix"] },
    }],
    [{ WSCAM_CERT: "/c", WSCAM_KEY: "/k" }, { tls: { cert: "/c", key: "/k" } }],
    [{ WSCAM_NO_QR: "1" }, { qr: false }],
    [{ WSCAM_LOG_FORMAT: "json" }, { logFormat: "json" }],
    [{ WSCAM_LOG_LEVEL: "error" }, { logLevel: "error" }],
    [{ WSCAM_PORT: "", WSCAM_CAMERA: "", WSCAM_ALWAYS_ON: "" }, {}],
  ];
  for (const [env, config] of cases) {
    await t.step(JSON.stringify(env), () => {
      assertEquals(serve("", env), { ...DEFAULTS, ...config });
    });
  }
  const tried = new Set(cases.flatMap(([env]) => Object.keys(env)));
  // The file is read before.
  tried.add("WSCAM_CONFIG");
  assertEquals(OPTIONS.serve.map(({ name }) => variableOf(name)).filter((v) => !tried.has(v)), []);
});

Deno.test("parseServe() takes the command line's word over the environment's", () => {
  const env = {
    WSCAM_CAMERA: "a=test,b=0",
    WSCAM_PORT: "not even a number",
    WSCAM_FPS: "5",
    WSCAM_ALWAYS_ON: "1",
  };
  const config = serve("-c test -p 80", env);
  assertEquals(config, { ...DEFAULTS, ...shared({ fps: 5, alwaysOn: true }, [TEST]), port: 80 });
  assertEquals(serve("-p 80 --always-on=false", env).capture.alwaysOn, false);
  assertEquals(serve("-p 80 --always-on false", env).capture.alwaysOn, false);
  assertEquals(serve("--unix /s", { WSCAM_PORT: "80" }).unix, "/s");
  assertEquals(serve("--port 80", { WSCAM_UNIX: "/s" }).unix, undefined);
  assertThrows(
    () => serve("", { WSCAM_PORT: "80", WSCAM_UNIX: "/s" }),
    UsageError,
    "'WSCAM_UNIX' and 'WSCAM_PORT' exclude each other: leave one out",
  );
});

Deno.test("parseServe() names the variable when its value is wrong", async (t) => {
  const cases = [
    ["WSCAM_PORT", "x", "'WSCAM_PORT' must be a whole number from 0 to 65535, got 'x'"],
    ["WSCAM_ALWAYS_ON", "on", "'WSCAM_ALWAYS_ON' must be 1 or true or yes or 0 or false or no"],
    ["WSCAM_CAMERA", "0,0", "'WSCAM_CAMERA' must give each camera a name of its own"],
    ["WSCAM_CAMERA", "0,,1", "'WSCAM_CAMERA' must name a source, got ''"],
    ["WSCAM_LOG_LEVEL", "LOUD", "'WSCAM_LOG_LEVEL' must be debug or info or warn or error"],
  ] as const;
  for (const [name, value, message] of cases) {
    await t.step(`${name}=${value}`, () => {
      assertThrows(() => serve("", { [name]: value }), UsageError, message);
    });
  }
});

Deno.test("parseServe() shows no password when a camera's URL can't be used", () => {
  const error = assertThrows(() => serve("-c ftp://me:geheim@host/x"), UsageError);
  assert(!error.message.includes("geheim"), error.message);
});

Deno.test("parseServe() takes the token from one place, and the command line's word first", () => {
  const env = { WSCAM_TOKEN: "from the environment" };
  assertEquals(serve("", env).access.token, "from the environment");
  assertEquals(serve("--token typed", env).access.token, "typed");
  assertEquals(serve(`--token-file ${TOKEN_FILE}`, env).access.token, "from a file");
});

Deno.test("parseServe() refuses what would leave the door open, and never say the token", async (t) => {
  const empty = Deno.makeTempFileSync();
  Deno.writeTextFileSync(empty, " \n");
  const file = `--token-file ${TOKEN_FILE}`;
  const cases: [() => unknown, string][] = [
    [() => serve("", { WSCAM_TOKEN: "" }), "'WSCAM_TOKEN' must not be empty"],
    [() => serve("", { WSCAM_TOKEN_FILE: "" }), "'WSCAM_TOKEN_FILE' must not be empty"],
    [() => parseServe(["--token", " "]), "'--token' must not be empty"],
    [() => parseServe(["--token="]), "'--token' needs a value"],
    [() => serve(`--token-file ${empty}`), "'--token-file' must not be empty"],
    [() => serve("--token-file /nowhere/t"), "'--token-file' must name a file that can be read"],
    [() => serve(`--token hush ${file}`), "'--token' and '--token-file' exclude each other"],
    [() => parseServe(["--token", "hush\nhush"]), "'--token' must be one line without control"],
    [() => serve("--cert /c"), "'--cert' or 'WSCAM_CERT' needs '--key' or 'WSCAM_KEY' as well"],
    [() => serve("--key /k"), "'--key' or 'WSCAM_KEY' needs '--cert' or 'WSCAM_CERT' as well"],
    [
      () => serve("--unix /s --cert /c --key /k"),
      "'--unix' can't be used with '--cert' and '--key': ",
    ],
    [
      () => serve("--allow-origin example.org"),
      "'--allow-origin' must be like https://example.org",
    ],
    [() => serve("--trust-proxy nginx"), "'--trust-proxy' must be an address or a network"],
  ];
  for (const [parse, message] of cases) {
    await t.step(message, () => {
      const { message: said } = assertThrows(parse, UsageError, message);
      assertEquals(said.includes("hush"), false);
    });
  }
  Deno.removeSync(empty);
});
