import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Source } from "../../lib/camera/source.ts";
import { SourceError } from "../../lib/frame/source_error.ts";
import type { CameraInfo } from "../../lib/server/camera_list.ts";
import { eventually } from "../testutil/eventually.ts";
import { openViewer } from "../testutil/client/messages.ts";
import { startTestServer } from "../testutil/server/test_server.ts";
import { start } from "./listening.ts";

async function listed(url: string): Promise<CameraInfo[]> {
  return await (await fetch(`${url}/cameras`)).json();
}

Deno.test("startServer() serves the page at /, whatever the query", async () => {
  await using server = await startTestServer();
  for (const path of ["/", "/?camera=test", "/?camera=attic&token=x"]) {
    const response = await fetch(`${server.url}${path}`);
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
    assertStringIncludes(await response.text(), "<title>wscam</title>");
  }
});

Deno.test("startServer() answers what it doesn't have with 404, and says what it has", async () => {
  await using server = await startTestServer();
  for (const path of ["/nothing", "/cameras/", "/%00", "/..%2f..%2fetc/passwd", "/favicon.ico"]) {
    const response = await fetch(`${server.url}${path}`);
    assertEquals(response.status, 404);
    assertEquals(response.headers.get("content-type"), "text/plain; charset=utf-8");
    assertEquals(
      await response.text(),
      "Not found: the page is at /, the cameras are at /cameras, pictures at /stream and /snapshot\n",
    );
  }
});

Deno.test("startServer() answers methods that change something with 405 and what is allowed", async () => {
  await using server = await startTestServer();
  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
    for (const path of ["/", "/cameras", "/nothing"]) {
      const response = await fetch(`${server.url}${path}`, { method });
      assertEquals(response.status, 405);
      assertEquals(response.headers.get("allow"), "GET, HEAD");
      assertEquals(await response.text(), "Only GET is answered here\n");
    }
  }
});

Deno.test("startServer() answers HEAD as GET, without the body", async () => {
  await using server = await startTestServer();
  for (const path of ["/", "/cameras", "/nothing"]) {
    const [head, get] = await Promise.all(
      ["HEAD", "GET"].map((method) => fetch(`${server.url}${path}`, { method })),
    );
    assert(head && get);
    assertEquals(head.status, get.status);
    for (const name of ["content-type", "content-length", "content-security-policy"]) {
      assertEquals(head.headers.get(name), get.headers.get(name), `${name} of ${path}`);
    }
    assertEquals(await head.text(), "");
    await get.body?.cancel();
  }
});

Deno.test("startServer() lists cameras before, while and after somebody watches", async () => {
  await using server = await startTestServer();
  const closed = { name: "test", source: "test", state: "closed", resolution: null, fps: null };
  assertEquals<unknown>(await listed(server.url), [{ ...closed, viewers: 0 }]);
  const viewer = await openViewer(server.ws);
  const [live] = await eventually(async () => {
    const list = await listed(server.url);
    return list[0]?.fps ? list : undefined;
  });
  await viewer[Symbol.asyncDispose]();
  assertEquals(
    { ...live, fps: typeof live?.fps },
    { ...closed, state: "live", resolution: "64x48", fps: "number", viewers: 1 },
  );
  await eventually(async () => (await listed(server.url))[0]?.state === "closed");
  assertEquals<unknown>(await listed(server.url), [{ ...closed, viewers: 0 }]);
});

Deno.test("startServer() lists a camera that failed, with the reason", async () => {
  const source: Source = {
    // deno-lint-ignore require-yield -- it never gets so far
    async *frames() {
      await Promise.resolve();
      throw new SourceError("failed", "is busy: another program uses /dev/video0");
    },
  };
  await using server = await startTestServer({ source });
  await using viewer = await openViewer(server.ws);
  await eventually(() => viewer.errors().length > 0);
  const [camera] = await listed(server.url);
  assertEquals(camera?.state, "failed");
  assertEquals(camera?.reason, "is busy: another program uses /dev/video0");
});

Deno.test("startServer() gives the list of cameras, and only that, to pages from elsewhere", async () => {
  await using server = await startTestServer();
  const headers = { origin: "null" };
  const list = await fetch(`${server.url}/cameras`, { headers });
  assertEquals(list.headers.get("access-control-allow-origin"), "null");
  assertEquals(list.headers.get("vary"), "Origin");
  assertEquals(list.headers.get("access-control-allow-credentials"), null);
  assertEquals(list.headers.get("cache-control"), "no-store");
  assertMatch(list.headers.get("content-type") ?? "", /^application\/json/);
  await list.body?.cancel();
  const page = await fetch(server.url, { headers });
  assertEquals(page.headers.get("access-control-allow-origin"), null);
  await page.body?.cancel();
});

Deno.test("startServer() says that there is no camera yet", async () => {
  await using server = await start([]);
  const response = await fetch(`${server.url}/snapshot?camera=door`);
  assertEquals([response.status, await response.text()], [
    404,
    "No such camera: there is none yet\n",
  ]);
});

Deno.test("startServer() says when to look for cameras again", async () => {
  await using server = await start([]);
  const { headers, body } = await fetch(`${server.url}/cameras`, { headers: { origin: "null" } });
  assertEquals(headers.get("x-refresh"), "3");
  assertMatch(headers.get("access-control-expose-headers") ?? "", /X-Refresh/);
  await body?.cancel();
});
