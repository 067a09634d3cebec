import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  askText,
  control,
  lastSize,
  PATIENCE,
  watching,
} from "../../testutil/client/controlled.ts";
import { eventually } from "../../testutil/eventually.ts";
import { testWith } from "../../testutil/needs.ts";
import { run } from "../../testutil/program/run.ts";
import { startVcam } from "../../testutil/camera/vcam.ts";
import { startWscam, type Wscam, wscamArgs } from "../../testutil/program/wscam.ts";

/** A folder for PATH, with the programs named and no others. */
async function pathWith(...names: string[]): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.makeTempDir({ prefix: "wscam-path-" });
  for (const name of names) {
    const { stdout } = await run("sh", ["-c", `command -v ${name}`]);
    await Deno.symlink(stdout.trim(), `${path}/${name}`);
  }
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

testWith(["vcam", "ffmpeg"], "control says that v4l2-ctl is missing", async () => {
  await using vcam = await startVcam({ fps: 10 });
  await using bin = await pathWith("sh", "ffmpeg");
  const env = { ...vcam.env, PATH: bin.path };
  await using server = await startWscam(["--camera", `door=${vcam.path}`], { env });
  await using viewer = await watching(server.ws);
  const { type, message } = await control(viewer, { brightness: 10 });
  assertEquals(type, "error");
  assertMatch(
    message,
    /^Cannot control: camera 'door' has controls that can't be reached: v4l2-ctl is missing/,
  );
  const listed = await control(viewer);
  assertStringIncludes(listed.note ?? "", "v4l2-ctl is missing");
  assertEquals((await control(viewer, { flip: "h" })).settings["flip"], "h", "which needs none");
});

testWith(
  ["vcam", "ffmpeg", "v4l2-ctl"],
  "control gives v4l2-ctl nothing but names and numbers that it knows",
  async () => {
    await using vcam = await startVcam({ fps: 10 });
    await using bin = await pathWith();
    const { stdout: real } = await run("sh", ["-c", "command -v v4l2-ctl"]);
    const log = `${bin.path}/log`;
    const script = `#!/bin/sh\nprintf '%s\\n' "$*" >> '${log}'\nexec ${real.trim()} "$@"\n`;
    await Deno.writeTextFile(`${bin.path}/v4l2-ctl`, script, { mode: 0o755 });
    const env = { ...vcam.env, PATH: `${bin.path}:${Deno.env.get("PATH")}` };
    await using server = await startWscam(["--camera", vcam.path], { env });
    await using viewer = await watching(server.ws);
    const many = Array.from({ length: 1000 }, (_, i) => `"evil${i}":1`).join();
    const deep = "[".repeat(15_000) + "]".repeat(15_000);
    const sets = [
      '{"evil":1}',
      '{"brightness=1,evil":2}',
      '{"brightness,evil":2}',
      '{"evil\\nbrightness":1}',
      '{"__proto__":1}',
      '{"constructor":1}',
      '{"toString":1}',
      '{"--evil":1}',
      '{"":1}',
      '{"brightness":"1,evil=1"}',
      '{"brightness":1e30}',
      '{"brightness":256}',
      '{"brightness":-1}',
      '{"brightness":1.5}',
      '{"brightness":null}',
      '{"brightness":[1]}',
      '{"brightness":true}',
      `{"brightness":${deep}}`,
      `{"resolution":${deep}}`,
      '{"fps":{"toString":1}}',
      `{${many}}`,
      '{"brightness":9,"fps":0}',
      '{"fps":5,"evil":1}',
      "[]",
      "null",
      '"evil"',
      "7",
    ];
    for (const set of sets) {
      const { type, message } = await askText(viewer, `{"id":"$ID","type":"control","set":${set}}`);
      assertEquals(type, "error", set.slice(0, 60));
      assertMatch(message, /^Cannot control: /);
      assertLess(message.length, 300);
      assert(!message.includes("stack"), message);
    }
    const asked = (await Deno.readTextFile(log)).trim().split("\n");
    assertGreater(asked.length, 0);
    assertEquals(asked.filter((args) => args.includes("--set-ctrl") || args.includes("evil")), []);
    await control(viewer, { brightness: -0, contrast: 7 });
    const set = await Deno.readTextFile(log);
    assertStringIncludes(set, "--set-ctrl=brightness=0\n");
    assertStringIncludes(set, "--set-ctrl=contrast=7\n");
  },
);

testWith(
  ["vcam", "ffmpeg", "v4l2-ctl"],
  "control does the last of a flood, answers all, and pictures go on",
  async () => {
    await using vcam = await startVcam({ fps: 10 });
    await using server = await startWscam(["--camera", vcam.path], { env: vcam.env });
    await using viewer = await watching(server.ws);
    const before = viewer.images().length;
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => {
      return control(viewer, { brightness: i });
    }));
    assertEquals(answers.filter(({ type }) => type !== "controlled"), []);
    assertEquals(answers.at(-1)?.settings["brightness"], 199);
    await eventually(() => viewer.images().length > before + 10, PATIENCE);
    assertEquals((await control(viewer, { brightness: 99 })).settings["brightness"], 99);
  },
);

testWith(["vcam", "ffmpeg"], "serve() ends with 0 while a camera is being controlled", async () => {
  await using vcam = await startVcam({ fps: 10 });
  await using server = await startWscam(["--camera", vcam.path], { env: vcam.env });
  await using viewer = await watching(server.ws);
  for (const rotate of [90, 180, 270]) {
    viewer.socket.send(JSON.stringify({ type: "control", set: { rotate } }));
  }
  const isAnswered = () => viewer.messages.some(({ type }) => `${type}` === "controlled");
  await eventually(isAnswered, { what: "the first change to be made" });
  assertEquals((await server.end()).code, 0);
  assertEquals((await viewer.closed).code, 1001);
});

Deno.test("control while nobody watches is for those who come", async () => {
  await using server = await startWscam(["--camera", "a=test", "--camera", "b=test"]);
  await using viewer = await watching(`${server.ws}/?camera=a`);
  const text = '{"id":"$ID","type":"control","camera":"b","set":{"resolution":"160x120"}}';
  const { camera, settings } = await askText(viewer, text);
  assertEquals([camera, settings["resolution"]], ["b", "160x120"]);
  await using late = await watching(`${server.ws}/?camera=b`);
  assertEquals([lastSize(late), lastSize(viewer)], ["160x120", "640x480"]);
  const { message } = await askText(viewer, '{"id":"$ID","type":"control","camera":"c"}');
  assertEquals(message, "Cannot control: field 'camera' must be one of 'a', 'b', got 'c'");
});

Deno.test("control is for who has the token, not for who has a link", async () => {
  const token = "open sesame";
  await using server: Wscam = await startWscam(["--camera", "door=test"], {
    env: { WSCAM_TOKEN: token },
  });
  const args = ["share", "--token", token, "--camera", "door", "--url", server.url];
  const { stdout } = await run(Deno.execPath(), wscamArgs(...args));
  const link = new URL(stdout.trim()).searchParams.get("share") ?? "";
  await using guest = await watching(`${server.ws}/?share=${encodeURIComponent(link)}`);
  for (const set of [undefined, { fps: 5 }]) {
    const refused = await control(guest, set);
    assertEquals(refused.type, "error");
    assertMatch(refused.message, /^Cannot control: you may only watch; this needs the token/);
  }
  await using owner = await watching(`${server.ws}/?token=${encodeURIComponent(token)}`);
  assertEquals((await control(owner, { fps: 5 })).settings["fps"], 5);
  const before = guest.images().length;
  await eventually(() => guest.images().length > before + 2, PATIENCE);
});
