import { assertEquals, assertRejects } from "@std/assert";
import { createLogger } from "../../../lib/log.ts";
import { serveHttp, type ServeHttpOptions } from "../../../lib/server/sockets/serve_http.ts";
import { createAuthority } from "../../testutil/network/certificates.ts";
import { eventually } from "../../testutil/eventually.ts";
import { testWith } from "../../testutil/needs.ts";
import { openTrusting } from "../../testutil/network/trusting.ts";

function options(more: Partial<ServeHttpOptions>): ServeHttpOptions {
  return {
    listen: { hostname: "127.0.0.1", port: 0 },
    tls: undefined,
    log: createLogger({ write: () => {} }),
    onListen: () => {},
    onExhausted: () => {},
    onError: () => new Response("failed", { status: 500 }),
    ...more,
  };
}

function echo(request: Request): Response {
  if (!request.headers.has("upgrade")) return new Response("hello");
  const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
  socket.onmessage = ({ data }) => socket.send(data);
  return response;
}

Deno.test("serveHttp() serves plain HTTP where there is no certificate", async () => {
  const server = await serveHttp(echo, options({}));
  const { port } = server.addr as Deno.NetAddr;
  assertEquals(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "hello");
  await server.shutdown();
  await server.finished;
});

testWith(
  ["openssl"],
  "serveHttp() doesn't start with a certificate that can't be used",
  async () => {
    await using authority = await createAuthority();
    const { cert } = await authority.issue("a");
    const tls = { cert, key: authority.file };
    await assertRejects(() => serveHttp(echo, options({ tls })), Error, "Cannot use '--key'");
  },
);

testWith(
  ["openssl"],
  "serveHttp() takes up another certificate, and who is connected stays",
  async () => {
    await using authority = await createAuthority();
    const [tls, next] = [await authority.issue("first"), await authority.issue("second")];
    let listens = 0;
    const server = await serveHttp(echo, options({ tls, onListen: () => listens++ }));
    const { port } = server.addr as Deno.NetAddr;
    using trusting = await openTrusting(authority.file);
    const old = await trusting.socket(`wss://127.0.0.1:${port}/`);
    assertEquals(await trusting.nameAt(port), "first");
    await Deno.copyFile(next.cert, tls.cert);
    await Deno.copyFile(next.key, tls.key);
    await eventually(async () => await trusting.nameAt(port) === "second");
    assertEquals(listens, 2);
    // On other systems it has to reconnect.
    if (Deno.build.os === "linux") assertEquals(await old.ask("still here?"), "still here?");
    const fresh = await trusting.socket(`wss://127.0.0.1:${port}/`);
    assertEquals(await fresh.ask("me too"), "me too");
    let isOver = false;
    server.finished.then(() => isOver = true);
    assertEquals(isOver, false);
    await server.shutdown();
    assertEquals(await Promise.all([old.closed, fresh.closed]), [1001, 1001]);
    await server.finished;
  },
);
