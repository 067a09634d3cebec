import { assertEquals } from "@std/assert";
import { askNeighbour, parseCameraList, whoHas } from "../../../lib/commands/doctor/neighbour.ts";
import { startTestServer } from "../../testutil/server/test_server.ts";

const LIVE = { name: "a", source: "0", state: "live", resolution: "640x480", fps: 10 } as const;
const DEVICE = { index: 0, name: "HD Webcam C920", device: "/dev/video0" };
const hostname = "127.0.0.1";

Deno.test("askNeighbour() knows a wscam", async () => {
  await using server = await startTestServer();
  const neighbour = await askNeighbour({ hostname: "0.0.0.0", port: server.port });
  assertEquals(neighbour?.cameras?.map(({ name, state }) => [name, state]), [["test", "closed"]]);
});

Deno.test("askNeighbour() knows a wscam that wants a token, and no other that wants one", async () => {
  for (const realm of ["wscam", "router"]) {
    await using server = Deno.serve({ hostname, port: 0, onListen: () => {} }, () => {
      const headers = { "www-authenticate": `Basic realm="${realm}"` };
      return new Response("", { status: 401, headers });
    });
    const expected = realm === "wscam" ? { cameras: undefined } : undefined;
    assertEquals(await askNeighbour({ hostname, port: server.addr.port }), expected);
  }
});

Deno.test("askNeighbour() knows a wscam that serves https, whose certificate nobody trusts", async () => {
  const read = (name: string) =>
    Deno.readTextFileSync(new URL(`../../testutil/network/tls/${name}`, import.meta.url));
  const [cert, key] = [read("server.pem"), read("server.key")];
  const list = [{ name: "a", source: "0", state: "live", resolution: "640x480", fps: 10 }];
  const options = { hostname, port: 0, cert, key, onListen: () => {} };
  await using server = Deno.serve(options, ({ headers }) => {
    if (headers.get("authorization") === "Bearer sesame") return Response.json(list);
    const challenge = { "www-authenticate": 'Basic realm="wscam"' };
    return new Response("", { status: 401, headers: challenge });
  });
  const { port } = server.addr;
  assertEquals(await askNeighbour({ hostname, port }), { cameras: undefined });
  assertEquals((await askNeighbour({ hostname, port }, { token: "sesame" }))?.cameras?.length, 1);
});

Deno.test("askNeighbour() shows its token to a wscam that asks for one, and to nobody else", async () => {
  const shown: (string | null)[] = [];
  const list = [{ name: "a", source: "0", state: "live", resolution: "640x480", fps: 10 }];
  const listenAs = (realm: string) =>
    Deno.serve({ hostname, port: 0, onListen: () => {} }, ({ headers }) => {
      const authorization = headers.get("authorization");
      shown.push(authorization);
      if (authorization === "Bearer sesame") return Response.json(list);
      const challenge = { "www-authenticate": `Basic realm="${realm}"` };
      return new Response("", { status: 401, headers: challenge });
    });
  await using ours = listenAs("wscam");
  await using router = listenAs("router");
  const ask = (server: Deno.HttpServer<Deno.NetAddr>, token?: string) =>
    askNeighbour({ hostname, port: server.addr.port }, { token });
  assertEquals((await ask(ours, "sesame"))?.cameras?.length, 1);
  assertEquals(await ask(ours, "wrong"), { cameras: undefined });
  assertEquals(await ask(ours), { cameras: undefined });
  shown.length = 0;
  assertEquals(await ask(router, "sesame"), undefined);
  assertEquals(shown, [null]);
});

Deno.test("askNeighbour() is not taken in by others", async (t) => {
  const answers: [string, () => Response][] = [
    ["a page", () => new Response("<html>")],
    ["an empty list", () => Response.json([])],
    ["another list", () => Response.json([{ name: 1 }])],
    ["a redirect", () => Response.redirect("http://127.0.0.1:9/")],
    ["too much", () => new Response(`[${" ".repeat(100_000)}]`)],
    ["a broken encoding", () => new Response("x", { headers: { "content-encoding": "gzip" } })],
  ];
  for (const [name, answer] of answers) {
    await t.step(name, async () => {
      await using server = Deno.serve({ hostname, port: 0, onListen: () => {} }, answer);
      assertEquals(await askNeighbour({ hostname, port: server.addr.port }), undefined);
    });
  }
});

Deno.test("askNeighbour() waits for nobody for long", async () => {
  using mute = Deno.listen({ hostname, port: 0 });
  const { port } = mute.addr as Deno.NetAddr;
  assertEquals(await askNeighbour({ hostname, port }), undefined);
});

Deno.test("parseCameraList() takes what GET /cameras answers, and nothing else", () => {
  const closed = { ...LIVE, state: "closed", resolution: null, fps: null, viewers: 0 };
  assertEquals(parseCameraList(JSON.stringify([LIVE, closed]))?.length, 2);
  const others = [
    "",
    "{}",
    "[null]",
    "[1]",
    '["a"]',
    "[[]]",
    JSON.stringify([{ ...LIVE, fps: "x" }]),
  ];
  for (const text of others) assertEquals(parseCameraList(text), undefined, text);
});

Deno.test("whoHas() finds the camera that has a device open", async (t) => {
  const cases: [string, Partial<typeof LIVE> | Record<string, unknown>, boolean][] = [
    ["by index", {}, true],
    ["by another index", { source: "1" }, false],
    ["by path", { source: "/dev/video0" }, true],
    ["by a part of its name", { source: "c920" }, true],
    ["by nothing", { source: "" }, false],
    ["closed", { state: "closed" }, false],
    ["failed", { state: "failed" }, false],
    ["opening", { state: "opening" }, true],
  ];
  for (const [name, changed, isFound] of cases) {
    await t.step(name, () => {
      const cameras = [{ ...LIVE, ...changed } as typeof LIVE];
      assertEquals(whoHas(DEVICE, { cameras }) !== undefined, isFound);
    });
  }
  assertEquals(whoHas(DEVICE, { cameras: undefined }), undefined);
});
