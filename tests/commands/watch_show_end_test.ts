import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import { encodeJpeg } from "../../lib/jpeg/imagescript/encode_jpeg.ts";
import { drawBitmap } from "../jpeg/jpegs.ts";
import { eventually } from "../testutil/eventually.ts";
import { testWith } from "../testutil/needs.ts";
import { childrenOf, isAlive } from "../testutil/system/processes.ts";
import { shellWords } from "../testutil/program/run.ts";
import { startTest, untilEnded, untilLive } from "../testutil/program/shown.ts";
import { openTerminal } from "../testutil/program/terminal.ts";
import { startWscam, wscamArgs } from "../testutil/program/wscam.ts";

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
    await eventually(() => !isAlive(pid), { what: `process ${pid} to end` });
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
      what: "wscam to run in the terminal",
    });
    await untilStalled(pid);
    Deno.kill(pid, "SIGINT");
    // That nothing happens can only be waited for; a busy machine makes it less than that.
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert(isAlive(pid), "it waits for the terminal to take the rest");
    await eventually(() => {
      // Simultaneous signals count as one.
      if (isAlive(pid)) Deno.kill(pid, "SIGINT");
      return !isAlive(pid);
    }, { what: `process ${pid} to end` });
    await terminal.stdin.close();
    await terminal.stdout.pipeTo(new WritableStream());
    assertEquals((await terminal.status).code, 130);
  },
});

/** Waits until a process that sends pictures writes hardly anything, for a second and another one. */
async function untilStalled(pid: number): Promise<void> {
  const written = (): number =>
    Number(Deno.readTextFileSync(`/proc/${pid}/io`).match(/wchar: (\d+)/)?.[1]);
  let [last, since, quiet] = [0, performance.now(), 0];
  await eventually(() => {
    if (performance.now() - since < 1000) return false;
    const now = written();
    const grown = now - last;
    [last, since] = [now, performance.now()];
    quiet = now > 20_000 && grown < 5_000 ? quiet + 1 : 0;
    return quiet === 2;
  }, { what: "the terminal to be full" });
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
    "wscam: '--show' draws in a terminal, and stdout is not a terminal: leave it out\n",
  );
});
