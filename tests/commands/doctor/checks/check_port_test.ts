import { assertEquals, assertMatch } from "@std/assert";
import { checkPort } from "../../../../lib/commands/doctor/checks/check_port.ts";
import { startTestServer } from "../../../testutil/server/test_server.ts";

const hostname = "127.0.0.1";
const ignore = Deno.build.os === "windows";

Deno.test("checkPort() leaves a free port free", async () => {
  const listener = Deno.listen({ hostname, port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  for (let i = 0; i < 2; i++) {
    const { check, neighbour } = await checkPort({ hostname, port });
    assertEquals([check.status, neighbour], ["ok", undefined]);
    assertEquals(check.message, `Port ${port} on 127.0.0.1 is free`);
  }
  assertEquals((await checkPort({ hostname, port: 0 })).check.message, "A free port is available");
});

Deno.test("checkPort() says that another program has a port", async () => {
  await using other = Deno.serve(
    { hostname, port: 0, onListen: () => {} },
    () => new Response("hi"),
  );
  const { check, neighbour } = await checkPort({ hostname, port: other.addr.port });
  assertEquals([check.status, neighbour], ["fail", undefined]);
  assertMatch(check.message, /is in use by another program$/);
  assertMatch(check.remedy ?? "", /'--port'/);
});

Deno.test("checkPort() explains a port that a wscam has", async () => {
  await using server = await startTestServer();
  const { check, neighbour } = await checkPort({ hostname, port: server.port });
  assertEquals(check.status, "warn");
  assertMatch(check.message, /is in use by a wscam that serves test$/);
  assertEquals(neighbour?.cameras?.length, 1);
});

Deno.test("checkPort() says that an address isn't this machine's", async () => {
  const { check } = await checkPort({ hostname: "203.0.113.1", port: 0 });
  assertEquals(check.status, "fail");
  assertMatch(check.message, /203\.0\.113\.1 is not an address of this machine$/);
  assertMatch(check.remedy ?? "", /localhost/);
});

Deno.test({ name: "checkPort() looks at Unix sockets as serve does", ignore }, async (t) => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/wscam.sock`;
  const look = async (at = path) => (await checkPort({ path: at })).check;
  await t.step("free", async () => {
    assertEquals((await look()).status, "ok");
    assertEquals([...Deno.readDirSync(folder)], [], "nothing is left there");
  });
  await t.step("in use, by no wscam", async () => {
    using _listener = Deno.listen({ transport: "unix", path });
    assertMatch((await look()).message, /in use by another program/);
  });
  await t.step("in use by a wscam", async () => {
    const list = [{ name: "a", source: "0", state: "closed", resolution: null, fps: null }];
    await using _server = Deno.serve({ path, onListen: () => {} }, () => Response.json(list));
    const check = await look();
    assertEquals(check.status, "warn");
    assertMatch(check.message, /^Socket .*wscam\.sock is in use by a wscam that serves a$/);
  });
  await t.step("a folder that isn't there", async () => {
    const check = await look(`${folder}/no/x.sock`);
    assertEquals(check.status, "fail");
    assertEquals(
      check.message,
      `Socket ${folder}/no/x.sock isn't available: there is no folder ${folder}/no`,
    );
  });
  await t.step("a file", async () => {
    await Deno.writeTextFile(`${folder}/file`, "mine");
    const check = await look(`${folder}/file`);
    assertEquals(check.status, "fail");
    assertMatch(check.message, /what is there is not a socket$/);
    assertEquals(await Deno.readTextFile(`${folder}/file`), "mine");
  });
  await Deno.remove(folder, { recursive: true });
});
