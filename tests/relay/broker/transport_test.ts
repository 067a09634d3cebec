import { assertEquals, assertRejects } from "@std/assert";
import { parseRelayUrl } from "../../../lib/protocol/relay_url.ts";
import { dial } from "../../../lib/relay/broker/dial.ts";
import { SocketTransport } from "../../../lib/relay/broker/transport.ts";
import { eventually } from "../../testutil/eventually.ts";

const INFO =
  `INFO {"server_id":"x","version":"2.9.10","max_payload":1000,"proto":1,"headers":true}\r\n`;

/** A server that greets each client, and then answers as the test says. */
function startLiar(first: string, answer: (text: string) => string | null = () => "") {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  const running = (async () => {
    for await (const connection of listener) {
      connections.push(connection);
      void serve(connection, first, answer).catch(() => {});
    }
  })().catch(() => {});
  return {
    url: `nats://127.0.0.1:${listener.addr.port}`,
    async [Symbol.asyncDispose]() {
      listener.close();
      await running;
      for (const each of connections) {
        try {
          each.close();
        } catch { /* closed already */ }
      }
    },
  };
}

async function serve(
  connection: Deno.Conn,
  first: string,
  answer: (text: string) => string | null,
): Promise<void> {
  await connection.write(new TextEncoder().encode(first));
  const buffer = new Uint8Array(10_000);
  for (;;) {
    const length = await connection.read(buffer);
    if (length === null) return connection.close();
    const text = answer(new TextDecoder().decode(buffer.subarray(0, length)));
    if (text === null) return connection.close();
    await connection.write(new TextEncoder().encode(text));
  }
}

const pong = (text: string): string => text.includes("PING") ? "PONG\r\n" : "";

Deno.test("SocketTransport connects, and knows when the server has gone", async () => {
  let isOver = false;
  await using server = startLiar(INFO, (text) => isOver ? null : pong(text));
  const connection = await dial(parseRelayUrl(server.url).broker);
  assertEquals(connection.info?.max_payload, 1000);
  isOver = true;
  connection.publish("x", "y");
  await connection.closed();
  assertEquals(connection.isClosed(), true);
});

Deno.test("SocketTransport ends when the client can't understand the server", async () => {
  let more = "";
  await using server = startLiar(INFO, (text) => pong(text) + more);
  const connection = await dial(parseRelayUrl(server.url).broker);
  more = "MSG nonsense\r\n\0\0\0";
  connection.publish("x", "y");
  await connection.closed();
});

Deno.test("SocketTransport refuses what is not a NATS server", async () => {
  for (const first of ["HTTP/1.1 400 Bad Request\r\n\r\n", "x".repeat(100_000), "INFO {\r\n"]) {
    await using server = startLiar(first);
    await assertRejects(() => dial(parseRelayUrl(server.url).broker));
  }
});

Deno.test("SocketTransport outlives a server that resets what it refuses", async () => {
  await using server = startLiar(INFO, () => "-ERR 'Authorization Violation'\r\n");
  for (let i = 0; i < 5; i++) {
    await assertRejects(() => dial(parseRelayUrl(server.url).broker), Error, "Authorization");
  }
});

Deno.test("SocketTransport.discard() tells nobody, close() while it connects rejects", async () => {
  const transport = new SocketTransport();
  transport.discard();
  assertEquals(transport.isClosed, true);
  await transport.close();
  await using server = startLiar("");
  const late = new SocketTransport();
  const port = Number(server.url.split(":")[2]);
  const address = {
    hostname: "127.0.0.1",
    port,
    listen: "",
    src: "",
    tlsName: "",
    reconnects: 0,
    lastConnect: 0,
    gossiped: false,
    didConnect: false,
  };
  const connecting = assertRejects(() => late.connect(address, {}));
  await eventually(() => true);
  await late.close();
  await connecting;
});
