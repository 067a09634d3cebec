import { assert, assertEquals } from "@std/assert";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { eventually } from "../../testutil/eventually.ts";
import { temporaryDirectory } from "../../testutil/files.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { runEach } from "../../testutil/program/run_each.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

Deno.test("main() refuses a misspelled variable instead of doing without it", async (t) => {
  const cases = [["--camera", "test"], ["doctor"], ["cameras"], ["share", "-c", "a"]];
  const ended = await runEach(cases, { WSCAM_TOKN: "open sesame" });
  for (const [i, args] of cases.entries()) {
    await t.step(args.join(" "), () => {
      assertEquals(ended[i], {
        code: 2,
        stdout: "",
        stderr: "wscam: Unknown environment variable 'WSCAM_TOKN': did you mean 'WSCAM_TOKEN'?\n",
      });
    });
  }
});

Deno.test("main() takes no part of a password in a variable for a camera", async () => {
  const address = "rtsp://admin:geheim,wort@127.0.0.1:9/x";
  await using server = await startWscam([], { env: { WSCAM_CAMERA: `test,${address},b=test` } });
  const cameras: { name: string }[] = await (await fetch(`${server.url}/cameras`)).json();
  assertEquals(cameras.map(({ name }) => name), ["test", "127.0.0.1:9", "b"]);
  const { stdout, stderr } = server.output;
  assert(!`${stdout}${stderr}${JSON.stringify(cameras)}`.includes("wort"), stderr);
});

Deno.test("serve() captures each camera as its own settings say, and control changes one alone", async () => {
  const cameras = ["a=test#resolution=320x240#fps=5", "b=test#rotate=90", "c=test"];
  const shared = ["--resolution", "160x120", "--always-on"];
  await using server = await startWscam([
    ...cameras.flatMap((camera) => ["--camera", camera]),
    ...shared,
  ]);
  const size = async (camera: string): Promise<unknown> => {
    const answer = await fetch(`${server.url}/snapshot?camera=${camera}`);
    return jpegSize(new Uint8Array(await answer.arrayBuffer()));
  };
  assertEquals(await size("a"), { width: 320, height: 240 });
  assertEquals(await size("b"), { width: 120, height: 160 });
  assertEquals(await size("c"), { width: 160, height: 120 });
  await using viewer = await openViewer(server.ws);
  viewer.command({ type: "control", camera: "c", set: { resolution: "64x48", flip: "h" } });
  await eventually(() =>
    viewer.messages.some((each) => JSON.stringify(each).startsWith('{"type":"controlled"'))
  );
  assertEquals(await size("c"), { width: 64, height: 48 });
  assertEquals(await size("b"), { width: 120, height: 160 });
});

Deno.test("serve() reads a file, doctor checks it, and config says where each value comes from", async () => {
  await using folder = await temporaryDirectory();
  const file = `${folder.path}/wscam.yaml`;
  await Deno.writeTextFile(
    file,
    "token: ${SECRET}\nfps: 15\nmax-clients: 7\ncameras:\n  a: test#fps=5\n  b: {source: test, rotate: 90}\n",
  );
  const env = { SECRET: "open sesame open sesame" };
  const [{ code, stdout } = {}, checked] = await runEach([
    ["config", "--config", file, "-r", "160x120"],
    ["doctor", "--config", file, "--port", "0"],
  ], env);
  assertEquals([code, checked?.code], [0, 0]);
  assert(stdout !== undefined);
  const lines = stdout.split("\n").map((line) => line.trim().replace(/ {2,}/, " "));
  for (
    const line of [
      `# token: … # ${file}:1:1`,
      `max-clients: 7 # ${file}:3:1`,
      "port: 8765 # default",
      `fps: 15 # ${file}:2:1`,
      `fps: 5 # ${file}:5:6`,
      `rotate: 90 # ${file}:6:21`,
      "resolution: 160x120 # --resolution",
    ]
  ) {
    assert(lines.includes(line), `${line}\n${stdout}`);
  }
  assert(!stdout.includes("sesame"));
  await using server = await startWscam(["--config", file], { env });
  const answer = await fetch(`${server.url}/cameras`, {
    headers: { Authorization: `Bearer ${env.SECRET}` },
  });
  const cameras: { name: string }[] = await answer.json();
  assertEquals(cameras.map(({ name }) => name), ["a", "b"]);
  await Deno.writeTextFile(file, "fsp: 15\nport: x\n");
  const commands = [["serve"], ["doctor"], ["config"], []];
  for (const ended of await runEach(commands, { WSCAM_CONFIG: file })) {
    assertEquals(ended, {
      code: 2,
      stdout: "",
      stderr: `${file}:1:1: 'fsp' is not a key here, did you mean 'fps'?\n` +
        `${file}:2:7: 'port' must be a whole number from 0 to 65535, got 'x'\n`,
    });
  }
});
