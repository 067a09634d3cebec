import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import { readComment, withComment } from "../lib/jpeg/comment.ts";
import { jpegSize } from "../lib/jpeg/jpeg_size.ts";
import { sizedJpeg } from "./camera/push/sized_jpeg.ts";
import { drawJpeg } from "./jpeg/jpegs.ts";
import { eventually } from "./testutil/eventually.ts";
import { openViewer } from "./testutil/messages.ts";
import { startNats } from "./testutil/nats.ts";
import { testWith } from "./testutil/needs.ts";
import {
  disconnected,
  isPicture,
  openPusher,
  refusalOf,
  somePicture,
  untilState,
} from "./testutil/push.ts";
import { createRandom } from "./testutil/random.ts";
import { openRaw } from "./testutil/raw_socket.ts";
import { run } from "./testutil/run.ts";
import { OPCODE, websocketFrame } from "./testutil/websocket_frame.ts";
import { startWscam, wscamArgs } from "./testutil/wscam.ts";

const CAMERAS = ["--camera", "ai=push", "--camera", "test", "--resolution", "160x120"];
const QUICK = [...CAMERAS, "--fps", "20", "--linger", "0.5"];
const PATIENT = { within: 20_000 };

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
  // It is turned behind the viewers' backs; the program notices nothing.
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
    // Its place is free to another one; the first is told so.
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
    /camera 'ai' gets its pictures from 127\.0\.0\.1:\d+; replace=1 takes its place/,
  );
  const before = viewer.errors().length;
  await using second = await openPusher(server.ws, "camera=ai&replace=1");
  await disconnected(first, 4409, /^Camera 'ai' gets its pictures from .* now$/);
  const two = await somePicture(2);
  second.keepPushing(two);
  await eventually(() => viewer.images().at(-1)?.data === encodeBase64(two), PATIENT);
  assertEquals(viewer.errors().length, before);
});

Deno.test("who may not push learns why", async (t) => {
  await using server = await startWscam([...QUICK, "--camera", "other=push"]);
  const cases: [string, number, string][] = [
    ["camera=test", 404, "field 'camera' must be one of 'ai', 'other', got 'test'"],
    ["camera=attic", 404, "field 'camera' must be one of 'ai', 'other', got 'attic'"],
    ["camera=ai&replace=yes", 400, "fields 'replace' and 'ack' must be 1 or 0"],
  ];
  for (const [query, status, words] of cases) {
    await t.step(query, async () => {
      const refusal = await refusalOf(server, query);
      assertEquals(refusal.status, status);
      assertStringIncludes(refusal.text, words);
    });
  }
  await t.step("a request without a handshake", async () => {
    const { status, body } = await fetch(`${server.url}/push?camera=ai`);
    await body?.cancel();
    assertEquals(status, 426);
  });
  await t.step("a server without such a camera", async () => {
    await using plain = await startWscam(["--camera", "test"]);
    assertStringIncludes(
      (await refusalOf(plain, "")).text,
      "start the server with --camera NAME=push",
    );
  });
});

Deno.test("push needs the right to control", async () => {
  const token = "open sesame";
  await using server = await startWscam([...QUICK, "--token", token]);
  const share = ["share", "--token", token, "--camera", "ai", "--url", server.url];
  const { stdout } = await run(Deno.execPath(), wscamArgs(...share));
  const link = encodeURIComponent(new URL(stdout.trim()).searchParams.get("share") ?? "");
  for (const query of ["camera=ai", "camera=ai&token=wrong", `camera=ai&share=${link}`]) {
    const { status } = await refusalOf(server, query);
    assert(status === 401 || status === 403, `${query}: ${status}`);
  }
  await using pusher = await openPusher(server.ws, `token=${encodeURIComponent(token)}`);
  pusher.keepPushing(await somePicture());
  await using guest = await openViewer(`${server.ws}?share=${link}`);
  await eventually(() => guest.images().length > 0, PATIENT);
});

Deno.test("garbage, bombs, halves and floods change nothing for others", async (t) => {
  await using server = await startWscam(QUICK);
  await using witness = await openViewer(`${server.ws}?camera=test`);
  await using watching = await openViewer(`${server.ws}?camera=ai`);
  const jpeg = await somePicture();
  /** Pictures of the test camera go on at their rate, without an error. */
  const undisturbed = async (): Promise<void> => {
    const before = witness.images().length;
    const start = performance.now();
    await eventually(() => witness.images().length >= before + 20, PATIENT);
    assertLess(performance.now() - start, 5000);
    assertEquals(witness.errors(), []);
  };
  await t.step("garbage, halves and bombs, between pictures that are seen", async () => {
    await using pusher = await openPusher(server.ws);
    const bombs = [sizedJpeg(jpeg, 65_500, 65_500), sizedJpeg(jpeg, 65_500, 1)];
    for (let seed = 1; seed <= 100; seed++) {
      const random = createRandom(seed);
      const cut = jpeg.slice(0, random.below(jpeg.length - 2));
      pusher.socket.send(random.pick([random.bytes(2000), cut, ...bombs, "garbage", "{}"]));
    }
    pusher.socket.send(jpeg);
    await eventually(() => watching.images().length > 0, PATIENT);
    assertEquals(new Set(watching.images().map(({ data }) => data)), new Set([encodeBase64(jpeg)]));
    assert(
      pusher.messages.some(({ message }) => String(message).startsWith("Cannot take picture")),
    );
    const { cameras: [camera] } = await (await fetch(`${server.url}/state`)).json();
    assert(camera.broken > 0);
    await undisturbed();
  });
  await t.step("1,000 pictures a second", async () => {
    await using pusher = await openPusher(server.ws, "camera=ai&replace=1");
    const flooding = setInterval(() => {
      for (let i = 0; i < 20 && pusher.socket.readyState === WebSocket.OPEN; i++) {
        pusher.socket.send(jpeg);
      }
    }, 20);
    await undisturbed();
    await disconnected(pusher, 1008, /^Too many pictures$/);
    clearInterval(flooding);
  });
  await t.step("a message that is too large", async () => {
    await using pusher = await openPusher(server.ws, "camera=ai&replace=1");
    pusher.socket.send(new Uint8Array(16 * 1024 * 1024 + 1));
    await disconnected(pusher, 1009, /^A picture must be at most 16 MiB$/);
    await undisturbed();
  });
  await t.step("a message that never ends", async () => {
    using raw = await openRaw(server.port);
    await raw.ask("/push?camera=ai&replace=1");
    await raw.readSome();
    const chunk = new Uint8Array(1_000_000);
    const send = async (): Promise<void> => {
      await raw.write(websocketFrame(chunk, { isLast: false, opcode: OPCODE.binary }));
      for (;;) {
        await raw.write(websocketFrame(chunk, { isLast: false, opcode: OPCODE.continuation }));
      }
    };
    const sending = send().catch(() => {});
    // It is disconnected, or its window is full: then it vanishes.
    const timer = setTimeout(() => raw.reset(), 3000);
    await sending;
    clearTimeout(timer);
    await undisturbed();
  });
  await t.step("and the camera is there for the next one", async () => {
    const before = watching.images().length;
    await using pusher = await openPusher(server.ws, "camera=ai&replace=1");
    pusher.keepPushing(jpeg);
    await eventually(() => watching.images().length > before + 5, PATIENT);
  });
});

Deno.test("a slow pusher of a large picture is no attack", async () => {
  await using server = await startWscam(QUICK);
  await using viewer = await openViewer(`${server.ws}?camera=ai&format=binary`);
  // More than the megabyte that other clients may leave unfinished.
  let large = await somePicture();
  while (large.length < 2_000_000) large = withComment(large, "x".repeat(65_000));
  using raw = await openRaw(server.port);
  await raw.ask("/push?camera=ai");
  await raw.readSome();
  const frame = websocketFrame(large, { opcode: OPCODE.binary });
  // The sweeper looks several times meanwhile.
  for (let at = 0; at < frame.length; at += 40_000) {
    await raw.write(frame.subarray(at, at + 40_000));
    await new Promise((done) => setTimeout(done, 50));
  }
  await eventually(() => viewer.files.length > 0, PATIENT);
});

testWith(["ffmpeg"], "a pushed camera is there as H.264 too", async () => {
  await using server = await startWscam(QUICK);
  await using pusher = await openPusher(server.ws);
  pusher.keepPushing(await somePicture());
  await using viewer = await openViewer(`${server.ws}?camera=ai&format=h264&annotations=1`);
  const messages = viewer.messages as unknown as Record<string, unknown>[];
  await eventually(() => messages.some(({ type }) => type === "video"), PATIENT);
  const [video] = messages.filter(({ type }) => type === "video");
  assertEquals([video?.width, video?.height], [160, 120]);
  await eventually(() => viewer.files.length > 5, PATIENT);
  viewer.command({ type: "annotate", text: "seen" });
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
  const { stdout } = await run(Deno.execPath(), wscamArgs("doctor", "--json", "-c", "ai=push"));
  assertMatch(stdout, /Camera ai shows what a program pushes/);
  assertEquals(
    (await run(Deno.execPath(), wscamArgs("config", "-c", "ai=push#rotate=90"))).code,
    0,
  );
});
