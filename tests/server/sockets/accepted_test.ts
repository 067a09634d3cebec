import { assert, assertEquals } from "@std/assert";
import { AcceptedConnections } from "../../../lib/server/sockets/accepted.ts";
import { Sockets } from "../../../lib/system/sockets.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openRaw } from "../../testutil/client/raw_socket.ts";

const ignore = Deno.build.os !== "linux";

/** A listener, with those that it has accepted. */
function listen(hostname: string) {
  const sockets = Sockets.open();
  assert(sockets);
  const listener = Deno.listen({ hostname, port: 0 });
  const descriptor = sockets.findListener(listener.addr.port);
  assert(descriptor !== undefined);
  const endpoint = sockets.endpoint(descriptor, "local");
  assert(endpoint);
  assertEquals(endpoint, { hostname, port: listener.addr.port });
  return {
    sockets,
    listener,
    accepted: new AcceptedConnections(sockets, endpoint),
    [Symbol.dispose]() {
      listener.close();
      sockets[Symbol.dispose]();
    },
  };
}

const CASES: [listen: string, connect: string, seenAs: string][] = [
  ["127.0.0.1", "127.0.0.1", "127.0.0.1"],
  ["0.0.0.0", "127.0.0.1", "127.0.0.1"],
  ["::", "127.0.0.1", "127.0.0.1"],
  ["::", "::1", "[::1]"],
  ["::1", "::1", "[::1]"],
];

for (const [hostname, peer, seenAs] of CASES) {
  Deno.test(
    `AcceptedConnections sees ${peer} at ${hostname}, and not our own end`,
    { ignore },
    async () => {
      using server = listen(hostname);
      assertEquals([...server.accepted.look()], []);
      using client = await Deno.connect({ hostname: peer, port: server.listener.addr.port });
      using _connection = await server.listener.accept();
      const address = `${seenAs}:${(client.localAddr as Deno.NetAddr).port}`;
      const [found, ...more] = server.accepted.look();
      assertEquals(more, []);
      assertEquals(found?.address, address);
      assert(server.accepted.has(address));
      assert(!server.accepted.has(`${seenAs}:${server.listener.addr.port}`));
      const [again] = server.accepted.look();
      assert(again === found, "it must be the same object at the next look");
    },
  );
}

Deno.test(
  "AcceptedConnections sees none of another listener, nor of another address",
  { ignore },
  async () => {
    using server = listen("127.0.0.1");
    const { port } = server.listener.addr;
    using other = Deno.listen({ hostname: "127.0.0.2", port });
    using _client = await Deno.connect({ hostname: "127.0.0.2", port });
    using _connection = await other.accept();
    assertEquals([...server.accepted.look()], []);
  },
);

Deno.test("AcceptedConnections does not see who has reset the connection", { ignore }, async () => {
  using server = listen("127.0.0.1");
  using raw = await openRaw(server.listener.addr.port);
  using connection = await server.listener.accept();
  const { port } = connection.remoteAddr as Deno.NetAddr;
  assert(server.accepted.has(`127.0.0.1:${port}`));
  raw.reset();
  await eventually(() => !server.accepted.has(`127.0.0.1:${port}`));
  assertEquals([...server.accepted.look()], []);
});

Deno.test("AcceptedConnections sees many that come between two looks", { ignore }, async () => {
  using server = listen("127.0.0.1");
  const { port } = server.listener.addr;
  const open: Disposable[] = [];
  for (let i = 0; i < 600; i++) {
    open.push(await Deno.connect({ hostname: "127.0.0.1", port }), await server.listener.accept());
  }
  assertEquals([...server.accepted.look()].length, 600);
  for (const each of open) each[Symbol.dispose]();
  assertEquals([...server.accepted.look()].length, 0);
});

Deno.test(
  "Sockets.traffic() counts what came, what was taken and what waits",
  { ignore },
  async () => {
    using server = listen("127.0.0.1");
    using client = await Deno.connect({ hostname: "127.0.0.1", port: server.listener.addr.port });
    using connection = await server.listener.accept();
    await client.write(new Uint8Array(1000));
    await connection.write(new Uint8Array(500));
    await client.read(new Uint8Array(500));
    const [accepted] = server.accepted.look();
    const traffic = () => server.sockets.traffic(accepted?.descriptor ?? -1);
    await eventually(() => traffic()?.received === 1000 && !traffic()?.isWaiting);
    assertEquals(traffic(), { received: 1000, taken: 500, isWaiting: false });
    assertEquals(server.sockets.traffic(0), undefined);
    assertEquals(server.sockets.traffic(-1), undefined);
  },
);

Deno.test("Sockets.shutDown() ends a connection for both ends", { ignore }, async () => {
  using server = listen("127.0.0.1");
  using client = await Deno.connect({ hostname: "127.0.0.1", port: server.listener.addr.port });
  using connection = await server.listener.accept();
  const [accepted] = server.accepted.look();
  assert(server.sockets.shutDown(accepted?.descriptor ?? -1));
  assertEquals(await connection.read(new Uint8Array(1)), null);
  assertEquals(await client.read(new Uint8Array(1)), null);
  assert(!server.sockets.shutDown(-1));
});
