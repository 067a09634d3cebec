import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { KITTY_END } from "../../lib/commands/watch/show/kitty.ts";
import { eventually } from "../testutil/eventually.ts";
import { freePort } from "../testutil/relay/nats.ts";
import { testWith } from "../testutil/needs.ts";
import { startTest, untilEnded, untilLive } from "../testutil/program/shown.ts";
import { openTerminal, type TestTerminal } from "../testutil/program/terminal.ts";

/** The test picture's colour bars, from the left. */
const BARS = [
  [191, 191, 191],
  [191, 191, 0],
  [0, 191, 191],
  [0, 191, 0],
  [191, 0, 191],
  [191, 0, 0],
  [0, 0, 191],
];

/** Compares the cells in the middle of each bar with the bar, in both halves. */
async function assertBars(
  terminal: TestTerminal,
  { row, left, columns }: { row: number; left: number; columns: number },
): Promise<void> {
  const cells = await terminal.colours(row);
  for (const [i, bar] of BARS.entries()) {
    const x = left + Math.floor((i + 0.5) * columns / BARS.length);
    const cell = cells[x];
    assertEquals(cell?.text, "▀", `column ${x}`);
    for (const colour of [cell?.fore, cell?.back]) {
      const [kind, ...rgb] = colour?.split(";").map(Number) ?? [];
      assertEquals(kind, 2, `column ${x} has the colour ${colour}`);
      for (const [channel, value] of bar.entries()) {
        assertLess(Math.abs(value - (rgb[channel] ?? NaN)), 16, `column ${x}: ${rgb}, not ${bar}`);
      }
    }
  }
}

testWith(
  ["tmux", "ffmpeg"],
  "watch --show draws colour bars in the right cells, also after a resize, and Ctrl+C restores the terminal",
  async (t) => {
    await using server = await startTest();
    const options = { columns: 80, rows: 24, env: { COLORTERM: "truecolor" } };
    await using terminal = await openTerminal(["watch", server.ws, "--show"], options);
    await t.step("the picture fills the height and stands in the middle", async () => {
      const rows = await untilLive(terminal);
      assertEquals(await terminal.modes(), { alternate: true, cursor: false, wrap: false });
      // 23 rows are 46 pixels; 4:3 makes that 61 columns.
      assertEquals(rows.slice(0, 23), Array(23).fill(" ".repeat(9) + "▀".repeat(61)));
      await assertBars(terminal, { row: 2, left: 9, columns: 61 });
    });
    await t.step("the picture moves", async () => {
      const before = JSON.stringify(await terminal.colours(19));
      await eventually(async () => JSON.stringify(await terminal.colours(19)) !== before);
    });
    await t.step("keys don't write on it", async () => {
      await terminal.press("X");
      assert(!(await untilLive(terminal)).join("").includes("X"));
    });
    await t.step("a smaller terminal", async () => {
      await terminal.resize(30, 10);
      const rows = await terminal.untilRows(
        (rows) =>
          rows.length === 10 && /^ {3}▀{24}$/.test(rows[0] ?? "") && / fps, /.test(rows[9] ?? ""),
        "a smaller picture",
      );
      assertEquals(rows.slice(0, 9), Array(9).fill(" ".repeat(3) + "▀".repeat(24)));
      await assertBars(terminal, { row: 1, left: 3, columns: 24 });
    });
    await t.step("a larger one", async () => {
      await terminal.resize(100, 40);
      await terminal.untilRows((rows) => /^▀{100}$/.test(rows[1] ?? ""), "a larger picture");
      await assertBars(terminal, { row: 3, left: 0, columns: 100 });
    });
    await t.step("Ctrl+C gives everything back", async () => {
      await terminal.press("C-c");
      const text = await untilEnded(terminal);
      assertStringIncludes(text, "status=0");
      assertStringIncludes(text, `Connected to ${server.ws}`);
      assertMatch(text, /fps, .* 320x240, .* frames/);
      assert(!text.includes("▀"), text);
      assertEquals(await terminal.modes(), { alternate: false, cursor: true, wrap: true });
      await terminal.type(
        "stty -a | tr ';' ' ' | tr ' ' '\\n' | grep -x -e '-*echo' -e '-*icanon'",
      );
      await terminal.untilRows(
        (rows) => rows.includes("echo") && rows.includes("icanon"),
        "keys that write again",
      );
    });
  },
);

testWith(
  ["tmux", "ffmpeg"],
  "watch --show stops at Ctrl+Z with the terminal as it was, and goes on",
  async () => {
    await using server = await startTest();
    const options = { columns: 60, rows: 20, env: { COLORTERM: "24bit" } };
    await using terminal = await openTerminal(["watch", server.ws, "--show"], options);
    await untilLive(terminal);
    await terminal.press("C-z");
    await terminal.untilRows((rows) => !rows.join("").includes("▀"), "the shell");
    assertEquals(await terminal.modes(), { alternate: false, cursor: true, wrap: true });
    await terminal.type("fg");
    const [first = ""] = await untilLive(terminal);
    assertEquals(first, `${" ".repeat(4)}${"▀".repeat(51)}`);
    await assertBars(terminal, { row: 1, left: 4, columns: 51 });
    assertEquals(await terminal.modes(), { alternate: true, cursor: false, wrap: false });
  },
);

testWith(
  ["tmux", "ffmpeg"],
  "watch --show takes 256 colours where the terminal has no more",
  async () => {
    await using server = await startTest();
    const options = { columns: 60, rows: 20, env: { COLORTERM: "" } };
    await using terminal = await openTerminal(
      ["watch", server.ws, "--show", "--count", "20"],
      options,
    );
    await untilLive(terminal);
    const cells = await terminal.colours(1);
    const colours = [0, 1, 2, 3, 4, 5, 6].map((i) =>
      cells[4 + Math.floor((i + 0.5) * 51 / 7)]?.fore
    );
    // 191 is 175 in the cube, but grey 188 is nearer to three equal channels.
    assertEquals(
      colours,
      ["250", "142", "37", "34", "127", "124", "19"].map((code) => `5;${code}`),
    );
    assertStringIncludes(await untilEnded(terminal), "status=0");
  },
);

testWith(
  ["tmux", "ffmpeg"],
  "watch --show tells below the picture what is wrong, and shows the picture again",
  async () => {
    const port = freePort();
    const first = await startTest({ port });
    const options = { columns: 100, rows: 10, env: { COLORTERM: "truecolor" } };
    await using terminal = await openTerminal(["watch", first.ws, "--show"], options);
    await untilLive(terminal);
    await first.end();
    await terminal.untilRows(
      (rows) => /^No connection to ws:/.test(rows.at(-1) ?? ""),
      "why there is no picture",
    );
    assertStringIncludes((await terminal.rows())[0] ?? "", "▀▀▀▀▀▀▀▀", "the last picture stays");
    await using _second = await startTest({ port });
    await untilLive(terminal);
  },
);

testWith(
  ["tmux", "ffmpeg"],
  "watch --show sends pictures by the protocols of kitty and iTerm2",
  async (t) => {
    await using server = await startTest();
    for (
      const [graphics, pattern, end] of [
        [
          "kitty",
          /H._Ga=T,q=2,C=1,i=\d+,f=32,o=z,s=320,v=240,c=61,r=23,m=1;/,
          KITTY_END,
        ],
        ["iterm", /H.\]1337;File=size=\d+;width=61;height=23;[^:]+:\/9j\//, ""],
      ] as const
    ) {
      await t.step(graphics, async () => {
        const args = ["watch", server.ws, "--show", "--graphics", graphics, "--count", "10"];
        await using terminal = await openTerminal(args, { columns: 80, rows: 24 });
        await untilEnded(terminal);
        const written = await terminal.written();
        assertMatch(written, pattern);
        const restored = written.slice(written.lastIndexOf("\x1b\\\x1b[?2026l"));
        assert(restored.startsWith(`\x1b\\\x1b[?2026l${end}\x1b[0m\x1b[2J\x1b[?7h`), restored);
        assertStringIncludes(restored, "\x1b[?25h\x1b[?1049l");
      });
    }
  },
);
