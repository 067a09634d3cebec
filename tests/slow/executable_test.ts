import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { isolatedEnv } from "../../scripts/release/isolated_env.ts";
import { type ServerProcess, startServerProcess } from "../../scripts/release/server_process.ts";
import { smoke } from "../../scripts/smoke.ts";
import { jpegSize } from "../../lib/jpeg/jpeg_size.ts";
import { decodeBase64 } from "@std/encoding/base64";
import { eventually } from "../testutil/eventually.ts";
import { compileExecutable } from "../testutil/program/executable.ts";
import { openViewer } from "../testutil/client/messages.ts";
import { startNats } from "../testutil/relay/nats.ts";
import { testWith } from "../testutil/needs.ts";
import { childrenOf, residentOf } from "../testutil/system/processes.ts";
import { openRaw } from "../testutil/client/raw_socket.ts";
import { openTerminal } from "../testutil/program/terminal.ts";
import { startVcam } from "../testutil/camera/vcam.ts";
import { startWscam } from "../testutil/program/wscam.ts";

/** Resident after a viewer at 640x480, in bytes; 73e6 were seen. */
const MAX_RESIDENT = 110e6;
const INSIDE = "/tmp/wscam";
const SMALL = ["--resolution", "160x120", "--fps", "20"];
const TOKEN = "kGw3vXo9sQp1TzR7bYn5";
const NO_TMPDIR =
  /Cannot load imagescript: its native part can't be written .*set TMPDIR to a writable folder/;

let executable: Promise<string> | undefined;

/** The executable that all tests here have. */
function compiled(): Promise<string> {
  if (executable === undefined) {
    const folder = Deno.makeTempDirSync();
    addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
    executable = compileExecutable(folder);
  }
  return executable;
}

/** A place without a home, where at most a new and empty /tmp can be written to. */
function jail(executable: string, { env, writable = [], hasTmp = true }: JailOptions): Jail {
  const args = ["--ro-bind", "/", "/", "--dev-bind", "/dev", "/dev", "--proc", "/proc"];
  if (hasTmp) args.push("--tmpfs", "/tmp", "--ro-bind", executable, INSIDE);
  for (const folder of writable) args.push("--bind", folder, folder);
  args.push("--chdir", "/tmp", "--die-with-parent", "--clearenv");
  for (const [name, value] of Object.entries(env)) args.push("--setenv", name, value);
  return { command: "bwrap", args: [...args, hasTmp ? INSIDE : executable] };
}

interface JailOptions {
  env: Record<string, string>;
  /** Further folders that can be written to. @default {[]} */
  writable?: string[];
  /** Whether there is a /tmp that can be written to. @default {true} */
  hasTmp?: boolean;
}

/** How to run it. */
interface Jail {
  command: string;
  args: string[];
}

/** Starts a server on loopback. */
function serveIn({ command, args }: Jail, ...more: string[]): ServerProcess {
  return startServerProcess({
    command,
    args: [...args, "--host", "127.0.0.1", "--port", "0", ...more],
    options: { cwd: "/", clearEnv: true, env: { PATH: Deno.env.get("PATH") ?? "" } },
  });
}

/** Requests over HTTP/2 that are taken back before they are answered (RFC 9113, 4.1): Deno complains of them. */
function http2Resets(count: number): Uint8Array<ArrayBuffer> {
  const frame = (type: number, flags: number, stream: number, payload: number[] = []): number[] => {
    const id = [24, 16, 8, 0].map((bits) => (stream >> bits) & 0xff);
    return [0, 0, payload.length, type, flags, ...id, ...payload];
  };
  const [settings, headers, reset] = [4, 1, 3];
  // ":method: GET", ":scheme: http", ":path: /" and ":authority" by HPACK's static table.
  const host = Array.from(new TextEncoder().encode("127.0.0.1"));
  const fields = [0x82, 0x86, 0x84, 0x41, host.length, ...host];
  const cancel = [0, 0, 0, 8];
  const streams = Array.from({ length: count }, (_, i) => 2 * i + 1);
  return new Uint8Array([
    ...new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ...frame(settings, 0, 0),
    ...streams.flatMap((id) => [...frame(headers, 5, id, fields), ...frame(reset, 0, id, cancel)]),
  ]);
}

async function ask(command: string, args: string[]): Promise<{ code: number; stdout: string }> {
  const { code, stdout, stderr } = await new Deno.Command(command, { args, stdin: "null" })
    .output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout) + decoder.decode(stderr) };
}

async function assertPicture(process: ServerProcess, width: number, query = ""): Promise<void> {
  await using viewer = await openViewer(`ws://127.0.0.1:${await process.port()}/${query}`);
  const image = await eventually(() => viewer.images().at(1));
  assertEquals(jpegSize(decodeBase64(image.data))?.width, width);
}

testWith(
  ["executable", "bwrap", "vcam", "ffmpeg"],
  "the executable works alone, on a read-only system, without Deno and home",
  async (t) => {
    const executable = await compiled();
    await using vcam = await startVcam({ width: 640, height: 480, fps: 15 });
    const env = { ...isolatedEnv("/nonexistent"), ...vcam.env };
    // bwrap binds only existing files, so the camera starts first.
    const prison = jail(executable, { env });
    const { command, args } = prison;
    const serve = (...more: string[]): ServerProcess => serveIn(prison, ...more);

    await t.step("the test picture, the page, watch, and its memory", async () => {
      await using process = serve("--camera", "test");
      await assertPicture(process, 640);
      const port = await process.port();
      assertStringIncludes(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "<title>");
      const watch = ["watch", `ws://127.0.0.1:${port}`, "--count", "3", "--json"];
      const { code, stdout } = await ask(command, [...args, ...watch]);
      assertEquals(code, 0, stdout);
      const [server = 0] = await childrenOf(process.pid, { deep: true });
      assertLess(residentOf(server), MAX_RESIDENT);
    });
    for (const encoder of ["imagescript", "copy", "ffmpeg"]) {
      await t.step(`a camera, ${encoder}`, async () => {
        await using process = serve(
          "--camera",
          vcam.path,
          "--encoder",
          encoder,
          "--log-level",
          "debug",
        );
        await assertPicture(process, 640);
        // Another ffmpeg makes it from the camera's own JPEG.
        await assertPicture(process, 320, "?width=320&quality=50");
      });
    }
    await t.step("a log of JSON alone, whatever HTTP/2 clients do", async () => {
      await using process = serve(
        "--camera",
        "test",
        "--log-format",
        "json",
        "--log-level",
        "debug",
      );
      using raw = await openRaw(await process.port());
      await raw.write(http2Resets(500));
      await raw.readSome();
      await assertPicture(process, 640);
      const lines = process.output.stderr.split("\n").filter((line) => line !== "");
      for (const line of lines) assertEquals(typeof JSON.parse(line).message, "string", line);
    });
    await t.step("the list of cameras", async () => {
      const { code, stdout } = await ask(command, [...args, "cameras"]);
      assertEquals(code, 0, stdout);
      assert(stdout.includes(vcam.path), stdout);
    });
  },
);

testWith(
  ["executable", "bwrap"],
  "the executable's other commands and addresses work alone",
  async (t) => {
    const executable = await compiled();
    const env = isolatedEnv("/nonexistent");
    const prison = jail(executable, { env });
    const run = (...more: string[]): ReturnType<typeof ask> =>
      ask(prison.command, [...prison.args, ...more]);

    for (
      const [name, more, wanted] of [
        ["doctor", ["doctor", "--camera", "test"], "imagescript encodes JPEG"],
        ["service print", ["service", "print", "--", "--camera", "test"], "serve --camera=test"],
        ["share", ["share", "--camera", "test", "--token", TOKEN], "?share="],
      ] as const
    ) {
      await t.step(name, async () => {
        const { code, stdout } = await run(...more);
        assertEquals(code, 0, stdout);
        assertStringIncludes(stdout, wanted);
      });
    }
    await using process = serveIn(prison, "--camera", "test", ...SMALL);
    const url = `http://127.0.0.1:${await process.port()}`;
    for (const [path, width] of [["/snapshot", 160], ["/snapshot?width=80", 80]] as const) {
      await t.step(path, async () => {
        const jpeg = await (await fetch(`${url}${path}`)).bytes();
        assertEquals(jpegSize(jpeg)?.width, width);
      });
    }
    await t.step("/stream", async () => {
      const response = await fetch(`${url}/stream`);
      assertMatch(response.headers.get("content-type") ?? "", /^multipart\/x-mixed-replace/);
      let [text, pictures] = ["", 0];
      for await (const chunk of response.body ?? []) {
        text += new TextDecoder("latin1").decode(chunk);
        pictures = text.split("Content-Type: image/jpeg").length - 1;
        if (pictures === 3) break;
      }
      assertEquals(pictures, 3, "it doesn't end before");
    });
    await t.step("/metrics", async () => {
      assertStringIncludes(await (await fetch(`${url}/metrics`)).text(), "wscam_");
    });
    await t.step("watch --save", async () => {
      const saved = await Deno.makeTempDir();
      const { command, args } = jail(executable, { env, writable: [saved] });
      const watch = ["watch", url.replace("http", "ws"), "--count", "2", "--save", saved];
      const { code, stdout } = await ask(command, [...args, ...watch]);
      assertEquals(code, 0, stdout);
      const files = Array.from(Deno.readDirSync(saved), ({ name }) => `${saved}/${name}`);
      assertEquals(files.map((file) => jpegSize(Deno.readFileSync(file))?.width), [160, 160]);
      await Deno.remove(saved, { recursive: true });
    });
    await t.step("without a folder for temporary files it says what to do", async () => {
      const closed = jail(executable, { env, hasTmp: false });
      const version = await ask(closed.command, [...closed.args, "--version"]);
      assertEquals(version.code, 0, version.stdout);
      const doctor = await ask(closed.command, [...closed.args, "doctor", "--camera", "test"]);
      assertEquals(doctor.code, 1, doctor.stdout);
      assertMatch(doctor.stdout, NO_TMPDIR);
      await using server = serveIn(closed, "--camera", "test");
      await server.port();
      await eventually(() => NO_TMPDIR.test(server.output.stderr));
      assertEquals(server.output.stderr.match(/^ +at /m), null, server.output.stderr);
    });
    await t.step("who watches is told, and sees pictures when there is one", async () => {
      const outside = await Deno.makeTempDir();
      // No folder, so not even root can write to it.
      const tmpdir = `${outside}/tmp`;
      await Deno.writeTextFile(tmpdir, "");
      const options = { env: { ...env, TMPDIR: tmpdir }, writable: [outside], hasTmp: false };
      await using server = serveIn(jail(executable, options), "--camera", "test", ...SMALL);
      const url = `http://127.0.0.1:${await server.port()}`;
      await using viewer = await openViewer(url.replace("http", "ws"));
      const told = await eventually(() => viewer.errors().at(0));
      assertMatch(told.message, /^Camera test can't be shown: cannot load imagescript: its native/);
      for (const path of ["/healthz", "/snapshot"]) {
        const response = await fetch(`${url}${path}`);
        assertEquals(response.status, 503);
        assertMatch(await response.text(), /can't be shown: .*set TMPDIR to a writable folder/);
      }
      const { cameras: [camera] } = await (await fetch(`${url}/state`)).json();
      assertEquals(camera.state, "failed");
      await Deno.remove(tmpdir);
      await Deno.mkdir(tmpdir);
      await eventually(() => viewer.images().length > 2);
      assertEquals(viewer.errors().length, 1);
      assertEquals((await fetch(`${url}/healthz`).then((it) => it.json())).ok, true);
      await Deno.remove(outside, { recursive: true });
    });
  },
);

testWith(["executable"], "smoke() finds nothing wrong with an executable", async () => {
  const lines: string[] = [];
  await smoke(await compiled(), { report: (line) => lines.push(line) });
  assertStringIncludes(lines.join("\n"), "pictures: 3");
  assertStringIncludes(lines.join("\n"), "native code: in a folder of its own");
});

testWith(
  ["executable", "bwrap", "nats-server"],
  "an executable shows another's camera",
  async () => {
    const prison = jail(await compiled(), { env: isolatedEnv("/nonexistent") });
    await using nats = await startNats();
    const address = `nats://${nats.host}`;
    await using _origin = serveIn(prison, "--camera", "door=test", "--publish", address, ...SMALL);
    await using edge = serveIn(prison, "--camera", `${address}/door`);
    await assertPicture(edge, 160);
  },
);

testWith(
  ["executable", "tmux", "ffmpeg"],
  "an executable draws pictures in a terminal",
  async () => {
    const executable = await compiled();
    await using server = await startWscam(["--camera", "test", "--resolution", "320x240"]);
    const options = { columns: 80, rows: 24, env: { COLORTERM: "truecolor" }, executable };
    await using terminal = await openTerminal(["watch", server.ws, "--show"], options);
    await terminal.untilRows((rows) => / 320x240, /.test(rows.at(-1) ?? ""), "the live line");
    const colours = await terminal.colours(2);
    assertEquals(colours.filter(({ text }) => text === "▀").length, 61);
    assert(new Set(colours.map(({ fore }) => fore)).size >= 7, "the colours of the bars");
    await terminal.press("C-c");
    await terminal.untilRows((rows) => rows.includes("status=0"), "its end");
  },
);
