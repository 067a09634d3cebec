import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { decodeBase64 } from "@std/encoding/base64";
import { jpegSize } from "../lib/jpeg/jpeg_size.ts";
import { eventually } from "./testutil/eventually.ts";
import { openViewer } from "./testutil/client/messages.ts";
import { runEach } from "./testutil/program/run_each.ts";
import { runWscam as run, startWscam } from "./testutil/program/wscam.ts";

Deno.test("main() refuses wrong usage with status 2 and one line that says how to mend it", async (t) => {
  const wrong: [string[], RegExp][] = [
    [["--fsp", "5"], /Unknown option '--fsp': did you mean '--fps'\?/],
    [["--fps", "0"], /'--fps' must be a number from 0.1 to 120, got '0'/],
    [["--fps", "ten"], /'--fps' must be a number/],
    [["--quality", "101"], /'--quality' must be a whole number from 0 to 100, got '101'/],
    [["--resolution", "640"], /'--resolution' must be WIDTHxHEIGHT/],
    [["--port", "70000"], /'--port' must be a whole number from 0 to 65535, got '70000'/],
    [["--camera", ""], /'--camera' needs a value/],
    [["--camera", "ftp://host/x"], /'--camera' must be a URL of rtsp, .* got 'ftp:\/\/host\/x'/],
    [
      ["--camera", "test", "--camera", "test"],
      /'--camera' must give each camera a name of its own/,
    ],
    [["--camera", "1", "2"], /Unexpected argument '2'/],
    [["wach"], /Unknown command 'wach': did you mean 'watch'\?/],
    [["test"], /Unknown command 'test': did you mean '--camera test'\?/],
    [["TEST"], /Unknown command 'TEST': did you mean '--camera test'\?/],
    [["video0"], /Unknown command 'video0': did you mean '--camera \/dev\/video0'\?/],
    [["/dev/video0"], /Unknown command '\/dev\/video0': did you mean '--camera \/dev\/video0'\?/],
    [["rtsp://me:geheim@host/x"], /: did you mean '--camera rtsp:\/\/host\/x'\?/],
    [["thing"], /Unknown command 'thing': see 'wscam help'/],
    [["doctor", "0"], /Unexpected argument '0': did you mean '--camera 0'\?/],
    [["share", "0"], /Unexpected argument '0': options begin with '--'/],
    [["watch", "ftp://host"], /'URL' must be like ws:\/\/HOST:8765/],
    [["watch", "--count", "0"], /'--count' must be/],
    [["cameras", "--jsn"], /did you mean '--json'\?/],
    [["doctor", "--jsn"], /Unknown option '--jsn': did you mean '--json'\?/],
    [["doctor", "--fps", "0"], /'--fps' must be a number from 0.1 to 120, got '0'/],
  ];
  const ended = await runEach(wrong.map(([args]) => args));
  for (const [i, [args, message]] of wrong.entries()) {
    await t.step(args.join(" "), () => {
      const { code, stdout, stderr = "" } = ended[i] ?? {};
      assertEquals([code, stdout], [2, ""]);
      assertMatch(stderr, message);
      assertEquals(stderr.trimEnd().split("\n").length, 1);
    });
  }
  await t.step("as a program of its own", async () => {
    const { code, stdout, stderr } = await run(["--fsp", "5"]);
    assertEquals([code, stdout], [2, ""]);
    assertEquals(stderr, "wscam: Unknown option '--fsp': did you mean '--fps'?\n");
  });
});

Deno.test("main() reads options from the environment, and the command line wins", async () => {
  const bad = await run([], { WSCAM_FPS: "fast" });
  assertEquals(bad.code, 2);
  assertMatch(bad.stderr, /'WSCAM_FPS' must be a number/);
  await using server = await startWscam([], {
    env: { WSCAM_CAMERA: "a=test,b=test", WSCAM_PORT: "1" },
  });
  const cameras = await (await fetch(`${server.url}/cameras`)).json();
  assertEquals(cameras.map(({ name }: { name: string }) => name), ["a", "b"]);
});

Deno.test("main() prints help and version to stdout, whichever way they are asked for", async (t) => {
  const lines = [
    ...["--help", "help", "help serve", "help help", "help version"],
    ...["watch --help", "help watch", "-v", "-V"],
  ];
  const all = [...lines, "--version", "version", "help wacth"];
  const ended = await runEach(all.map((line) => line.split(" ")));
  const [help, , , , , watch] = ended;
  const [version, same, unknown] = ended.slice(lines.length);
  assertStringIncludes(help?.stdout ?? "", "--camera SOURCE");
  assertStringIncludes(watch?.stdout ?? "", "wscam watch");
  assertMatch(version?.stdout ?? "", /^wscam \d+\.\d+\.\d+\n$/);
  const expected = [help, help, help, help, help, watch, watch, version, version, version, same];
  for (const [i, each] of expected.entries()) {
    await t.step(all[i] ?? "", () => assertEquals(ended[i], { ...each, code: 0, stderr: "" }));
  }
  assertEquals([unknown?.code, unknown?.stdout], [2, ""]);
  assertStringIncludes(unknown?.stderr ?? "", "did you mean 'watch'?");
});

Deno.test("main() prints completion and manual page", async () => {
  const [bash, man, wrong] = await runEach([["completion", "bash"], ["man"], ["completion"]]);
  assertStringIncludes(bash?.stdout ?? "", "complete -F _wscam wscam");
  assertStringIncludes(man?.stdout ?? "", ".TH WSCAM 1");
  assertEquals([wrong?.code, wrong?.stdout], [2, ""]);
  // A shell's start must not fail for something that another program has exported.
  const other = await run(["completion", "zsh"], { WSCAM_OF_ANOTHER: "1" });
  assertEquals([other.code, other.stderr], [0, ""]);
});

Deno.test("serve() says which port is in use and what to do, with status 1", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const args = ["--camera", "test", "--host", "127.0.0.1", "--port", String(port)];
  const { code, stderr } = await run(args);
  assertEquals(code, 1);
  assertStringIncludes(
    stderr,
    `Cannot listen on 127.0.0.1:${port}: it is in use; choose another port with '--port'`,
  );
  assertEquals(stderr.trimEnd().split("\n").length, 1);
});

Deno.test("serve() says what keeps it from starting, as JSON and nothing else where that is asked for", async (t) => {
  const own = ["--camera", "test", "--port", "0"];
  const json = [...own, "--host", "127.0.0.1", "--log-format", "json"];
  const [address, six, ...ended] = await runEach([
    [...own, "--host", "203.0.113.1"],
    [...own, "--host", "[2001:db8::9]"],
    [...json, "--nats-creds", "/no/creds"],
    [...json, "--cert", "/no/c", "--key", "/no/k"],
  ]);
  await t.step("an address that it can't listen on", () => {
    assertEquals(address?.code, 1);
    const words = "Cannot listen on 203.0.113.1:0: 203.0.113.1 is not an address of";
    assertStringIncludes(address?.stderr ?? "", words);
    assertEquals(six?.code, 1);
    assertStringIncludes(six?.stderr ?? "", "Cannot listen on [2001:db8::9]:0: ");
  });
  const messages = [
    "Cannot use '--nats-creds' /no/creds: there is no such file. More: wscam doctor",
    "Cannot use '--cert': there is no such file (/no/c). More: wscam doctor",
  ];
  for (const [i, message] of messages.entries()) {
    await t.step(message, () => {
      const { code, stdout, stderr = "" } = ended[i] ?? {};
      assertEquals([code, stdout], [1, ""]);
      const { level, message: told } = JSON.parse(stderr);
      assertEquals([level, told], ["error", message]);
    });
  }
});

Deno.test("serve() sends image messages as the Python service did, and nothing else", async () => {
  await using server = await startWscam(["--camera", "test", "--resolution", "320x240"]);
  await using viewer = await openViewer(`${server.ws}/any/path?cachebuster=1`);
  await eventually(() => viewer.messages.length >= 5);
  for (const message of viewer.messages) {
    assertEquals(Object.keys(message), ["type", "data", "timestamp"]);
    assert(message.type === "image");
    assertEquals(jpegSize(decodeBase64(message.data)), { width: 320, height: 240 });
    const age = Date.now() / 1000 - message.timestamp;
    assert(
      age >= 0 && age < 60,
      `timestamp must be in seconds since 1970, got ${message.timestamp}`,
    );
  }
  const times = viewer.images().map(({ timestamp }) => timestamp);
  assertEquals(times, times.toSorted((a, b) => a - b));
});

Deno.test("serve() delivers 10 frames a second unless told otherwise", async () => {
  await using server = await startWscam(["--camera", "test"]);
  await using viewer = await openViewer(server.ws);
  await eventually(() => viewer.images().length >= 40);
  const times = viewer.images().map(({ timestamp }) => timestamp).slice(5, 36);
  const fps = 30 / ((times.at(-1) ?? 0) - (times[0] ?? 0));
  // A machine that is busy with other tests delivers fewer, or some of them late.
  assert(fps < 15, `${fps} frames a second`);
});

Deno.test("serve() shows the camera that the query names, and names those that are there", async () => {
  await using server = await startWscam([
    "--camera",
    "small=test",
    "--camera",
    "前门=test",
    "--resolution",
    "160x120",
  ]);
  await using second = await openViewer(`${server.ws}/?camera=${encodeURIComponent("前门")}`);
  await using wrong = await openViewer(`${server.ws}/?camera=attic`);
  await eventually(() => second.images().length > 0 && wrong.errors().length > 0);
  assertEquals(wrong.messages, [{
    type: "error",
    message: "Cannot show camera: field 'camera' must be one of 'small', '前门', got 'attic'",
  }]);
  const cameras: { name: string; viewers: number }[] = await (await fetch(`${server.url}/cameras`))
    .json();
  assertEquals(cameras.map(({ name, viewers }) => [name, viewers]), [["small", 0], ["前门", 1]]);
});

Deno.test("serve() refuses viewers over the limit with 503", async () => {
  await using server = await startWscam(["--camera", "test", "--max-clients", "1"]);
  await using _first = await openViewer(server.ws);
  const refused = await fetch(server.url, {
    headers: {
      upgrade: "websocket",
      connection: "Upgrade",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      "sec-websocket-version": "13",
    },
  });
  assertEquals(refused.status, 503);
  assertEquals(refused.headers.get("retry-after"), "5");
  assertStringIncludes(await refused.text(), "'--max-clients'");
});

Deno.test("serve() needs no ffmpeg for the test picture, and says how to get it for a camera", async () => {
  await using server = await startWscam([
    "--camera",
    "0",
    "--camera",
    "test",
    "--ffmpeg",
    "/no/ffmpeg",
  ]);
  await eventually(() => server.output.stderr.includes("needs ffmpeg"));
  assertMatch(
    server.output.stderr,
    /'\/no\/ffmpeg' is not there: install it with '.*'.* --camera test/,
  );
  await using camera = await openViewer(server.ws);
  await using test = await openViewer(`${server.ws}/?camera=test`);
  await eventually(() => camera.errors().length > 0 && test.images().length > 0);
  assertMatch(
    camera.errors()[0]?.message ?? "",
    /^Camera 0 needs ffmpeg, .*, trying again every 5 s$/,
  );
});
