import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertMatch,
} from "@std/assert";
import { SourceError } from "../../../lib/frame/source_error.ts";
import type { Source } from "../../../lib/camera/source.ts";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { decodeJpeg } from "../../jpeg/jpegs.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { startTestServer } from "../../testutil/server/test_server.ts";

async function take(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers });
  return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
}

Deno.test("GET /snapshot answers with one JPEG file, and what it is", async () => {
  await using server = await startTestServer();
  const before = Date.now() / 1000;
  const { response, bytes } = await take(`${server.url}/snapshot`);
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "image/jpeg");
  assertEquals(response.headers.get("content-length"), String(bytes.length));
  assertMatch(response.headers.get("cache-control") ?? "", /no-store/);
  assertMatch(response.headers.get("etag") ?? "", /^"\d+"$/);
  const time = Number(response.headers.get("x-timestamp"));
  assertGreaterOrEqual(time, before - 0.001);
  assertEquals(
    Math.floor(time),
    Date.parse(response.headers.get("last-modified") ?? "") / 1000,
  );
  const { width, height } = await decodeJpeg(bytes);
  assertEquals([width, height], [64, 48]);
});

Deno.test("GET /snapshot has the width and the quality that are asked for", async () => {
  await using server = await startTestServer({ width: 320, height: 240 });
  const sizes = [];
  for (const quality of [5, 50, 95]) {
    const { response, bytes } = await take(`${server.url}/snapshot?width=200&quality=${quality}`);
    assertEquals(jpegSize(bytes), { width: 200, height: 150 });
    assertMatch(response.headers.get("etag") ?? "", new RegExp(`^"\\d+-q${quality}-w200"$`));
    sizes.push(bytes.length);
  }
  assertEquals(sizes, sizes.toSorted((a, b) => a - b));
  assertGreater(sizes[2] ?? 0, 2 * (sizes[0] ?? 0));
});

Deno.test("GET /snapshot takes an older picture where max_age allows it", async () => {
  await using server = await startTestServer();
  const times = [];
  for (const query of ["", "?max_age=60", "?max_age=86400", "?max_age=0", "?max_age=0.001", ""]) {
    const { response } = await take(`${server.url}/snapshot${query}`);
    assertEquals(response.status, 200);
    times.push(Number(response.headers.get("x-timestamp")));
  }
  const [first, same, again, ...newer] = times;
  assertEquals([same, again], [first, first]);
  for (const time of newer) assertGreaterOrEqual(time, first ?? Infinity);
  await eventually(async () => {
    const { response } = await take(`${server.url}/snapshot?max_age=0`);
    return Number(response.headers.get("x-timestamp")) > (first ?? Infinity);
  });
});

Deno.test("GET /snapshot says what is wrong with a max_age", async (t) => {
  await using server = await startTestServer();
  for (const text of ["-1", "x", "", "86401", "1e3", "Infinity", " 1"]) {
    await t.step(`'${text}'`, async () => {
      const url = `${server.url}/snapshot?max_age=${encodeURIComponent(text)}`;
      const { response, bytes } = await take(url);
      assertEquals(response.status, 400);
      assertEquals(
        new TextDecoder().decode(bytes),
        `Cannot take snapshot: 'max_age' must be 0 to 86400 seconds, got '${text}'\n`,
      );
    });
  }
});

Deno.test("GET /snapshot answers 304 to who has that very picture", async (t) => {
  await using server = await startTestServer();
  const url = `${server.url}/snapshot?max_age=60`;
  const { response } = await take(url);
  const etag = response.headers.get("etag") ?? "";
  for (const header of [etag, `W/${etag}`, `"a", ${etag}`, "*"]) {
    await t.step(header, async () => {
      const { response, bytes } = await take(url, { "if-none-match": header });
      assertEquals([response.status, bytes.length], [304, 0]);
      assertEquals(response.headers.get("etag"), etag);
    });
  }
  const other = await take(url, { "if-none-match": '"a"' });
  assertEquals(other.response.status, 200);
  // Until the camera has another one.
  await eventually(async () => {
    const newer = await take(`${server.url}/snapshot`, { "if-none-match": etag });
    return newer.response.status === 200;
  });
});

Deno.test("GET /snapshot answers 503 with the reason when the camera is down", async () => {
  const source: Source = {
    // deno-lint-ignore require-yield -- it never gets so far
    async *frames() {
      await Promise.resolve();
      throw new SourceError("failed", "is busy: another program uses /dev/video0");
    },
  };
  await using server = await startTestServer({ source });
  for (let i = 0; i < 2; i++) {
    const { response, bytes } = await take(`${server.url}/snapshot`);
    assertEquals([response.status, response.headers.get("retry-after")], [503, "5"]);
    assertEquals(
      new TextDecoder().decode(bytes),
      "Camera test is busy: another program uses /dev/video0\n",
    );
  }
});

Deno.test("GET /snapshot is there under the names that other programs use", async (t) => {
  await using server = await startTestServer();
  for (const path of ["/snapshot.jpg", "/?action=snapshot", "/snapshot.jpg?width=32"]) {
    await t.step(path, async () => {
      const { bytes } = await take(`${server.url}${path}`);
      assertEquals(jpegSize(bytes)?.width, path.includes("width") ? 32 : 64);
    });
  }
});

Deno.test("HEAD /snapshot answers as GET, without the picture", async () => {
  await using server = await startTestServer();
  const head = await fetch(`${server.url}/snapshot?max_age=60`, { method: "HEAD" });
  const { response } = await take(`${server.url}/snapshot?max_age=60`);
  for (const name of ["content-type", "content-length", "etag", "x-timestamp"]) {
    assertEquals(head.headers.get(name), response.headers.get(name));
  }
  assertEquals(await head.text(), "");
});

Deno.test("GET /snapshot leaves viewers alone", async () => {
  await using server = await startTestServer();
  await using viewer = await openViewer(`${server.ws}?fps=5`);
  await eventually(() => viewer.images().length > 0);
  const { response } = await take(`${server.url}/snapshot`);
  assertEquals(response.status, 200);
  assertEquals(server.served.size, 1);
  const before = viewer.images().length;
  await eventually(() => viewer.images().length > before + 2);
  assert(viewer.errors().length === 0);
});

Deno.test("GET /snapshot takes a seat while it waits, and gives it back when nobody waits any more", async () => {
  const silent: Source = {
    // deno-lint-ignore require-yield
    async *frames({ signal }) {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  };
  await using server = await startTestServer({ source: silent, maxClients: 2 });
  const url = `${server.url}/snapshot`;
  const gone = new AbortController();
  const waiting = [1, 2].map(() => fetch(url, { signal: gone.signal }).catch(() => undefined));
  await eventually(() => server.served.size === 2);
  const refused = await take(url);
  assertEquals(refused.response.status, 503);
  assertMatch(new TextDecoder().decode(refused.bytes), /^Already 2 viewers/);
  gone.abort();
  await Promise.all(waiting);
  await eventually(() => server.served.size === 0);
  await using viewer = await openViewer(server.ws);
  assertEquals(viewer.socket.readyState, WebSocket.OPEN);
});
