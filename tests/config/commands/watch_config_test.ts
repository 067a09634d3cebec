import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../lib/config/options/usage_error.ts";
import { parseWatch, type WatchConfig } from "../../../lib/config/commands/watch_config.ts";

const DEFAULTS: WatchConfig = {
  url: "ws://localhost:8765/",
  save: undefined,
  format: undefined,
  count: Infinity,
  seconds: Infinity,
  json: false,
  show: undefined,
  ffmpeg: "ffmpeg",
};

Deno.test("parseWatch() reads its options", async (t) => {
  const cases: [string, Partial<WatchConfig>][] = [
    ["", {}],
    ["ws://h:1/x?camera=a", { url: "ws://h:1/x?camera=a" }],
    ["--save out --count 5 --seconds 0.5 --json", {
      save: "out",
      count: 5,
      seconds: 0.5,
      json: true,
    }],
    ["--format h264", { format: "h264" }],
    ["--save a.mp4", { save: "a.mp4", format: "h264" }],
    ["--count=1 host", { url: "ws://host:8765/", count: 1 }],
    ["--show", { show: { graphics: "iterm", colours: "24 bits" } }],
    ["--show --graphics auto", { show: { graphics: "iterm", colours: "24 bits" } }],
    ["--show --graphics blocks", { show: { graphics: "blocks", colours: "24 bits" } }],
    ["--show=false", {}],
  ];
  for (const [line, config] of cases) {
    await t.step(line, () => {
      const args = line.split(" ").filter((arg) => arg !== "");
      const env = (name: string) => ({ TERM_PROGRAM: "WezTerm", COLORTERM: "truecolor" })[name];
      assertEquals(parseWatch(args, env), { ...DEFAULTS, ...config });
    });
  }
});

Deno.test("parseWatch() says what is wrong", async (t) => {
  const cases = [
    ["--count 0", "'--count' must be a whole number from 1 to"],
    ["--count 1.5", "'--count' must be a whole number from 1 to"],
    ["--seconds 0", "'--seconds' must be a number from 0.1 to"],
    ["a b", "Unexpected argument 'b': options begin with '--'"],
    ["ftp://h", "'URL' must be like ws://HOST:8765, got 'ftp://h'"],
    ["ws://", "'URL' must be like ws://HOST:8765, got 'ws://'"],
    ["--cuont 1", "Unknown option '--cuont': did you mean '--count'?"],
    [
      "--show --graphics sixel",
      "'--graphics' must be auto or blocks or kitty or iterm, got 'sixel'",
    ],
    ["--graphics kitty", "'--graphics' needs '--show'"],
    ["--show --json", "'--show' and '--json' write to the same terminal: use one of them"],
    ["--show", "'--show' needs a terminal that can move its cursor, got TERM=dumb"],
  ] as const;
  for (const [line, message] of cases) {
    await t.step(line, () => {
      const env = (name: string) => name === "TERM" ? "dumb" : undefined;
      assertThrows(() => parseWatch(line.split(" "), env), UsageError, message);
    });
  }
});
