import { assertEquals, assertMatch } from "@std/assert";
import { createLogger } from "../../../lib/log.ts";
import { type AccessOptions, type Answer, Guard } from "../../../lib/server/access/access.ts";
import { createSecret } from "../../../lib/server/access/token/secret.ts";
import { signShareLink } from "../../../lib/server/access/token/share_link.ts";
import { findRoute } from "../../../lib/server/routes.ts";

const TOKEN = "a token of some length";

/** Names that a page of the local network can have, as far as a policy can say them. */
const LOCAL_NAMES = ["localhost", "*.localhost", "*.local", "*.lan", "*.home.arpa", "*.internal"];

/** A guarded server without a network; every address asks for itself. */
function startGuard(options: AccessOptions = {}, answer: Answer = () => new Response("in")) {
  const logged: string[] = [];
  const log = createLogger({ level: "debug", write: (line) => logged.push(line) });
  const guard = new Guard({ ...options, log });
  const ask = async (
    path: string,
    { headers = {}, from = "192.168.1.7" }: { headers?: Record<string, string>; from?: string } =
      {},
  ): Promise<Response> => {
    const request = new Request(`http://cam.lan:8765${path}`, { headers });
    const remoteAddr = { transport: "tcp", hostname: from, port: 1 } as const;
    const url = new URL(request.url);
    const route = findRoute({ method: request.method, url, headers: request.headers });
    return await guard.pass({ request, url, route, remoteAddr }, answer);
  };
  return { ask, logged, log, guard };
}

Deno.test("Guard.pass() tells browsers on every answer who may read, show and keep it", async (t) => {
  const token = { token: TOKEN };
  const cases: [
    what: string,
    options: AccessOptions,
    path: string,
    headers: Record<string, string>,
    status: number,
  ][] = [
    ["granted", {}, "/", {}, 200],
    ["no token", token, "/", {}, 401],
    ["a page from elsewhere", {}, "/cameras", { origin: "https://evil.example" }, 403],
    ["a page moved", token, `/?token=${TOKEN}`, {
      "sec-fetch-site": "none",
      "sec-fetch-dest": "document",
    }, 303],
  ];
  for (const [what, options, path, headers, status] of cases) {
    await t.step(what, async () => {
      const response = await startGuard(options).ask(path, { headers });
      const of = (name: string) => response.headers.get(name);
      assertEquals(response.status, status);
      assertMatch(
        of("content-security-policy") ?? "",
        status === 200
          ? /^default-src 'none'; .*frame-ancestors 'self' http:\/\/cam\.lan:\* /
          : /^default-src 'none'; .*frame-ancestors 'self'$/,
      );
      assertEquals(of("x-content-type-options"), "nosniff");
      assertEquals(of("referrer-policy"), "no-referrer");
      assertEquals(of("cache-control"), "no-store");
      assertEquals(of("cross-origin-resource-policy"), "same-origin");
      assertEquals(of("access-control-allow-origin"), null);
    });
  }
});

Deno.test("Guard.pass() lets pages read, show and frame that may connect, and those alone", async () => {
  const { ask } = startGuard();
  const origin = "http://192.168.1.9:8123";
  const list = await ask("/cameras", { headers: { origin } });
  assertEquals(list.headers.get("access-control-allow-origin"), origin);
  assertEquals(list.headers.get("access-control-allow-credentials"), null);
  assertEquals(list.headers.get("vary"), "Origin");
  assertEquals(list.headers.get("cross-origin-resource-policy"), "cross-origin");
  const page = await ask("/", { headers: { origin } });
  assertEquals(page.headers.get("access-control-allow-origin"), null);
  const frame = await ask("/", { headers: { accept: "text/html", referer: `${origin}/lovelace` } });
  assertMatch(
    frame.headers.get("content-security-policy") ?? "",
    / http:\/\/192\.168\.1\.9:8123$/,
  );
  const forged = await ask("/", {
    headers: { accept: "text/html", referer: "http://a;script-src *.local/" },
  });
  const ancestors = LOCAL_NAMES.flatMap((name) => [`http://${name}:*`, `https://${name}:*`]);
  const everyone = `frame-ancestors 'self' http://cam.lan:* https://cam.lan:* ${
    ancestors.join(" ")
  }`;
  assertEquals(forged.headers.get("content-security-policy")?.endsWith(everyone), true);
  const listed = startGuard({ allowOrigins: ["https://a.example", "null"] });
  const own = await listed.ask("/");
  assertMatch(
    own.headers.get("content-security-policy") ?? "",
    /frame-ancestors 'self' https:\/\/a\.example$/,
  );
  const refused = await listed.ask("/", { headers: { origin: "http://b.example" } });
  assertMatch(
    refused.headers.get("content-security-policy") ?? "",
    /frame-ancestors 'self' https:\/\/a\.example$/,
    "the list always stands there",
  );
  const all = await startGuard({ allowOrigins: ["*"] }).ask("/");
  assertMatch(all.headers.get("content-security-policy") ?? "", /frame-ancestors \*$/);
  assertEquals(all.headers.get("cross-origin-resource-policy"), "cross-origin");
});

Deno.test("Guard.pass() keeps the policy of an answer that has one", async () => {
  const headers = { "content-security-policy": "default-src 'none'; img-src blob:" };
  const { ask } = startGuard({}, () => new Response("page", { headers }));
  const response = await ask("/");
  assertEquals(
    response.headers.get("content-security-policy"),
    `default-src 'none'; img-src blob:; frame-ancestors 'self' ${
      ["cam.lan", ...LOCAL_NAMES].flatMap((name) => [`http://${name}:*`, `https://${name}:*`])
        .join(" ")
    }`,
  );
});

Deno.test("Guard.pass() lets a page show pictures that hides where it is from", async (t) => {
  const token = { token: TOKEN };
  const picture = { "content-type": "image/jpeg" };
  const hidden = { accept: "image/avif,*/*", "user-agent": "Mozilla/5.0" };
  const cookie = `wscam_8765=${createSecret(TOKEN).cookie}`;
  const basic = `Basic ${btoa(`me:${TOKEN}`)}`;
  const list = { allowOrigins: ["https://a.example"] };
  const cases: [
    what: string,
    options: AccessOptions,
    query: string,
    headers: Record<string, string>,
    policy: string,
  ][] = [
    ["without a token", {}, "", {}, "cross-origin"],
    ["with a list", list, "", {}, "cross-origin"],
    ["the token in its address", token, `?token=${TOKEN}`, {}, "cross-origin"],
    ["its visitor's cookie", token, "", { cookie }, "same-origin"],
    ["its visitor's password", token, "", { authorization: basic }, "same-origin"],
    ["both", token, `?token=${TOKEN}`, { cookie }, "cross-origin"],
    ["nothing", token, "", {}, "same-origin"],
  ];
  for (const [what, options, query, headers, policy] of cases) {
    await t.step(what, async () => {
      const { ask } = startGuard(options, () => new Response("JPEG", { headers: picture }));
      const response = await ask(`/snapshot${query}`, { headers: { ...hidden, ...headers } });
      assertEquals(response.headers.get("cross-origin-resource-policy"), policy);
    });
  }
  await t.step("but no words", async () => {
    const { ask } = startGuard({}, () => Response.json([]));
    const response = await ask("/cameras", { headers: hidden });
    assertEquals(response.headers.get("cross-origin-resource-policy"), "same-origin");
  });
});

Deno.test("Guard.pass() refuses an address after ten guesses, but for the right token", async () => {
  const { ask, logged, log } = startGuard({ token: TOKEN });
  using _ = log;
  const right = { headers: { authorization: `Bearer ${TOKEN}` } };
  for (let i = 0; i < 50; i++) assertEquals((await ask("/")).status, 401, "no guess");
  for (let i = 0; i < 10; i++) assertEquals((await ask(`/?token=${i}`)).status, 401);
  for (const path of ["/", "/?token=11", "/?token=1", "/nothing", "/?share=s1.e.x"]) {
    const blocked = await ask(path);
    assertEquals([blocked.status, blocked.headers.get("retry-after")], [429, "60"], path);
    assertEquals(blocked.headers.get("www-authenticate"), null);
  }
  assertEquals((await ask("/", right)).status, 200);
  assertEquals((await ask(`/?token=${encodeURIComponent(TOKEN)}`)).status, 200);
  assertEquals((await ask("/healthz")).status, 200);
  assertEquals((await ask("/", { from: "192.168.1.8" })).status, 401, "nobody else waits");
  assertEquals(
    logged.filter((line) => line.includes("Ten wrong tokens came from 192.168.1.7")).length,
    1,
  );
  assertEquals(logged.some((line) => line.includes(TOKEN)), false);
});

Deno.test("Guard.pass() takes no old token, cookie or link for guesses", async () => {
  const { ask, log } = startGuard({ token: TOKEN });
  using _ = log;
  const expires = Math.floor(Date.now() / 1000) + 3600;
  const links = await Promise.all(
    Array.from({ length: 20 }, (_, i) => signShareLink({ camera: `${i}`, expires }, "old token")),
  );
  for (let i = 0; i < 100; i++) {
    assertEquals((await ask("/?token=old")).status, 401);
    assertEquals((await ask("/", { headers: { authorization: "Bearer older" } })).status, 401);
    const cookie = `wscam_8765=garbage${i}`;
    const dead = await ask("/", { headers: { cookie } });
    assertEquals(dead.status, 401);
    assertMatch(dead.headers.get("set-cookie") ?? "", /^wscam_8765=; Max-Age=0/);
    assertEquals((await ask(`/?share=${links[i % links.length]}`)).status, 403);
    assertEquals((await ask(`/?share=${links[0]?.slice(0, -1 - i)}`)).status, 403, "not whole");
  }
  for (let i = 0; i < 7; i++) assertEquals((await ask(`/?token=${i}`)).status, 401);
});

Deno.test("Guard.pass() lets a page that guesses shut out no program", async () => {
  const { ask, log } = startGuard({ token: TOKEN });
  using _ = log;
  // A picture of a page with `Referrer-Policy: no-referrer`, over plain HTTP.
  const browser = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64)", accept: "image/*" };
  for (let i = 0; i < 2000; i++) await ask(`/snapshot?token=${i}`, { headers: browser });
  const cookie = `wscam_8765=${createSecret(TOKEN).cookie}`;
  const own = { origin: "http://cam.lan:8765" };
  const token = encodeURIComponent(TOKEN);
  const right: [path: string, headers: Record<string, string>][] = [
    ["/cameras", { authorization: `Bearer ${TOKEN}` }],
    [`/cameras?token=${token}`, {}],
    ["/", { ...browser, cookie }],
    [`/?token=${token}`, { ...browser, ...own }],
  ];
  for (const [path, headers] of right) {
    assertEquals((await ask(path, { headers })).status, 200, JSON.stringify(headers));
  }
  const shown = await ask(`/snapshot?token=${token}`, { headers: browser });
  assertEquals(shown.status, 429, "its own way of guessing has an end");
});

Deno.test("Guard.update() forgets who has shown a token that holds no more, and nobody else", async () => {
  for (const [token, status] of [[TOKEN, 200], ["another of some length", 429]] as const) {
    const { ask, guard, log } = startGuard({ token: TOKEN });
    using _log = log;
    const show = (text: string) => ask("/", { headers: { authorization: `Bearer ${text}` } });
    await show(TOKEN);
    guard.update({ token });
    for (let i = 0; i < 2000; i++) await show(`guess ${i}`);
    assertEquals((await show(token)).status, status);
  }
});
