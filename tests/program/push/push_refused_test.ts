import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import { withComment } from "../../../lib/jpeg/comment.ts";
import { sizedJpeg } from "../../camera/push/sized_jpeg.ts";
import { drawJpeg } from "../../jpeg/jpegs.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { disconnected, openPusher, refusalOf, somePicture } from "../../testutil/client/push.ts";
import { createRandom } from "../../testutil/random.ts";
import { openRaw } from "../../testutil/client/raw_socket.ts";
import { run } from "../../testutil/program/run.ts";
import { OPCODE, websocketFrame } from "../../testutil/client/websocket_frame.ts";
import { startWscam, wscamArgs } from "../../testutil/program/wscam.ts";
import { PATIENT, QUICK } from "./push_bench.ts";

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
  /** Pictures of the test camera go on, without an error. */
  const undisturbed = async (): Promise<void> => {
    const before = witness.images().length;
    await eventually(() => witness.images().length >= before + 20, PATIENT);
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
  let large = await drawJpeg(800, 600);
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
