import { assertEquals, assertStringIncludes } from "@std/assert";
import { push, type PushEvent } from "../../lib/client/push.ts";
import { type ViewerEvent } from "../../lib/client/viewer.ts";
import { eventually } from "../testutil/eventually.ts";
import { FakeTime } from "../relay/fake_time.ts";
import { watch } from "./picture_server.ts";

/** A server that accepts connections and says nothing, as one does that hangs. */
function startMute() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) accepted.push(connection);
  })();
  return {
    url: `ws://127.0.0.1:${listener.addr.port}`,
    accepted,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      for (const connection of accepted) connection.close();
    },
  };
}

/** Lets ten seconds pass once the server has got a connection. */
async function passTenSeconds(time: FakeTime, accepted: readonly unknown[]): Promise<void> {
  while (accepted.length === 0) await new Promise((resolve) => setImmediate(resolve));
  time.tick(10_000);
}

Deno.test("view() tells when a server accepts a connection and says nothing", async () => {
  await using server = startMute();
  using time = new FakeTime();
  const isTold = ({ type }: ViewerEvent): boolean => type === "disconnected";
  const watched = watch(server.url, isTold);
  await passTenSeconds(time, server.accepted);
  assertEquals(await watched, [
    { type: "disconnected", reason: "no answer within 10 s", retryMs: 500 },
  ]);
});

Deno.test("push() tells when a server accepts a connection and says nothing", async () => {
  await using server = startMute();
  const events: PushEvent[] = [];
  {
    using time = new FakeTime();
    await using _pusher = push(server.url, { onEvent: (event) => events.push(event) });
    await passTenSeconds(time, server.accepted);
  }
  assertEquals(events, [
    { type: "disconnected", reason: "no answer within 10 s", retryMs: 500 },
  ]);
});

Deno.test("push() doesn't read the page or the stream of another server", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1000)),
    });
    return new Response(endless, { headers: { "content-type": "image/jpeg" } });
  });
  const events: PushEvent[] = [];
  await using _pusher = push(`ws://127.0.0.1:${server.addr.port}`, {
    onEvent: (event) => events.push(event),
  });
  await eventually(() => events.length > 0);
  const [event] = events;
  assertStringIncludes(
    event?.type === "disconnected" ? event.reason : "",
    "doesn't speak WebSocket there (HTTP 200)",
  );
});
