import { assertEquals, assertThrows } from "@std/assert";
import { parseArgs } from "@std/cli/parse-args";

/** Arguments, and the result beside the defaults of {@link parse}. */
type Case = [argv: string[], expected: Record<string, unknown>];

/** Options of the kinds that wscam has. */
function parse(argv: string[]): Record<string, unknown> {
  return parseArgs(argv, {
    string: ["_", "camera", "fps", "port"],
    boolean: ["help", "json"],
    collect: ["camera"],
    alias: { camera: "c", f: "fps", port: ["p", "listen"], help: "h" },
  });
}

/** One value under all names of an option. */
function fps(value: unknown): Record<string, unknown> {
  return { f: value, fps: value };
}

function camera(...values: unknown[]): Record<string, unknown> {
  return { c: values, camera: values };
}

function port(value: unknown): Record<string, unknown> {
  return { p: value, listen: value, port: value };
}

function help(value: unknown): Record<string, unknown> {
  return { h: value, help: value };
}

async function check(t: Deno.TestContext, cases: Case[]): Promise<void> {
  for (const [argv, expected] of cases) {
    await t.step(JSON.stringify(argv), () => {
      assertEquals(parse(argv), {
        _: [],
        ...help(false),
        json: false,
        ...camera(),
        ...expected,
      });
    });
  }
}

Deno.test("parseArgs() reads long options", async (t) => {
  await check(t, [
    [[], {}],
    [["--fps", "30"], fps("30")],
    [["--fps=30"], fps("30")],
    [["--fps=a=b"], fps("a=b")],
    [["--fps=="], fps("=")],
    [["--fps=-5"], fps("-5")],
    [["--fps", "-5"], { ...fps(""), 5: true }],
    [["--fps", ""], { ...fps(""), _: [""] }],
    [["--fps"], fps("")],
    [["--fps", "--port", "80"], { ...fps(""), ...port("80") }],
    [["--fps", "-"], { ...fps(""), _: ["-"] }],
    [["--fps", "true"], fps("true")],
    [["--fps=1", "--fps=2"], fps("2")],
    [["--listen", "80"], port("80")],
    [["--fps="], { "fps=": true }],
    [["--fps=", "5"], { "fps=": 5 }],
    [["--=x"], { "=x": true }],
    [["---", "x"], { "-": "x" }],
  ]);
});

Deno.test("parseArgs() reads boolean options", async (t) => {
  await check(t, [
    [["--help"], help(true)],
    [["-h"], help(true)],
    [["--help=false"], help(false)],
    [["--help=true"], help(true)],
    [["--help=no"], help(true)],
    [["--help", "false"], help(false)],
    [["--help", "true", "x"], { ...help(true), _: ["x"] }],
    [["--help", "x"], { ...help(true), _: ["x"] }],
    [["-h", "false"], help(false)],
    [["-h", "0"], { ...help(true), _: ["0"] }],
    [["-h=false"], help("false")],
    [["--no-help"], { "no-help": true }],
    [["--no-help=1"], help(true)],
    [["--json", "--json=false"], { json: false }],
  ]);
});

Deno.test("parseArgs() reads short options", async (t) => {
  await check(t, [
    [["-p", "80"], port("80")],
    [["-p80"], port("80")],
    [["-p=80"], port("80")],
    [["-p-80"], port("-80")],
    [["-p", "-80"], { ...port(""), 8: true, 0: true }],
    [["-p", "-"], port("-")],
    [["-p"], port("")],
    [["-p", ""], { ...port(""), _: [""] }],
    [["-p-"], port("-")],
    [["-f=a=b"], fps("a=b")],
    [["-c=door=rtsp://a-b/c"], camera("door=rtsp://a-b/c")],
    [["-c/dev/video0"], camera("/dev/video0")],
    [["-chp"], { ...camera(""), ...help(true), ...port("") }],
    [["-hp", "80"], { ...help(true), ...port("80") }],
    [["-hp80"], help("p80")],
    [["-hc=x"], help("x")],
    [["-ctest"], { ...camera(""), t: true, e: true, s: true }],
    [["-c", "---x"], camera("---x")],
  ]);
});

Deno.test("parseArgs() collects", async (t) => {
  await check(t, [
    [["-c", "0", "--camera", "1", "--camera=2", "-c3"], camera("0", "1", "2", "3")],
    [["-c", "-c", "1"], camera("", "1")],
    [["--camera=a", "x", "-c", "b"], { ...camera("a", "b"), _: ["x"] }],
  ]);
});

Deno.test("parseArgs() keeps positional arguments in order", async (t) => {
  await check(t, [
    [["serve", "1", "--fps", "2", "1e3"], { ...fps("2"), _: ["serve", "1", "1e3"] }],
    [["-", "", " "], { _: ["-", "", " "] }],
    [["a", "--", "--fps", "5", "--", "b"], { _: ["a", "--fps", "5", "--", "b"] }],
    [["--fps", "--", "5"], { ...fps(""), _: ["5"] }],
    [["--"], {}],
  ]);
});

Deno.test("parseArgs() takes undeclared options as numbers, strings or true", () => {
  const argv = ["--a", "1", "--b", "x", "--d", "-e", "0x10", "2", "1f", "-xy=3", "--s=1e3"];
  assertEquals<Record<string, unknown>>(parseArgs(argv), {
    _: [2, "1f"],
    a: 1,
    b: "x",
    d: true,
    e: 16,
    x: 3,
    s: 1000,
  });
});

Deno.test("parseArgs() nests dotted names", () => {
  assertEquals<Record<string, unknown>>(parseArgs(["--a.b", "1", "--a.c.d=x"]), {
    _: [],
    a: { b: 1, c: { d: "x" } },
  });
});

Deno.test("parseArgs() asks about what it doesn't know", () => {
  const asked: unknown[][] = [];
  const argv = ["--fps", "5", "--prot=80", "x", "-q7", "-h", "--on", "--", "y"];
  const args = parseArgs(argv, {
    string: ["fps"],
    boolean: ["help"],
    alias: { help: "h" },
    unknown: (...asking: unknown[]) => {
      asked.push(asking);
      return false;
    },
  });
  assertEquals<Record<string, unknown>>(args, { _: ["y"], fps: "5", help: true, h: true });
  assertEquals(asked, [
    ["--prot=80", "prot", "80"],
    ["x"],
    ["-q7", "q", "7"],
    ["--on", "on", true],
  ]);
});

Deno.test("parseArgs() adds what `unknown` doesn't answer false to", () => {
  const args = parseArgs(["--a", "x"], { string: ["b"], unknown: () => undefined });
  assertEquals<Record<string, unknown>>(args, { _: [], a: "x" });
});

Deno.test("parseArgs() can't be given an option named _", () => {
  assertThrows(() => parseArgs(["--_=x"], { string: ["_"] }), TypeError);
});

Deno.test("parseArgs() gives types that say what may be missing", () => {
  const args = parseArgs(["--fps=5", "-h"], {
    string: ["_", "fps", "camera"],
    boolean: ["help"],
    collect: ["camera"],
    alias: { help: "h" },
  });
  const fps: string | undefined = args.fps;
  const help: boolean = args.help;
  const cameras: string[] = args.camera;
  const rest: (string | number)[] = args._;
  assertEquals({ fps, help, cameras, rest }, { fps: "5", help: true, cameras: [], rest: [] });
});
