import { assertEquals, assertMatch } from "@std/assert";
import { startServerProcess } from "../../../scripts/release/server_process.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { openTerminal } from "../../testutil/program/terminal.ts";
import { startVcam, vcamEnv } from "../../testutil/camera/vcam.ts";
import { startWscam, wscamArgs } from "../../testutil/program/wscam.ts";

const ignore = Deno.build.os === "windows";
/** On it, every write fails as on a full disk. */
const FULL = "/dev/full";

/** Runs `wscam serve` with the test picture as a shell does that was told something first. */
function start(script: string, ...args: string[]): ReturnType<typeof startServerProcess> {
  const wscam = [Deno.execPath(), ...wscamArgs("--camera", "test", ...args)];
  return startServerProcess({
    command: "sh",
    args: ["-c", script, "sh", ...wscam],
    options: { env: { NO_COLOR: "1" } },
  });
}

async function hasPicture(path: string): Promise<boolean> {
  using client = Deno.createHttpClient({ proxy: { transport: "unix", path } });
  const answer = await fetch("http://localhost/snapshot", { client }).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.status === 200;
}

Deno.test("serve() goes on although nothing that it says can be written", {
  ignore: Deno.build.os !== "linux",
}, async (t) => {
  const dir = await Deno.makeTempDir({ prefix: "wscam-output-" });
  for (const [i, where] of [`2>${FULL}`, `>${FULL}`, `>${FULL} 2>&1`].entries()) {
    await t.step(where, async () => {
      const path = `${dir}/${i}.sock`;
      const level = ["--log-level", "debug"];
      await using server = start(`exec "$@" ${where}`, "--unix", path, ...level);
      await eventually(() => hasPicture(path));
      assertEquals((await server.end()).code, 0, server.output.stderr);
      if (where === `>${FULL}`) {
        assertMatch(server.output.stderr, /warn {2}Cannot print the addresses: No space left/);
      }
    });
  }
  await Deno.remove(dir, { recursive: true });
});

Deno.test("serve() serves and ends although nobody reads what it says", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const path = `${await Deno.makeTempDir({ prefix: "wscam-output-" })}/s.sock`;
  const fill = "dd if=/dev/zero of=/proc/self/fd/3 oflag=nonblock bs=4096 3>&2 2>/dev/null";
  const wscam = [Deno.execPath(), ...wscamArgs("--camera", "test", "--unix", path)];
  const process = new Deno.Command("sh", {
    args: ["-c", `${fill}; exec "$@"`, "sh", ...wscam],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const timer = setTimeout(() => process.kill("SIGKILL"), 120_000);
  await eventually(() => hasPicture(path));
  process.kill("SIGTERM");
  assertEquals((await process.status).code, 0);
  clearTimeout(timer);
  await process.stderr.cancel();
});

testWith(["tmux"], "serve() says goodbye when its terminal closes", async () => {
  const args = ["--camera", "test", "--host", "127.0.0.1", "--port", "0"];
  const terminal = await openTerminal(args, { columns: 100, rows: 20 });
  const address = /ws:\/\/127\.0\.0\.1:\d+/;
  const rows = await terminal.untilRows((rows) => rows.some((row) => address.test(row)), "address");
  await using viewer = await openViewer(rows.join("\n").match(address)?.[0] ?? "");
  await eventually(() => viewer.images().length > 0);
  await terminal[Symbol.asyncDispose]();
  assertEquals((await viewer.closed).code, 1001);
});

Deno.test("serve() outlives its terminal when it is told to, as nohup does it", {
  ignore,
}, async () => {
  const args = ["--host", "127.0.0.1", "--port", "0"];
  await using server = start(`trap '' HUP; exec "$@"`, ...args);
  const port = await server.port();
  Deno.kill(server.pid, "SIGHUP");
  await using viewer = await openViewer(`ws://127.0.0.1:${port}`);
  await eventually(() => viewer.images().length > 0);
  assertEquals((await server.end()).code, 0);
  assertEquals((await viewer.closed).code, 1001);
});

Deno.test("serve() logs its own lines, and none of the platform's", async () => {
  await using server = await startWscam(["--camera", "test"]);
  for (const path of ["/", "/snapshot", "/state", "/metrics", "/nowhere"]) {
    await (await fetch(`${server.url}${path}`)).arrayBuffer();
  }
  await server.end();
  for (const line of server.output.stderr.trimEnd().split("\n")) {
    assertMatch(line, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} (info|warn) /);
  }
});

testWith(["vcam", "tmux"], "serve() tells a terminal what its cameras are", async () => {
  await using vcam = await startVcam({ width: 640, height: 480, fps: 15 });
  const cameras = ["--camera", `door=${vcam.path}`, "--camera", "gone=/dev/video-99"];
  const args = ["--host", "127.0.0.1", "--port", "0", "--encoder", "copy", ...cameras];
  await using terminal = await openTerminal(args, {
    columns: 120,
    rows: 20,
    env: vcamEnv(vcam),
  });
  const rows = await terminal.untilRows(
    (rows) => rows.some((row) => row.includes("camera door:")),
    "a line about the camera",
  );
  const line = rows.find((row) => row.includes("camera door:")) ?? "";
  assertMatch(line, /^ {2}camera door: .+, mjpeg 640x480 at 15; encoder copy, as asked for$/);
  await terminal.press("C-c");
  await terminal.untilRows((rows) => rows.some((row) => row.includes("status=0")), "its end");
});
