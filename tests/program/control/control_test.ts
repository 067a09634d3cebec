import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { decodeBase64 } from "@std/encoding/base64";
import { ByteReader } from "../../../lib/ffmpeg/output/byte_reader.ts";
import { decodeJpeg } from "../../jpeg/jpegs.ts";
import { control, lastSize, note, PATIENCE, watching } from "../../testutil/client/controlled.ts";
import { eventually } from "../../testutil/eventually.ts";
import { type TestViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { startVcam } from "../../testutil/camera/vcam.ts";
import { startWscam, type Wscam } from "../../testutil/program/wscam.ts";

/** How often a camera has been opened again. */
async function restartsOf({ url }: Wscam): Promise<number> {
  const { cameras: [camera] } = await (await fetch(`${url}/state`)).json();
  return camera.restarts;
}

/** How bright the newest picture is, 0 to 255. */
async function meanLuma(viewer: TestViewer): Promise<number> {
  const { data } = await decodeJpeg(
    Uint8Array.from(decodeBase64(viewer.images().at(-1)?.data ?? "")),
  );
  // Green is most of it.
  const greens = data.filter((_, i) => i % 4 === 1);
  return greens.reduce((sum, green) => sum + green, 0) / greens.length;
}

/** The sizes of pictures as they come on a connection of their own. */
interface Sizes extends AsyncDisposable {
  readonly sizes: string[];
  readonly isOpen: boolean;
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

testWith(
  ["vcam", "ffmpeg", "v4l2-ctl"],
  "control lists what a camera has, and changes the picture",
  async () => {
    await using vcam = await startVcam({ fps: 10 });
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
    assertEquals(await restartsOf(server), 0, "the capture goes on meanwhile");
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
  const { cameras: [camera] } = await (await fetch(`${server.url}/state`)).json();
  assertEquals([camera.settings.resolution, camera.settings.fps], ["320x180", 20]);
});

testWith(["vcam", "ffmpeg"], "control reopens a camera, and its viewers stay", async () => {
  await using vcam = await startVcam({ fps: 10 });
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
  // Together or one after the other: the second one's answer contains both.
  assert(both.some(([rotate, quality]) => rotate === 90 && quality === 30), JSON.stringify(both));
  await eventually(() => lastSize(viewer) === "480x640" && lastSize(other) === "480x640", PATIENCE);
  await eventually(() => {
    const { rotate, quality } = statuses().at(-1)?.cameras[0]?.settings ?? {};
    return rotate === 90 && quality === 30;
  }, PATIENCE);
  assertLess(statuses().length, 4, "told of each change once");
  assertEquals(viewer.messages.filter(({ type }) => String(type) === "status"), []);
  assertEquals([viewer.errors(), other.errors()], [[], []]);
});

testWith(["vcam", "ffmpeg"], "control says what a camera refuses, and pictures go on", async () => {
  await using vcam = await startVcam({ formats: ["YUYV"] });
  await using server = await startWscam(["--camera", `door=${vcam.path}`], { env: vcam.env });
  await using viewer = await watching(server.ws);
  await using other = await watching(server.ws);
  const answer = await control(viewer, { encoder: "copy" });
  assertEquals(answer.type, "error");
  assertMatch(answer.message, /^Cannot control: camera 'door' delivers no JPEG, which/);
  const before = other.images().length;
  await eventually(() => other.images().length > before + 5, PATIENCE);
  assertEquals(other.errors(), [], "it's nobody else's business");
  assertEquals((await control(viewer, {})).settings["encoder"], "auto");
});

testWith(
  ["vcam", "ffmpeg", "v4l2-ctl"],
  "control says that a camera was unplugged, and goes on when it is back",
  async () => {
    await using vcam = await startVcam({ fps: 10 });
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
