import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import { KITTY_END } from "../../lib/commands/watch/show/kitty.ts";
import { encodeJpeg } from "../../lib/encoder/jpeg.ts";
import { drawBitmap } from "../jpeg/jpegs.ts";
import { eventually } from "../testutil/eventually.ts";
import { testWith } from "../testutil/needs.ts";
import { childrenOf, isAlive } from "../testutil/processes.ts";
import { openTerminal, type TestTerminal } from "../testutil/terminal.ts";
import { shellWords } from "../testutil/run.ts";
import { startWscam, type Wscam, wscamArgs } from "../testutil/wscam.ts";

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
const LIVE_LINE = /^\d+\.\d fps, [\d.]+ ms old, 320x240, /;

function startTest(): Promise<Wscam> {
  return startWscam(["--camera", "test", "--resolution", "320x240"]);
}

/** Waits for the live line below the picture. */
function untilLive(terminal: TestTerminal): Promise<string[]> {
  return terminal.untilRows((rows) => LIVE_LINE.test(rows.at(-1) ?? ""), "the live line");
}

async function untilEnded(terminal: TestTerminal): Promise<string> {
  const rows = await terminal.untilRows(
    (rows) => rows.some((row) => /status=\d/.test(row)),
    "its exit status",
  );
  return rows.join("\n");
}

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
  ["tmux"],
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
  ["tmux"],
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

testWith(["tmux"], "watch --show takes 256 colours where the terminal has no more", async () => {
  await using server = await startTest();
  const options = { columns: 60, rows: 20, env: { COLORTERM: "" } };
  await using terminal = await openTerminal(
    ["watch", server.ws, "--show", "--count", "20"],
    options,
  );
  await untilLive(terminal);
  const cells = await terminal.colours(1);
  const colours = [0, 1, 2, 3, 4, 5, 6].map((i) => cells[4 + Math.floor((i + 0.5) * 51 / 7)]?.fore);
  // 191 is 175 in the cube, but grey 188 is nearer to three equal channels.
  assertEquals(colours, ["250", "142", "37", "34", "127", "124", "19"].map((code) => `5;${code}`));
  assertStringIncludes(await untilEnded(terminal), "status=0");
});

testWith(
  ["tmux"],
  "watch --show tells below the picture what is wrong, and shows the picture again",
  async () => {
    const first = await startTest();
    const options = { columns: 100, rows: 10, env: { COLORTERM: "truecolor" } };
    await using terminal = await openTerminal(["watch", first.ws, "--show"], options);
    await untilLive(terminal);
    await first.end();
    await terminal.untilRows(
      (rows) => /^No connection to ws:/.test(rows.at(-1) ?? ""),
      "why there is no picture",
    );
    assertStringIncludes((await terminal.rows())[0] ?? "", "▀▀▀▀▀▀▀▀", "the last picture stays");
    await using _second = await startWscam(["--camera", "test", "--resolution", "320x240"], {
      port: first.port,
    });
    await untilLive(terminal);
  },
);

testWith(
  ["tmux"],
  "watch --show sends pictures by the protocols of kitty and iTerm2",
  async (t) => {
    await using server = await startTest();
    for (
      const [graphics, pattern, end] of [
        [
          "kitty",
          /H._Ga=T,q=2,C=1,i=\d+,f=24,o=z,s=320,v=240,c=61,r=23,m=1;/,
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

testWith(
  ["tmux"],
  "watch --show gives the terminal back when a picture can't be saved",
  async () => {
    await using server = await startTest();
    const args = ["watch", server.ws, "--show", "--save", "/dev/null/pictures"];
    await using terminal = await openTerminal(args, { columns: 100, rows: 20 });
    const text = await untilEnded(terminal);
    assertStringIncludes(text, "wscam: Cannot save to '/dev/null/pictures': ");
    assertStringIncludes(text, "status=1");
    assertEquals(await terminal.modes(), { alternate: false, cursor: true, wrap: true });
  },
);

testWith(
  ["tmux"],
  "watch --show ends when the terminal goes away, also where SIGHUP is ignored",
  async () => {
    await using server = await startTest();
    const args = ["watch", server.ws, "--show"];
    let pid: number;
    {
      const options = { columns: 60, rows: 20, ignoreHangup: true };
      await using terminal = await openTerminal(args, options);
      await untilLive(terminal);
      pid = await terminal.program();
      assert(isAlive(pid));
    }
    await eventually(() => !isAlive(pid), { within: 30_000, what: `process ${pid} to end` });
  },
);

testWith(
  ["tmux"],
  "watch --show refuses what a hostile server sends, and shows the next picture",
  async () => {
    const jpeg = await encodeJpeg(drawBitmap(320, 240), 80);
    const huge = jpeg.slice();
    const frame = huge.findIndex((byte, i) => byte === 0xff && huge[i + 1] === 0xc0);
    huge.fill(0xff, frame + 5, frame + 9);
    await using server = servePictures();
    const options = { columns: 100, rows: 20 };
    await using terminal = await openTerminal(["watch", server.url, "--show"], options);
    const hostile: [Uint8Array, RegExp][] = [
      [huge, /^Cannot decode picture: it must be at most 50 million pixels, got 65535x65535/],
      [
        new TextEncoder().encode("\x1b]0;title\x07"),
        /^Cannot decode picture: it must be a whole JPEG/,
      ],
    ];
    for (const [bytes, message] of hostile) {
      server.picture = bytes;
      await terminal.untilRows((rows) => message.test(rows.at(-1) ?? ""), String(message));
      server.picture = jpeg;
      await untilLive(terminal);
    }
    assertStringIncludes((await terminal.rows())[0] ?? "", "▀▀▀▀▀▀");
  },
);

Deno.test({
  name: "watch --show ends at the second Ctrl+C when the terminal takes nothing any more",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using server = await startWscam(["--camera", "test", "--fps", "20"]);
    const args = wscamArgs("watch", server.ws, "--show", "--graphics", "iterm");
    // Nobody reads what `script` reads from its terminal.
    const terminal = new Deno.Command("script", {
      args: ["-qec", `exec ${shellWords([Deno.execPath(), ...args])}`, "/dev/null"],
      env: { NO_COLOR: "1", TERM: "xterm-256color" },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const pid = await eventually(async () => (await childrenOf(terminal.pid))[0], {
      within: 30_000,
      what: "wscam to run in the terminal",
    });
    await untilStalled(pid);
    Deno.kill(pid, "SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert(isAlive(pid), "it waits for the terminal to take the rest");
    Deno.kill(pid, "SIGINT");
    await eventually(() => !isAlive(pid), { what: `process ${pid} to end` });
    await terminal.stdin.close();
    await terminal.stdout.pipeTo(new WritableStream());
    assertEquals((await terminal.status).code, 130);
  },
});

/** Waits until a process that sends pictures writes hardly anything for a second. */
async function untilStalled(pid: number): Promise<void> {
  const written = (): number =>
    Number(Deno.readTextFileSync(`/proc/${pid}/io`).match(/wchar: (\d+)/)?.[1]);
  let [last, since] = [0, performance.now()];
  await eventually(() => {
    if (performance.now() - since < 1000) return false;
    const now = written();
    const grown = now - last;
    [last, since] = [now, performance.now()];
    return now > 20_000 && grown < 5_000;
  }, { within: 60_000, what: "the terminal to be full" });
}

/** A server that sends one picture ten times a second. */
function servePictures(): AsyncDisposable & { url: string; picture: Uint8Array } {
  const sockets = new Set<WebSocket>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => sockets.add(socket);
    socket.onclose = () => sockets.delete(socket);
    return response;
  });
  const timer = setInterval(() => {
    const data = encodeBase64(state.picture);
    const text = JSON.stringify({ type: "image", data, timestamp: Date.now() / 1000 });
    for (const socket of sockets) if (socket.readyState === WebSocket.OPEN) socket.send(text);
  }, 100);
  const state = {
    url: `ws://127.0.0.1:${server.addr.port}`,
    picture: new Uint8Array(),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await server.shutdown();
    },
  };
  return state;
}

Deno.test("watch --show says that it needs a terminal, with status 2", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: wscamArgs("watch", "ws://127.0.0.1:9", "--show"),
    env: { NO_COLOR: "1", TERM: "xterm-256color" },
    stdin: "null",
  }).output();
  assertEquals(code, 2);
  assertEquals(stdout.length, 0);
  assertEquals(
    new TextDecoder().decode(stderr),
    "wscam: '--show' draws in a terminal, and stdout is none: leave it out\n",
  );
});
