import { assert, assertEquals, assertRejects } from "@std/assert";
import { addressText } from "../../../lib/server/sockets/address_text.ts";
import { createLogger } from "../../../lib/log.ts";
import { Sweeper } from "../../../lib/server/sockets/sweeper.ts";
import { createLargeJpegs } from "../large_jpegs.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { openRaw, type RawSocket } from "../../testutil/client/raw_socket.ts";
import { startTestServer } from "../../testutil/server/test_server.ts";
import { together } from "../../testutil/together.ts";

const ignore = Deno.build.os !== "linux";

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Whether a connection has ended; it is read from now on. */
function watchEnd(raw: RawSocket): { isOver: boolean; bytes: number } {
  const end = { isOver: false, bytes: 0 };
  raw.drain().then((bytes) => Object.assign(end, { isOver: true, bytes }));
  return end;
}

Deno.test(
  "Sweeper ends connections without a request, and keeps viewers",
  { ignore },
  async (t) => {
    await using server = await startTestServer({ limits: { idleMs: 1500 } });
    await using viewer = await openViewer(server.ws);
    await using unwanted = await openViewer(`${server.ws}/?camera=none`);
    const begin = (text: string) => async (): Promise<void> => {
      using raw = await openRaw(server.port);
      if (text !== "") await raw.write(encode(text));
      const end = watchEnd(raw);
      await eventually(() => end.isOver);
      assertEquals(end.bytes, 0);
    };
    await together(t, {
      "one that says nothing": begin(""),
      "one that stops in its first line": begin("GET / HT"),
      "one that stops in its headers": begin("GET / HTTP/1.1\r\nHost: a\r\nX-Y: z\r\n"),
      "one that drips": async () => {
        using raw = await openRaw(server.port);
        const end = watchEnd(raw);
        await raw.write(encode("GET / HTTP/1.1\r\nX: "));
        await eventually(async () => {
          await raw.write(encode("x")).catch(() => {});
          return end.isOver;
        });
      },
      "one that has had its answer": async () => {
        using raw = await openRaw(server.port);
        await raw.write(encode("GET /cameras HTTP/1.1\r\nHost: a\r\n\r\n"));
        const end = watchEnd(raw);
        await eventually(() => end.isOver && end.bytes > 0);
      },
    });
    const before = viewer.images().length;
    await eventually(() => viewer.images().length > before);
    assertEquals(unwanted.socket.readyState, WebSocket.OPEN, "who is sent nothing stays");
  },
);

Deno.test("Sweeper keeps a connection that asks again and again", { ignore }, async () => {
  await using server = await startTestServer({ limits: { idleMs: 1500 } });
  using raw = await openRaw(server.port);
  for (let i = 0; i < 12; i++) {
    await raw.write(encode("HEAD /cameras HTTP/1.1\r\nHost: a\r\n\r\n"));
    assertEquals(new TextDecoder().decode(await raw.readSome()).slice(0, 15), "HTTP/1.1 200 OK");
    // Twice as long in all as it may be idle.
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
});

Deno.test(
  "Sweeper ends a viewer that takes nothing, and its descriptor is free",
  { ignore },
  async () => {
    await using server = await startTestServer({
      source: await createLargeJpegs(),
      fps: 60,
      limits: { stalledMs: 1500 },
    });
    await using viewer = await openViewer(server.ws);
    using stalled = await openRaw(server.port);
    await stalled.ask();
    await eventually(() => server.served.size === 2);
    await eventually(() => server.served.size === 1);
    const before = viewer.images().length;
    await eventually(() => viewer.images().length > before + 5);
  },
);

Deno.test("Sweeper sees clients of both families where the server listens on all addresses", {
  ignore,
}, async () => {
  await using server = await startTestServer({ hostname: "::", limits: { idleMs: 1500 } });
  await using viewer = await openViewer(`ws://[::1]:${server.port}`);
  await using other = await openViewer(server.ws);
  using raw = await openRaw(server.port);
  const end = watchEnd(raw);
  await eventually(() => end.isOver);
  for (const { socket } of [viewer, other]) assertEquals(socket.readyState, WebSocket.OPEN);
});

Deno.test("Sweeper ends who doesn't answer our goodbye", { ignore }, async () => {
  await using server = await startTestServer({ limits: { leavingMs: 500 } });
  using raw = await openRaw(server.port);
  await raw.shake();
  await raw.sendText("x".repeat(65_000));
  await raw.sendText("x".repeat(65_535));
  await raw.sendText("?", { times: 20 });
  const end = watchEnd(raw);
  await eventually(() => end.isOver);
});

Deno.test(
  "Sweeper cuts a connection off with all that came and was not read",
  { ignore },
  async () => {
    const log = createLogger({ write: () => true });
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const accepting = listener.accept();
    using client = await Deno.connect({ ...listener.addr, transport: "tcp" });
    using accepted = await accepting;
    using sweeper = new Sweeper({ addr: listener.addr, maxConnections: 10, log });
    await client.write(new Uint8Array(50_000));
    sweeper.cut(addressText(accepted.remoteAddr));
    const read = await accepted.read(new Uint8Array(50_000)).catch(() => "reset");
    assert(read === "reset" || read === null, `${read} bytes must not be read`);
    await assertRejects(async () => {
      for (;;) await client.write(new Uint8Array(50_000));
    });
  },
);
