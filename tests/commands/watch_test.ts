import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { jpegSize } from "../../lib/jpeg/jpeg_size.ts";
import { type ServerProcess, startServerProcess } from "../../scripts/release/server_process.ts";
import { decode } from "../h264/video.ts";
import { createAuthority } from "../testutil/network/certificates.ts";
import { eventually } from "../testutil/eventually.ts";
import { smallDiskProblem, watchOnSmallDisk } from "../testutil/program/full_disk.ts";
import { freePort } from "../testutil/relay/nats.ts";
import { testWith } from "../testutil/needs.ts";
import { type Ended, runWscam, startWscam, wscamArgs } from "../testutil/program/wscam.ts";

function watch(...args: string[]): Promise<Ended> {
  return runWscam(["watch", ...args]);
}

/** Watches until told to end. */
function startWatching(url: string, env: Record<string, string> = {}): ServerProcess {
  return startServerProcess({
    command: Deno.execPath(),
    args: wscamArgs("watch", url, "--json"),
    options: { env: { NO_COLOR: "1", ...env } },
  });
}

Deno.test("watch() tells what arrives in JSON lines, saves frames, and ends after a count", async () => {
  await using server = await startWscam([
    "--camera",
    "test",
    "--resolution",
    "320x240",
    "--fps",
    "20",
  ]);
  const dir = await Deno.makeTempDir();
  const { code, stdout, stderr } = await watch(server.ws, "--count", "30", "--save", `${dir}/new`);
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, `Connected to ${server.ws}`);
  const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  const last = lines.at(-1);
  assertEquals([last.width, last.height, last.frames], [320, 240, 30]);
  // A busy machine makes fewer, and they are older.
  assert(last.fps > 1 && last.fps < 25, `${last.fps} frames a second`);
  assert(last.ageMs >= 0 && last.ageMs < 30_000, `${last.ageMs} ms old`);
  const names = [...Deno.readDirSync(`${dir}/new`)].map(({ name }) => name).sort();
  assertEquals(names.length, 30);
  assertMatch(names[29] ?? "", /^000030_\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z\.jpg$/);
  const jpeg = await Deno.readFile(`${dir}/new/${names[29]}`);
  assertEquals(jpegSize(jpeg), { width: 320, height: 240 });
  await Deno.remove(dir, { recursive: true });
});

Deno.test("watch() takes the page's address or a host, and passes the server's words on", async () => {
  await using server = await startWscam(["--camera", "test"]);
  await using watching = startWatching(`${server.url}/?camera=attic`);
  const words = "field 'camera' must be one of 'test', got 'attic'";
  await eventually(() => watching.output.stderr.includes(words));
  assertEquals((await watching.end("SIGINT")).code, 1);
  assertEquals((await watch(`127.0.0.1:${server.port}`, "--count", "1")).code, 0);
});

Deno.test("watch() tries again while there is no server, and ends with 1 without a picture", async () => {
  const { code, stderr } = await watch("ws://127.0.0.1:9", "--seconds", "3");
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /No connection to ws:\/\/127.0.0.1:9\/ \(.*\); trying again in 0.5 s\n.*trying again in 1 s/,
  );
});

Deno.test("watch() connects again when the server comes back", async () => {
  const port = freePort();
  const first = await startWscam(["--camera", "test"], { port });
  await using watching = startWatching(first.ws);
  const connections = (): number => watching.output.stderr.match(/Connected/g)?.length ?? 0;
  const frames = (): number =>
    Number([...watching.output.stdout.matchAll(/"frames":(\d+)/g)].at(-1)?.[1] ?? 0);
  await eventually(frames);
  await first.end();
  await using _second = await startWscam(["--camera", "test"], { port });
  await eventually(() => connections() === 2);
  const before = frames();
  await eventually(() => frames() > before);
  assertEquals((await watching.end("SIGINT")).code, 0);
  assertEquals(connections(), 2, watching.output.stderr);
});

Deno.test("watch() says when it can't save, with status 1", async () => {
  await using server = await startWscam(["--camera", "test"]);
  const { code, stderr } = await watch(server.ws, "--save", "/dev/null/pictures");
  assertEquals(code, 1);
  assertStringIncludes(stderr, "Cannot save to '/dev/null/pictures': ");
});

Deno.test({
  name: "watch() ends with 1 and words when the disk that it saves to is full",
  ignore: smallDiskProblem() !== undefined,
  fn: async () => {
    await using server = await startWscam(["--camera", "test", "--fps", "30"]);
    const { code, stderr, broken } = await watchOnSmallDisk(server.ws);
    assertEquals(code, 1, stderr);
    assertMatch(stderr, /Cannot save to '.*\/pictures': No space left on device/);
    assertEquals(stderr.includes(" at "), false, `no stack: ${stderr}`);
    assertEquals(broken, []);
  },
});

testWith(["openssl"], "watch() tells what is wrong with a certificate", async (t) => {
  await using authority = await createAuthority();
  const cases = [
    ["expired", { days: -1 }, "the certificate has expired"],
    ["elsewhere", { names: "DNS:elsewhere.example" }, "the certificate is for another name"],
    ["untrusted", {}, "the certificate isn't trusted here", {}],
  ] as const;
  for (const [name, options, words, env = { DENO_CERT: authority.file }] of cases) {
    await t.step(name, async () => {
      const { cert, key } = await authority.issue(name, options);
      const server = Deno.listenTls({
        hostname: "127.0.0.1",
        port: 0,
        cert: await Deno.readTextFile(cert),
        key: await Deno.readTextFile(key),
      });
      const serving = refuseAll(server);
      const url = `wss://localhost:${server.addr.port}`;
      await using watching = startWatching(url, env);
      await eventually(() => watching.output.stderr.includes(words));
      assertEquals((await watching.end("SIGINT")).code, 1, "there was no picture");
      server.close();
      await serving;
    });
  }
});

/** The test waits for a handshake that the client breaks off. */
async function refuseAll(server: Deno.TlsListener): Promise<void> {
  try {
    for await (const connection of server) {
      await connection.handshake().catch(() => {});
      connection.close();
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

testWith(["ffmpeg"], "watch() counts pictures in H.264, and saves them as a film", async () => {
  await using server = await startWscam(["--camera", "test", "-r", "160x120", "--fps", "20"]);
  const dir = await Deno.makeTempDir();
  const film = `${dir}/film.mp4`;
  const { code, stdout, stderr } = await watch(server.ws, "--count", "30", "--save", film);
  assertEquals(code, 0, stderr);
  const last = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
  // A busy machine may have left some out.
  assertEquals([last.width, last.height, last.frames], [160, 120, 30]);
  assert(last.ageMs >= 0 && last.ageMs < 30_000, `${last.ageMs} ms old`);
  const decoded = await decode(await Deno.readFile(film));
  assertEquals(decoded, { frames: 30, width: 160, height: 120, complaints: "" });
  assertEquals((await watch(`${server.ws}/?format=h264`, "--count", "3")).code, 0);
  await Deno.remove(dir, { recursive: true });
});
