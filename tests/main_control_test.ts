import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { decodeBase64 } from "@std/encoding/base64";
import { ByteReader } from "../lib/ffmpeg/byte_reader.ts";
import { jpegSize } from "../lib/jpeg/jpeg_size.ts";
import { eventually } from "./testutil/eventually.ts";
import { openViewer, type TestViewer } from "./testutil/messages.ts";
import { testWith } from "./testutil/needs.ts";
import { run } from "./testutil/run.ts";
import { startVcam } from "./testutil/vcam.ts";
import { startWscam, type Wscam, wscamArgs } from "./testutil/wscam.ts";

/** A machine that others use needs time. */
const PATIENCE = { within: 30_000 };

/** The answer to a command. */
interface Answer {
  type: "controlled" | "error" | "status";
  id: string;
  message: string;
  camera: string;
  settings: Record<string, unknown>;
  controls: Record<string, { type: string; value: unknown; choices?: { value: unknown }[] }>;
  note?: string;
}

let lastId = 0;

/** Sends a command as text, with an id of its own in it for `$ID`, and waits for its answer. */
async function askText(viewer: TestViewer, text: string): Promise<Answer> {
  const id = `no. ${++lastId}`;
  viewer.socket.send(text.replace("$ID", id));
  const found = (): Answer | undefined =>
    (viewer.messages as unknown as Answer[]).find((message) => message.id === id);
  return await eventually(found, PATIENCE);
}

function control(viewer: TestViewer, set?: Record<string, unknown>): Promise<Answer> {
  return askText(viewer, JSON.stringify({ id: "$ID", type: "control", set }));
}

async function watching(url: string): Promise<TestViewer> {
  const viewer = await openViewer(url);
  await eventually(() => viewer.images().length > 0, PATIENCE);
  return viewer;
}

function lastSize(viewer: TestViewer): string {
  const { width, height } = jpegSize(decodeBase64(viewer.images().at(-1)?.data ?? "")) ?? {};
  return `${width}x${height}`;
}

/** The longest time between two captures, in seconds. */
function longestGap(viewer: TestViewer): number {
  const times = viewer.images().map(({ timestamp }) => timestamp);
  return Math.max(...times.slice(1).map((time, i) => time - (times[i] ?? 0)));
}

/** How bright the newest picture is, 0 to 255. */
async function meanLuma(viewer: TestViewer): Promise<number> {
  const args = "-v error -f mjpeg -i pipe:0 -f rawvideo -pix_fmt gray pipe:1".split(" ");
  const child = new Deno.Command("ffmpeg", { args, stdin: "piped", stdout: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(decodeBase64(viewer.images().at(-1)?.data ?? ""));
  await writer.close();
  const { stdout } = await child.output();
  return stdout.reduce((sum, luma) => sum + luma, 0) / stdout.length;
}

/** The sizes of pictures as they come on a connection of their own. */
interface Sizes extends AsyncDisposable {
  readonly sizes: string[];
  readonly isOpen: boolean;
}

function note(sizes: string[], jpeg: Uint8Array): void {
  const { width, height } = jpegSize(jpeg) ?? {};
  sizes.push(`${width}x${height}`);
}

/** A viewer of binary messages. */
function openBinary(url: string): Sizes {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const sizes: string[] = [];
  const closed = Promise.withResolvers<void>();
  socket.onmessage = ({ data }) => note(sizes, new Uint8Array(data));
  socket.onclose = () => closed.resolve();
  return {
    sizes,
    get isOpen() {
      return socket.readyState === WebSocket.OPEN;
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await closed.promise;
    },
  };
}

/** A viewer of `/stream`. */
async function openStream(url: string): Promise<Sizes> {
  const stop = new AbortController();
  const { body } = await fetch(`${url}/stream`, { signal: stop.signal });
  assert(body);
  const sizes: string[] = [];
  let isOpen = true;
  const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
  const read = async (): Promise<void> => {
    using reader = new ByteReader(body, 512, stop.signal);
    while (await reader.skipPast(encode("--wscam\r\n"))) {
      const header = await reader.readThrough(encode("\r\n\r\n"), 4);
      if (header === undefined || header === "long") break;
      const length = Number(new TextDecoder().decode(header).match(/content-length: (\d+)/i)?.[1]);
      const jpeg = await reader.read(new ArrayBuffer(length), length);
      if (jpeg === undefined) break;
      note(sizes, jpeg);
    }
  };
  const reading = read().catch(() => {}).finally(() => isOpen = false);
  return {
    sizes,
    get isOpen() {
      return isOpen;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await reading;
    },
  };
}

/** A folder for PATH, with the programs named and no others. */
async function pathWith(...names: string[]): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.makeTempDir({ prefix: "wscam-path-" });
  for (const name of names) {
    const { stdout } = await run("sh", ["-c", `command -v ${name}`]);
    await Deno.symlink(stdout.trim(), `${path}/${name}`);
  }
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

testWith(
  ["vcam", "ffmpeg", "v4l2-ctl"],
  "control lists what a camera has, and changes the picture",
  async () => {
    await using vcam = await startVcam();
    await using server = await startWscam(["--camera", vcam.path], { env: vcam.env });
    await using viewer = await watching(server.ws);
    const listed = await control(viewer);
    assertEquals([listed.type, listed.camera, listed.note], ["controlled", vcam.path, undefined]);
    const names = ["resolution", "fps", "quality", "encoder", "rotate", "flip"];
    const own = ["brightness", "contrast", "saturation"];
    assertEquals(Object.keys(listed.controls), [...names, ...own]);
    assertEquals(Object.keys(listed.settings), [...names, ...own]);
    const { resolution, brightness } = listed.controls;
    assertEquals(resolution?.choices?.map(({ value }) => value), [
      "640x480",
      "1280x720",
      "1920x1080",
    ]);
    assertEquals(brightness as unknown, {
      type: "integer",
      value: 128,
      default: 128,
      min: 0,
      max: 255,
      step: 1,
    });
    const before = await meanLuma(viewer);
    const set = await control(viewer, { brightness: 230 });
    assertEquals([set.type, set.settings["brightness"]], ["controlled", 230], set.message);
    const bright = await eventually(async () => {
      const luma = await meanLuma(viewer);
      return luma > before + 30 ? luma : undefined;
    }, PATIENCE);
    await control(viewer, { brightness: 20 });
    await eventually(async () => await meanLuma(viewer) < bright - 60, PATIENCE);
    assertEquals(viewer.errors(), []);
    assertLess(longestGap(viewer), 5, "the capture goes on meanwhile");
  },
);

Deno.test("control changes the size of pictures for everyone who watches, and nobody is disconnected", async () => {
  await using server = await startWscam(["--camera", "test"]);
  await using json = await watching(server.ws);
  await using small = await watching(`${server.ws}/?width=160`);
  await using acked = await watching(`${server.ws}/?ack=1`);
  await using binary = openBinary(`${server.ws}/?format=binary`);
  await using stream = await openStream(server.url);
  await eventually(() => binary.sizes.length > 0 && stream.sizes.length > 0, PATIENCE);
  assertEquals([lastSize(json), lastSize(small)], ["640x480", "160x120"]);
  const acknowledge = setInterval(() => {
    const sequence = acked.images().at(-1)?.sequence ?? 1;
    acked.socket.send(JSON.stringify({ type: "ack", sequence }));
  }, 20);
  const answer = await control(json, { resolution: "320x180", fps: 20 });
  assertEquals(answer.settings["resolution"], "320x180", answer.message);
  await eventually(() => lastSize(json) === "320x180" && lastSize(small) === "160x90", PATIENCE);
  await eventually(() => lastSize(acked) === "320x180", PATIENCE);
  await eventually(
    () => [binary, stream].every(({ sizes }) => sizes.at(-1) === "320x180"),
    PATIENCE,
  );
  clearInterval(acknowledge);
  assert(binary.isOpen && stream.isOpen);
  assertEquals(binary.sizes[0], "640x480");
  assertEquals([json.errors(), small.errors(), acked.errors()], [[], [], []]);
  assertLess(longestGap(json), 5);
  const { cameras: [camera] } = await (await fetch(`${server.url}/state`)).json();
  assertEquals([camera.settings.resolution, camera.settings.fps], ["320x180", 20]);
});

testWith(["vcam", "ffmpeg"], "control opens a camera anew behind its viewers' backs", async () => {
  await using vcam = await startVcam();
  await using server = await startWscam(["--camera", vcam.path], { env: vcam.env });
  await using viewer = await watching(server.ws);
  await using other = await watching(server.ws);
  other.socket.send('{"type":"status"}');
  const statuses = (): { cameras: { settings: Record<string, unknown> }[] }[] =>
    other.messages.filter(({ type }) => String(type) === "status") as never;
  await eventually(() => statuses().length === 1);
  const sent = [control(viewer, { rotate: 90 }), control(other, { quality: 30 })];
  const [turned, coarse] = await Promise.all(sent);
  assertEquals([turned?.type, coarse?.type], ["controlled", "controlled"]);
  const both = [turned, coarse].map((
    answer,
  ) => [answer?.settings.rotate, answer?.settings.quality]);
  // Together, or one after the other: whichever came second is told of both.
  assert(both.some(([rotate, quality]) => rotate === 90 && quality === 30), JSON.stringify(both));
  await eventually(() => lastSize(viewer) === "480x640" && lastSize(other) === "480x640", PATIENCE);
  await eventually(() => {
    const { rotate, quality } = statuses().at(-1)?.cameras[0]?.settings ?? {};
    return rotate === 90 && quality === 30;
  }, PATIENCE);
  assertLess(statuses().length, 4, "told of each change once");
  assertEquals(viewer.messages.filter(({ type }) => String(type) === "status"), []);
  assertEquals([viewer.errors(), other.errors()], [[], []]);
  assertLess(longestGap(viewer), 5);
});

testWith(["vcam", "ffmpeg"], "control says what a camera refuses, and pictures go on", async () => {
  await using vcam = await startVcam({ formats: ["YUYV"] });
  await using server = await startWscam(["--camera", `door=${vcam.path}`], { env: vcam.env });
  await using viewer = await watching(server.ws);
  await using other = await watching(server.ws);
  const answer = await control(viewer, { encoder: "copy" });
  assertEquals(answer.type, "error");
  assertMatch(answer.message, /^Cannot control: camera 'door' delivers no JPEG of its own/);
  const before = other.images().length;
  await eventually(() => other.images().length > before + 5, PATIENCE);
  assertEquals(other.errors(), [], "it's nobody else's business");
  assertEquals((await control(viewer, {})).settings["encoder"], "auto");
});

testWith(
  ["vcam", "ffmpeg", "v4l2-ctl"],
  "control says that a camera was unplugged, and goes on when it is back",
  async () => {
    await using vcam = await startVcam();
    await using server = await startWscam(["--camera", vcam.path], { env: vcam.env });
    await using viewer = await watching(server.ws);
    await vcam.fault("unplugged");
    const answers = await Promise.all([
      control(viewer, { rotate: 180 }),
      control(viewer, { brightness: 10 }),
    ]);
    assertEquals(answers.map(({ type }) => type), ["error", "error"]);
    const listed = await control(viewer);
    assertEquals([listed.type, listed.settings["rotate"]], ["controlled", 0]);
    await vcam.fault("none");
    const before = viewer.images().length;
    await eventually(() => viewer.images().length > before + 3, PATIENCE);
    const { settings } = await control(viewer, { rotate: 180 });
    assertEquals(settings["rotate"], 180);
  },
);

testWith(["vcam", "ffmpeg"], "control says that v4l2-ctl is missing", async () => {
  await using vcam = await startVcam();
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
    await using vcam = await startVcam();
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
    assertStringIncludes(await Deno.readTextFile(log), "--set-ctrl=brightness=0,contrast=7\n");
  },
);

testWith(
  ["vcam", "ffmpeg", "v4l2-ctl"],
  "control does the last of a flood, answers all, and pictures go on",
  async () => {
    await using vcam = await startVcam();
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
  await using vcam = await startVcam();
  await using server = await startWscam(["--camera", vcam.path], { env: vcam.env });
  await using viewer = await watching(server.ws);
  for (const rotate of [90, 180, 270]) {
    viewer.socket.send(JSON.stringify({ type: "control", set: { rotate } }));
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  const start = performance.now();
  assertEquals((await server.end()).code, 0);
  assertLess(performance.now() - start, 10_000);
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
    assertMatch(refused.message, /^Cannot control: you may only watch; it needs the token itself/);
  }
  await using owner = await watching(`${server.ws}/?token=${encodeURIComponent(token)}`);
  assertEquals((await control(owner, { fps: 5 })).settings["fps"], 5);
  const before = guest.images().length;
  await eventually(() => guest.images().length > before + 2, PATIENCE);
});
