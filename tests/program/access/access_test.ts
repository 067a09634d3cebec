import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { decodeBase64, encodeBase64 } from "@std/encoding/base64";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { PYTHON } from "../../../scripts/needs/python.ts";
import { createAuthority } from "../../testutil/network/certificates.ts";
import { eventually } from "../../testutil/eventually.ts";
import { CAMERAS, curl, linkTo, startLocked, TOKEN } from "./locked.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { openRaw } from "../../testutil/client/raw_socket.ts";
import { run } from "../../testutil/program/run.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

const IN_URL = encodeURIComponent(TOKEN);

/** The first line and the rest that come back for some bytes. */
async function answerTo(port: number, head: string): Promise<string> {
  using raw = await openRaw(port);
  await raw.write(new TextEncoder().encode(`${head}\r\n\r\n`));
  return new TextDecoder().decode(await raw.readSome().catch(() => new Uint8Array()));
}

function handshake(path: string, ...fields: string[]): string {
  return [
    `GET ${path} HTTP/1.1`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
    ...fields,
  ].join("\r\n");
}

testWith(
  ["curl"],
  "serve() lets nobody in without the token, by whichever way, and says nothing of it",
  async (t) => {
    await using server = await startLocked();
    const cookieFile = await Deno.makeTempFile();
    const ways: [what: string, args: string[], path: string, status: number][] = [
      ["nothing", [], "/", 401],
      ["nothing, for the list", [], "/cameras", 401],
      ["nothing, where nothing is", [], "/nothing", 401],
      ["a wrong one", ["-H", "Authorization: Bearer wrong"], "/", 401],
      ["Bearer", ["-H", `Authorization: Bearer ${TOKEN}`], "/cameras", 200],
      ["Basic", ["-u", `anybody:${TOKEN}`], "/cameras", 200],
      ["the query", [], `/cameras?token=${IN_URL}`, 200],
      ["the page", ["-c", cookieFile], `/?token=${IN_URL}`, 200],
      ["the page's cookie", ["-b", cookieFile], "/cameras", 200],
      ["HEAD", ["-I"], "/", 401],
      ["another method", ["-X", "POST"], "/cameras", 401],
    ];
    for (const [what, args, path, status] of ways) {
      await t.step(what, async () => {
        const { status: got, text } = await curl(server.url + path, ...args);
        assertEquals(got, status, text);
        assertEquals(/^www-authenticate: Basic/m.test(text), status === 401);
        for (const header of ["content-security-policy", "x-content-type-options: nosniff"]) {
          assertStringIncludes(text, header);
        }
        for (const header of ["referrer-policy: no-referrer", "cache-control: no-store"]) {
          assertStringIncludes(text, header);
        }
        assert(!text.includes(TOKEN) && !text.includes(IN_URL), text);
      });
    }
    const jar = await Deno.readTextFile(cookieFile);
    assertMatch(jar, /^#HttpOnly_127\.0\.0\.1\t.*\twscam_\d+\t[\w-]{43}$/m);
    assert(!jar.includes("sesame"));
    await Deno.remove(cookieFile);
    const { stdout, stderr } = server.output;
    assert(!`${stdout}${stderr}`.includes("sesame"), "it must not be in the log");
    assertStringIncludes(stderr, "A token is needed");
  },
);

testWith(["python3-websockets"], "serve() lets Python in by each way that it has", async (t) => {
  await using server = await startLocked();
  const ways: [what: string, url: string, options: string][] = [
    ["query", `${server.ws}/?token=${IN_URL}`, "{}"],
    ["subprotocol", server.ws, `{"subprotocols": ["bearer." + quote(T, safe="")]}`],
    ["Bearer", server.ws, `{"extra_headers": {"Authorization": "Bearer " + T}}`],
    ["nothing", server.ws, "{}"],
    ["wrong", `${server.ws}/?token=x`, "{}"],
  ];
  for (const [what, url, options] of ways) {
    await t.step(what, async () => {
      const program = `
import asyncio, json, os, sys, websockets
from urllib.parse import quote
T = os.environ["T"]
async def main():
    options = ${options}
    if "extra_headers" in options and int(websockets.__version__.split(".")[0]) >= 14:
        options["additional_headers"] = options.pop("extra_headers")
    async with websockets.connect(sys.argv[1], **options) as socket:
        print(socket.subprotocol, json.loads(await socket.recv())["type"])
asyncio.run(main())`;
      const { stdout, stderr } = await run(PYTHON, ["-c", program, url], { T: TOKEN });
      if (what === "nothing" || what === "wrong") return assertMatch(stderr, /HTTP 401/);
      const protocol = what === "subprotocol" ? `bearer.${IN_URL}` : "None";
      assertEquals(stdout.trim(), `${protocol} image`, stderr);
    });
  }
});

Deno.test("serve() gives 1,000 guesses ten tries, and shuts out whoever has the token by none", async () => {
  await using server = await startLocked();
  const statuses = new Map<number, number>();
  const guess = async (first: number): Promise<void> => {
    for (let i = first; i < 1000; i += 8) {
      const response = await fetch(`${server.url}/cameras?token=${i}`);
      await response.body?.cancel();
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    }
  };
  const statusOf = async (path: string, headers: Record<string, string> = {}): Promise<number> => {
    const response = await fetch(server.url + path, { headers });
    await response.body?.cancel();
    return response.status;
  };
  const right = await openViewer(`${server.ws}/?token=${IN_URL}`);
  await Promise.all(Array.from({ length: 8 }, (_, first) => guess(first)));
  assertEquals(statuses, new Map([[401, 10], [429, 990]]));
  assertEquals(await statusOf(`/cameras?token=${IN_URL}`), 200);
  const basic = encodeBase64(new TextEncoder().encode(`me:${TOKEN}`));
  assertEquals(await statusOf("/cameras", { authorization: `Basic ${basic}` }), 200);
  const late = await fetch(`${server.url}/cameras?token=1`);
  assertEquals([late.status, Number(late.headers.get("retry-after")) > 0], [429, true]);
  await late.body?.cancel();
  assertEquals(await statusOf("/cameras"), 429, "whoever shows nothing waits as well");
  assertEquals(await statusOf("/healthz"), 200, "this path is free");
  const before = right.images().length;
  await eventually(() => right.images().length > before);
  await right[Symbol.asyncDispose]();
  assertEquals(server.output.stderr.match(/Ten wrong tokens came from 127\.0\.0\.1/g)?.length, 1);
});

Deno.test("serve() tells who has no token whether all is well, and nothing of what isn't", async () => {
  const cameras = ["--camera", "cellar=/dev/wscam-none", "--camera", "door=test", "--always-on"];
  await using server = await startWscam(cameras, { env: { WSCAM_TOKEN: TOKEN } });
  const ask = async (query: string): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${server.url}/healthz${query}`);
    return { status: response.status, text: await response.text() };
  };
  await eventually(async () => (await ask("")).status === 503);
  const open = await ask("");
  assertEquals(JSON.parse(open.text), { ok: false, cameras: 2, failed: 1 });
  const full = await ask(`?token=${IN_URL}`);
  assertEquals(full.status, 503);
  assertEquals(JSON.parse(full.text).problems[0].camera, "cellar");
  assertStringIncludes(full.text, "/dev/wscam-none");
  const guest = await ask(`?share=${await linkTo("door", 3600)}`);
  assertEquals([guest.status, JSON.parse(guest.text)], [200, { ok: true, problems: [] }]);
  for (let i = 0; i < 12; i++) assertEquals((await ask(`?token=${i}`)).status, 503);
  const locked = await fetch(`${server.url}/cameras`);
  assertEquals(locked.status, 429, "guesses count there as well");
  await locked.body?.cancel();
});

Deno.test("serve() lets stale tokens and garbage cookies shut out nobody", async () => {
  await using server = await startLocked();
  const port = server.port;
  const statusOf = async (path: string, headers: Record<string, string> = {}): Promise<number> => {
    const response = await fetch(server.url + path, { headers });
    await response.body?.cancel();
    return response.status;
  };
  for (let i = 0; i < 15; i++) {
    assertEquals(await statusOf("/cameras?token=old"), 401, "a poller");
    assertEquals(await statusOf("/", { cookie: `wscam_${port}=${i}` }), 401, "another service");
    const tab = new WebSocket(`${server.ws}/?token=old`);
    const { promise, resolve } = Promise.withResolvers<void>();
    tab.onerror = (event) => event.preventDefault();
    tab.onclose = () => resolve();
    await promise;
    assertEquals(await statusOf(`/cameras?token=${IN_URL}`), 200, "the owner");
    assertEquals(await statusOf("/cameras"), 401, "somebody who will be asked for the password");
  }
});

Deno.test("serve() opens no WebSocket without the token, by no spelling of '/healthz'", async (t) => {
  await using server = await startLocked();
  const statusOf = async (head: string): Promise<string> =>
    (await answerTo(server.port, head)).match(/^HTTP\/1\.1 (\d+)/)?.[1] ?? "none";
  const host = "Host: 127.0.0.1";
  const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13";
  const heads = (path: string): string[] => [
    handshake(path, host),
    handshake(path, host).replace("Upgrade: websocket", "uPgRaDe: WebSocket"),
    handshake(path, host).replace("Connection: Upgrade", "Connection: keep-alive, uPGRADE"),
    `GET ${path} HTTP/1.1\r\n${host}\r\nUpgrade: websocket\r\n${key}`,
    `GET ${path} HTTP/1.1\r\n${host}\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nUpgrade: websocket\r\n${key}`,
    `POST ${path} HTTP/1.1\r\n${host}\r\nContent-Length: 0`,
  ];
  const paths = ["/healthz", "/healthz?x", "/./healthz", "//healthz", "/a/../healthz", "/healthz/"];
  const absolute = "http://127.0.0.1/healthz";
  async function expectLocked(status: string): Promise<void> {
    for (const head of [...paths, absolute].flatMap(heads)) {
      assertEquals(await statusOf(head), status, head);
    }
    const viewer = new WebSocket(`${server.ws}/healthz`);
    viewer.onerror = (event) => event.preventDefault();
    const closed = Promise.withResolvers<"closed">();
    viewer.onclose = () => closed.resolve("closed");
    viewer.onopen = () => viewer.close();
    viewer.onmessage = () => closed.reject(new Error("it was let in"));
    assertEquals(await closed.promise, "closed");
  }
  await t.step("while nobody has guessed", () => expectLocked("401"));
  for (let i = 0; i < 10; i++) {
    assertEquals(await statusOf(`GET /?token=${i} HTTP/1.1\r\n${host}`), "401");
  }
  await t.step("while the address is refused", () => expectLocked("429"));
  await t.step("and answers a health check all the same", async () => {
    for (const method of ["GET", "HEAD"]) {
      for (const path of ["/healthz", "/healthz?x", "/./healthz", absolute]) {
        assertEquals(await statusOf(`${method} ${path} HTTP/1.1\r\n${host}`), "200", path);
      }
    }
  });
});

testWith(
  ["curl", "openssl"],
  "serve() opens nothing without the token over HTTP/2 either",
  async () => {
    await using authority = await createAuthority();
    const { cert, key } = await authority.issue("wscam");
    await using server = await startLocked(["--cert", cert, "--key", key]);
    const http2 = ["--http2", "--cacert", authority.file];
    const health = await curl(`${server.url}/healthz`, ...http2);
    assertEquals(health.status, 200, health.text);
    assertMatch(health.text, /^HTTP\/2/);
    for (const more of [["-X", "POST"], ["-X", "CONNECT"], ["-X", "OPTIONS"]]) {
      const { status } = await curl(`${server.url}/healthz`, ...http2, ...more);
      assert(status !== 200 && status !== 101, `${more} got ${status}`);
    }
  },
);

Deno.test("serve() refuses rebound names, pages from elsewhere and forged requests, bare of any browser", async (t) => {
  await using server = await startWscam(CAMERAS);
  const own = "Host: 127.0.0.1";
  const cases: [what: string, head: string, status: number][] = [
    ["a plain client", handshake("/", own), 101],
    ["no Origin, and no Host that anybody has", handshake("/", "Host: x"), 101],
    ["an IPv6 address with a zone", handshake("/", "Host: [fe80::1%eth0]:8765"), 101],
    ["Origin null", handshake("/", own, "Origin: null"), 101],
    ["a private Origin", handshake("/", own, "Origin: http://192.168.7.7"), 101],
    ["a public Origin", handshake("/", own, "Origin: https://evil.example"), 403],
    ["two Origins", handshake("/", own, "Origin: null", "Origin: https://evil.example"), 403],
    ["a rebound name", handshake("/", "Host: evil.example", "Origin: http://evil.example"), 403],
    ["a rebound name for the page", "GET / HTTP/1.1\r\nHost: evil.example:8765", 403],
    [
      "a rebound name behind a forged header",
      handshake("/", "Host: evil.example", "X-Forwarded-Host: 127.0.0.1"),
      403,
    ],
    ["two Hosts", `GET / HTTP/1.1\r\n${own}\r\nHost: evil.example`, 400],
    [
      "two lengths",
      `GET / HTTP/1.1\r\n${own}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked`,
      400,
    ],
    ["a folded header", `GET / HTTP/1.1\r\n${own}\r\nX: a\r\n b`, 400],
    [
      "a header in a query",
      `GET /?camera=%0d%0aX-Evil:%201&token=%0d%0aX-Evil:1 HTTP/1.1\r\n${own}`,
      200,
    ],
    ["a name with control characters", handshake("/?camera=%1b%5b31m%00%0d%0aX-Evil:1", own), 101],
    ["a way out of the folder", `GET /../../../etc/passwd HTTP/1.1\r\n${own}`, 404],
    ["a hidden way out", `GET /..%2f..%2f..%2fetc%2fpasswd HTTP/1.1\r\n${own}`, 404],
    ["a way out to Windows", `GET /..%5c..%5cwindows HTTP/1.1\r\n${own}`, 404],
  ];
  for (const [what, head, status] of cases) {
    await t.step(what, async () => {
      const answer = await answerTo(server.port, head);
      assertMatch(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
      assert(!/^x-evil/im.test(answer), answer);
    });
  }
});

Deno.test("serve() lets an old client in that gives nothing at all", async () => {
  await using server = await startWscam(CAMERAS);
  await using viewer = await openViewer(server.ws);
  const { data } = await eventually(() => viewer.images()[0]);
  assertEquals(jpegSize(decodeBase64(data)), { width: 320, height: 240 });
  assertEquals(Object.keys(viewer.images()[0] ?? {}), ["type", "data", "timestamp"]);
});
