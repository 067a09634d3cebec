import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { SourceError } from "../../../lib/frame/source_error.ts";
import { Pinger } from "../../../lib/server/sockets/ping.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { openRaw, type RawSocket } from "../../testutil/client/raw_socket.ts";
import { startTestServer } from "../../testutil/server/test_server.ts";
import { websocketFrame } from "../../testutil/client/websocket_frame.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

/** Far less than half a second, after which a test would take long; far more than a ping takes. */
const limits = { pingMs: 50 };
/** FIN and the opcode of a ping, and no payload; some may come at once. */
const PINGS = /^(8900)+$/;

/**
 * Reads until this many pings have come, without answering any; returns everything else as text.
 */
async function untilPings(raw: RawSocket, count: number): Promise<string> {
  let [pings, others] = [0, ""];
  while (pings < count) {
    const bytes = await raw.readSome();
    if (bytes.length === 0) throw new Error(`The connection ended after ${pings} pings`);
    if (PINGS.test(bytes.toHex())) pings += bytes.length / 2;
    else others += new TextDecoder().decode(bytes);
  }
  return others;
}

Deno.test("a viewer that has paused is pinged, and needs no answer for that", async () => {
  await using server = await startTestServer({ limits });
  using raw = await openRaw(server.port);
  await raw.shake();
  await raw.write(websocketFrame('{"type":"pause"}'));
  await untilPings(raw, 10);
  await raw.write(websocketFrame('{"type":"ping","id":"still here"}'));
  while (!new TextDecoder().decode(await raw.readSome()).includes("still here"));
});

Deno.test("a viewer whose camera is down is pinged, and told of that once", async () => {
  const reason = "is not there";
  await using server = await startTestServer({
    limits,
    source: {
      // deno-lint-ignore require-yield
      async *frames() {
        await Promise.resolve();
        throw new SourceError("missing", reason);
      },
    },
  });
  using raw = await openRaw(server.port);
  await raw.shake();
  const others = await untilPings(raw, 20);
  assertEquals(others.split(reason).length, 2);
});

Deno.test("pings among pictures break none of them", async () => {
  await using server = await startTestServer({ limits: { pingMs: 2 }, fps: 120 });
  await using viewer = await openViewer(server.ws);
  await eventually(() => viewer.images().length >= 50);
  assertEquals(viewer.errors(), []);
});

Deno.test("Pinger does nothing where a socket can't be brought to ping", () => {
  const stranger = { bufferedAmount: 0, readyState: WebSocket.CLOSED } as WebSocket;
  const pinger = new Pinger(stranger, () => {});
  pinger.ping();
  pinger.stop();
  assertEquals(pinger.canPing, false);
});

Deno.test("a viewer that answers no ping gets its pictures all the same, and stays", async (t) => {
  // Slower than what a pong may take: one that is waited for would hold pictures back.
  const camera = ["--camera", "test", "--resolution", "160x120", "--fps", "10"];
  await using server = await startWscam(camera);
  using raw = await openRaw(server.port);
  await raw.shake();
  await t.step("the program's", () => untilImages(raw, 40));
  await using quick = await startTestServer({ limits, fps: 10 });
  using pinged = await openRaw(quick.port);
  await pinged.shake();
  await t.step("with many pings between them", () => untilImages(pinged, 20));
});

/** Reads until this many pictures have come. */
async function untilImages(raw: RawSocket, count: number): Promise<void> {
  const decoder = new TextDecoder();
  let images = 0;
  const patience = setTimeout(() => raw[Symbol.dispose](), 60_000);
  try {
    while (images < count) {
      const bytes = await raw.readSome();
      if (bytes.length === 0) break;
      images += decoder.decode(bytes).split('"image"').length - 1;
    }
  } catch {
    // It has taken too long.
  }
  clearTimeout(patience);
  assertGreaterOrEqual(images, count, "pictures until the connection ended");
}
