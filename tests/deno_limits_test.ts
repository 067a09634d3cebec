/**
 * Limits of Deno itself, of which docs/from-the-python-service.md tells. A test that fails here is
 * good news: the limit is gone, and can be taken out of that page.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
import { startTestServer } from "./testutil/server/test_server.ts";

const HANDSHAKE = "Host: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

/** The first that comes back. */
async function ask(port: number, head: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(`${head}\r\n`));
  const buffer = new Uint8Array(65_536);
  return new TextDecoder().decode(buffer.subarray(0, await connection.read(buffer) ?? 0));
}

Deno.test("Deno answers a handshake with 'Content-Length: 0' with 400, before anybody is asked", async () => {
  await using server = await startTestServer();
  const answer = await ask(server.port, `GET / HTTP/1.1\r\n${HANDSHAKE}Content-Length: 0\r\n`);
  assertMatch(answer, /^HTTP\/1\.1 400 Bad Request\r\ncontent-length: 0\r\n/);
});

Deno.test("Deno writes the names of headers in small letters", async () => {
  await using server = await startTestServer();
  const answer = await ask(server.port, `GET / HTTP/1.1\r\n${HANDSHAKE}`);
  assertMatch(answer, /^HTTP\/1\.1 101 /);
  assertMatch(answer, /\r\nsec-websocket-accept: /);
});

Deno.test("Deno gives no answer that takes a while to a client that has ended its side", async () => {
  await using server = await startTestServer();
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  const request = "GET /snapshot HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  await connection.write(new TextEncoder().encode(request));
  await connection.closeWrite();
  assertEquals(await connection.read(new Uint8Array(1000)), null);
});
