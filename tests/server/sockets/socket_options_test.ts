import { assert, assertEquals } from "@std/assert";
import { setListenerOptions } from "../../../lib/server/sockets/socket_options.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { openRaw } from "../../testutil/client/raw_socket.ts";
import { startTestServer } from "../../testutil/server/test_server.ts";

const ignore = Deno.build.os !== "linux";

/** Level, option and value on Linux: `tcp.h` and `socket.h`. */
const WANTED = {
  TCP_NOTSENT_LOWAT: [6, 25, 16 * 1024],
  TCP_USER_TIMEOUT: [6, 18, 30_000],
  SO_KEEPALIVE: [1, 9, 1],
  TCP_KEEPIDLE: [6, 4, 15],
  TCP_KEEPINTVL: [6, 5, 15],
} as const;

const SYMBOLS = {
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

type Libc = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

function openLibc(): Disposable & { symbols: Libc } {
  const library = Deno.dlopen("libc.so.6", SYMBOLS);
  return { symbols: library.symbols, [Symbol.dispose]: () => library.close() };
}

/** The port of a socket's own end, or of its peer's; `undefined` if it is not a TCP socket. */
function portOf(
  libc: Libc,
  descriptor: number,
  end: "getsockname" | "getpeername",
): number | undefined {
  const address = new Uint8Array(128);
  if (libc[end](descriptor, address, new Uint32Array([address.length])) !== 0) return undefined;
  const view = new DataView(address.buffer);
  const isInternet = [2, 10].includes(view.getUint16(0, true));
  return isInternet ? view.getUint16(2) : undefined;
}

/** This process's connections that it has accepted on a port. */
function acceptedOn(libc: Libc, port: number): number[] {
  return [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => Number(name)).filter((each) =>
    portOf(libc, each, "getsockname") === port && portOf(libc, each, "getpeername") !== undefined
  );
}

function optionsOf(libc: Libc, descriptor: number): Record<string, number | undefined> {
  return Object.fromEntries(
    Object.entries(WANTED).map(([name, [level, option]]) => {
      const value = new Int32Array(1);
      const failed = libc.getsockopt(descriptor, level, option, value, new Uint32Array([4]));
      return [name, failed === 0 ? value[0] : undefined];
    }),
  );
}

const VALUES = Object.fromEntries(
  Object.entries(WANTED).map(([name, [, , value]]) => [name, value]),
);

Deno.test("startServer() gives the connections it accepts their options", { ignore }, async (t) => {
  using libc = openLibc();
  await using server = await startTestServer();
  const check = (count: number): void => {
    const accepted = acceptedOn(libc.symbols, server.port);
    assertEquals(accepted.length, count);
    for (const each of accepted) assertEquals(optionsOf(libc.symbols, each), VALUES);
  };
  await t.step("a viewer", async () => {
    await using _viewer = await openViewer(server.ws);
    check(1);
  });
  await t.step("several, of every kind", async () => {
    using raw = await openRaw(server.port);
    await raw.shake();
    await using _viewer = await openViewer(`${server.ws}/?camera=test`);
    using http = await openRaw(server.port);
    await http.write(new TextEncoder().encode("GET /cameras HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    await http.readSome();
    assert(acceptedOn(libc.symbols, server.port).length >= 3);
    for (const each of acceptedOn(libc.symbols, server.port)) {
      assertEquals(optionsOf(libc.symbols, each), VALUES);
    }
  });
});

for (const hostname of ["127.0.0.1", "0.0.0.0", "::", "::1"]) {
  Deno.test(`setListenerOptions() finds the listener on ${hostname}`, { ignore }, async () => {
    using libc = openLibc();
    // Others of this process, before and after it.
    using _before = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    using listener = Deno.listen({ hostname, port: 0 });
    using _after = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    assert(setListenerOptions(port));
    const peer = hostname.includes(":") ? "::1" : "127.0.0.1";
    using client = await Deno.connect({ hostname: peer, port });
    using _accepted = await listener.accept();
    const [descriptor = -1, ...more] = acceptedOn(libc.symbols, port);
    assertEquals(more, []);
    assertEquals(optionsOf(libc.symbols, descriptor), VALUES);
    // The other end is not ours, and neither is anything else.
    const own = (client.localAddr as Deno.NetAddr).port;
    const [other = -1] = acceptedOn(libc.symbols, own);
    assertEquals(optionsOf(libc.symbols, other)["TCP_USER_TIMEOUT"], 0);
  });
}

Deno.test("setListenerOptions() changes no other listener", { ignore }, async () => {
  using libc = openLibc();
  using ours = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  assert(setListenerOptions(ours.addr.port));
  using _client = await Deno.connect({ hostname: "127.0.0.1", port: other.addr.port });
  using _accepted = await other.accept();
  const [descriptor = -1] = acceptedOn(libc.symbols, other.addr.port);
  assertEquals(optionsOf(libc.symbols, descriptor)["TCP_USER_TIMEOUT"], 0);
});

Deno.test("setListenerOptions() says so when nobody listens there", async () => {
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = closed.addr;
  closed.close();
  assertEquals(setListenerOptions(port), false);
  assertEquals(setListenerOptions(0), false);
  // A connection to a port is not a listener on it.
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  using _accepted = await listener.accept();
  assertEquals(setListenerOptions((client.localAddr as Deno.NetAddr).port), false);
});

/** Listens on a port, unless somebody else does. */
function tryListen(port: number): Deno.TcpListener | undefined {
  try {
    return Deno.listen({ hostname: "127.0.0.1", port });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return undefined;
    throw error;
  }
}

Deno.test("setListenerOptions() takes no Unix socket for its listener", { ignore }, async () => {
  // The address of a Unix socket has "/t" where an Internet address has this port.
  const port = 0x2f74;
  const dir = await Deno.makeTempDir({ dir: "/tmp" });
  {
    using _unix = Deno.listen({ transport: "unix", path: `${dir}/socket` });
    assertEquals(setListenerOptions(port), false);
    using listener = tryListen(port);
    if (listener) assertEquals(setListenerOptions(port), true);
  }
  await Deno.remove(dir, { recursive: true });
});

Deno.test("setListenerOptions() fails softly without the right to call C", async () => {
  const { href } = new URL("../../../lib/server/sockets/socket_options.ts", import.meta.url);
  const script = `
    import { setListenerOptions } from ${JSON.stringify(href)};
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    console.log(setListenerOptions(listener.addr.port));
    listener.close();`;
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(path, script);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-config", "--no-prompt", "--allow-net", path],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  assertEquals(new TextDecoder().decode(stdout), "false\n");
  await Deno.remove(path);
});
