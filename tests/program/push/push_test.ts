import { assertEquals, assertMatch } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import { readComment, withComment } from "../../../lib/jpeg/comment.ts";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { drawJpeg } from "../../jpeg/jpegs.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { startNats } from "../../testutil/relay/nats.ts";
import { testWith } from "../../testutil/needs.ts";
import {
  disconnected,
  isPicture,
  openPusher,
  refusalOf,
  somePicture,
  untilState,
} from "../../testutil/client/push.ts";
import { runEach } from "../../testutil/program/run_each.ts";
import { startWscam } from "../../testutil/program/wscam.ts";
import { PATIENT, QUICK } from "./push_bench.ts";

Deno.test("a program's pictures reach viewers as they are, with their times", async () => {
  await using server = await startWscam(QUICK);
  await using viewer = await openViewer(`${server.ws}?camera=ai`);
  await eventually(() => viewer.errors().length === 1);
  assertEquals(
    viewer.errors()[0]?.message,
    "Camera ai has no pictures: no program pushes any (wscam push --help), trying again every 5 s",
  );
  await using pusher = await openPusher(server.ws, "");
  const [one, two] = [await somePicture(1), await somePicture(2)];
  const timestamp = Math.round(Date.now()) / 1000 - 2;
  const first = withComment(one, JSON.stringify({ timestamp }));
  const stop = pusher.keepPushing(first);
  await eventually(() => viewer.images().length > 0, PATIENT);
  stop();
  for (const image of viewer.images()) {
    assertEquals([image.timestamp, isPicture(image.data, one)], [timestamp, true]);
  }
  const data = encodeBase64(two);
  pusher.keepPushing(JSON.stringify({ type: "image", data, timestamp: timestamp + 1 }));
  const last = () => viewer.images().at(-1);
  await eventually(() => last()?.timestamp === timestamp + 1, PATIENT);
  assertEquals(last()?.data, data);
  await using late = await openViewer(`${server.ws}?camera=ai&format=binary`);
  await eventually(() => late.files.length > 0);
  assertEquals(JSON.parse(readComment(late.files[0] ?? two) ?? "").timestamp, timestamp + 1);
});

Deno.test("a pushed camera is like any other: renditions, snapshot, control, health, page", async () => {
  await using server = await startWscam(QUICK);
  await using pusher = await openPusher(server.ws);
  pusher.keepPushing(await drawJpeg(320, 240));
  const sizeOf = (jpeg?: Uint8Array) => jpeg && jpegSize(jpeg)?.width;
  await using narrow = await openViewer(`${server.ws}?camera=ai&width=160&format=binary`);
  await eventually(() => sizeOf(narrow.files.at(-1)) === 160, PATIENT);
  const snapshot = await fetch(`${server.url}/snapshot?camera=ai&quality=20&width=80`);
  assertEquals(sizeOf(new Uint8Array(await snapshot.arrayBuffer())), 80);
  const [camera] = await (await fetch(`${server.url}/cameras`)).json();
  assertEquals([camera.name, camera.source, camera.state], ["ai", "push", "live"]);
  assertEquals(camera.resolution, "320x240");
  const health = await fetch(`${server.url}/healthz`);
  await health.body?.cancel();
  assertEquals(health.status, 200);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  assertMatch(metrics, /wscam_frames_captured_total\{camera="ai"\} [1-9]/);
  // The camera is rotated, and neither viewers nor the program notice.
  await using viewer = await openViewer(`${server.ws}?camera=ai&format=binary`);
  viewer.command({ type: "control", id: 1, set: { rotate: 90 } });
  await eventually(() => sizeOf(viewer.files.at(-1)) === 240, PATIENT);
  assertEquals(viewer.errors(), []);
  assertEquals(pusher.socket.readyState, WebSocket.OPEN);
});

Deno.test("a program that leaves, or stalls, takes the camera down, and one that comes brings it back", async () => {
  await using server = await startWscam([...QUICK, "--always-on"]);
  await using viewer = await openViewer(`${server.ws}?camera=ai`);
  const told = (words: RegExp): Promise<unknown> =>
    eventually(() => words.test(viewer.errors().at(-1)?.message ?? ""), { what: `${words}` });
  const codes = async (): Promise<string[]> => {
    const { problems = [] } = await (await fetch(`${server.url}/healthz`)).json();
    return problems.map(({ code }: { code: string }) => code);
  };
  await eventually(async () => (await codes()).includes("missing"));
  const jpeg = await somePicture();
  {
    await using pusher = await openPusher(server.ws);
    const stop = pusher.keepPushing(jpeg);
    await untilState(server.url, "live");
    assertEquals(await codes(), []);
    stop();
    await eventually(async () => (await codes()).includes("frozen"), PATIENT);
    await told(
      /^Camera ai has no pictures: the program at 127\.0\.0\.1:\d+ has pushed none for 5 s/,
    );
    // Another program may take its place; the first one is told.
    await using second = await openPusher(server.ws);
    second.keepPushing(jpeg);
    await disconnected(pusher, 4409, /gets its pictures from/);
    await untilState(server.url, "live");
  }
  await eventually(async () => (await codes()).includes("gone"));
  await told(/the program that pushed them has gone/);
  await using last = await openPusher(server.ws);
  last.keepPushing(jpeg);
  await untilState(server.url, "live");
  assertMatch(server.output.stderr, /Camera ai gets its pictures from 127\.0\.0\.1:\d+/);
});

Deno.test("one program at a time: a second is refused, unless it says replace=1", async () => {
  await using server = await startWscam(QUICK);
  await using viewer = await openViewer(`${server.ws}?camera=ai`);
  await using first = await openPusher(server.ws);
  first.keepPushing(await somePicture(1));
  await eventually(() => viewer.images().length > 2, PATIENT);
  const { status, text } = await refusalOf(server, "camera=ai");
  assertEquals(status, 409);
  assertMatch(
    text,
    /camera 'ai' gets its pictures from 127\.0\.0\.1:\d+; use replace=1 to take its place/,
  );
  const before = viewer.errors().length;
  await using second = await openPusher(server.ws, "camera=ai&replace=1");
  await disconnected(first, 4409, /^Camera 'ai' gets its pictures from .* now$/);
  const two = await somePicture(2);
  second.keepPushing(two);
  await eventually(() => viewer.images().at(-1)?.data === encodeBase64(two), PATIENT);
  assertEquals(viewer.errors().length, before);
});

testWith(["ffmpeg"], "a pushed camera found as H.264 too", async () => {
  await using server = await startWscam(QUICK);
  await using pusher = await openPusher(server.ws);
  pusher.keepPushing(await somePicture());
  await using viewer = await openViewer(`${server.ws}?camera=ai&format=h264&annotations=1`);
  const messages = viewer.messages as unknown as Record<string, unknown>[];
  await eventually(() => messages.some(({ type }) => type === "video"), PATIENT);
  const [video] = messages.filter(({ type }) => type === "video");
  assertEquals([video?.width, video?.height], [160, 120]);
  await eventually(() => viewer.files.length > 5, PATIENT);
  viewer.command({ type: "annotate", text: "seen", for: 60 });
  await eventually(() => messages.some(({ text }) => text === "seen"));
});

testWith(["nats-server"], "a pushed camera goes through NATS", async () => {
  await using nats = await startNats();
  const url = `nats://${nats.host}`;
  await using origin = await startWscam(["--camera", "ai=push", "--publish", url]);
  await using edge = await startWscam(["--camera", `${url}/ai`]);
  await using viewer = await openViewer(edge.ws);
  await eventually(
    () => viewer.errors().some(({ message }) => message.includes("no program pushes any")),
    PATIENT,
  );
  await using pusher = await openPusher(origin.ws);
  const jpeg = await somePicture();
  pusher.keepPushing(jpeg);
  await eventually(() => viewer.images().length > 3, PATIENT);
  assertEquals(viewer.images().at(-1)?.data, encodeBase64(jpeg));
});

Deno.test("a pushed camera stands in a file, and stays when the file changes", async () => {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  const write = (more: string) => Deno.writeTextFile(file, `cameras:\n  ai: push\n${more}`);
  await write("");
  await using server = await startWscam(["--config", file]);
  await using pusher = await openPusher(server.ws);
  pusher.keepPushing(await somePicture());
  await using viewer = await openViewer(`${server.ws}?camera=ai`);
  await eventually(() => viewer.images().length > 2, PATIENT);
  await write("  more: test\n");
  await eventually(
    async () => (await (await fetch(`${server.url}/cameras`)).json()).length === 2,
    PATIENT,
  );
  const before = viewer.images().length;
  await eventually(() => viewer.images().length > before + 3, PATIENT);
  assertEquals([viewer.errors(), pusher.socket.readyState], [[], WebSocket.OPEN]);
  // The camera goes: so does its program.
  await Deno.writeTextFile(file, "cameras:\n  more: test\n");
  await disconnected(pusher, 1001, /^Camera 'ai' isn't there any more$/);
  await Deno.remove(file);
});

Deno.test("doctor and config know what is pushed", async () => {
  const [doctor, config] = await runEach([
    ["doctor", "--json", "--port", "0", "-c", "ai=push"],
    ["config", "-c", "ai=push#rotate=90"],
  ]);
  assertMatch(doctor?.stdout ?? "", /Camera ai shows what a program pushes/);
  assertEquals(config?.code, 0);
});
