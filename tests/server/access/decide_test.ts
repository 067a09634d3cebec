import { assert, assertEquals, assertMatch } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import { askingPage } from "../../../lib/server/access/asking_page.ts";
import { type Client } from "../../../lib/server/access/forwarded.ts";
import { decide, type Question, type Rules } from "../../../lib/server/access/decide.ts";
import type { Decision } from "../../../lib/server/access/decision.ts";
import type { OriginRule } from "../../../lib/server/access/origins.ts";
import { createSecret } from "../../../lib/server/access/secret.ts";
import { signShareLink } from "../../../lib/server/access/share_link.ts";
import { findRoute } from "../../../lib/server/routes.ts";

const TOKEN = "a token of some length";
const NOW = 1_800_000_000_000;
const COOKIE = `wscam_8765=${createSecret(TOKEN).cookie}`;

interface Case {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  client?: Partial<Client>;
  rules?: Partial<Rules>;
  isShut?: boolean;
}

const OPEN: Rules = {
  token: undefined,
  origins: { kind: "local" },
  hosts: { machine: "attic", named: new Set(["cam.example.org"]), any: false },
};
const LOCKED = { token: { text: TOKEN, secret: createSecret(TOKEN) } };
const WEBSOCKET = { upgrade: "websocket" };

function list(...origins: string[]): { origins: OriginRule } {
  return { origins: { kind: "list", origins } };
}

/** With the row that really answers it. */
function questionOf(
  { method = "GET", path = "/", headers = {}, client: own, rules, isShut }: Case,
): Question {
  const url = new URL(`http://cam.lan:8765${path}`);
  const asked = { method, url, headers: new Headers(headers) };
  const client: Client = {
    address: "192.168.1.7",
    host: "cam.lan:8765",
    isSecure: false,
    isHidden: false,
    ...own,
  };
  const rule = rules?.origins ?? OPEN.origins;
  return {
    ...asked,
    client,
    isShut: isShut ?? false,
    route: findRoute(asked),
    page: askingPage(asked.headers, { self: client, rule }),
    now: NOW,
  };
}

function of(each: Case): Decision {
  return decide(questionOf(each), { ...OPEN, ...each.rules });
}

/** In few words: the status of a refusal, the rights of a grant. */
function outcome(each: Case): string {
  const decision = of(each);
  return decision.isGranted ? decision.grant.rights : String(decision.status);
}

function assertOutcomes(cases: [Case, string][]): void {
  for (const [each, expected] of cases) {
    assertEquals(
      outcome(each),
      expected,
      JSON.stringify(each, (k, v) => k === "token" ? "…" : v),
    );
  }
}

function basic(password: string): Record<string, string> {
  return { authorization: `Basic ${encodeBase64(new TextEncoder().encode(`me:${password}`))}` };
}

Deno.test("decide() lets everybody in without a token, as ever", () => {
  assertOutcomes([
    [{}, "control"],
    [{ headers: WEBSOCKET }, "control"],
    [{ path: "/any/path?x=1", headers: WEBSOCKET }, "control"],
    [{ path: "/?token=whatever" }, "control"],
    [{ headers: { ...WEBSOCKET, authorization: "Bearer whatever", cookie: "a=b" } }, "control"],
    [{ client: { host: undefined } }, "control"],
    [{ client: { host: "" } }, "control"],
    [{ client: { host: "192.168.1.5:8765" } }, "control"],
  ]);
});

Deno.test("decide() lets only the local network control, where there is no token", () => {
  assertOutcomes([
    [{ client: { address: "203.0.113.9" } }, "watch"],
    [{ client: { address: "2001:db8::1" } }, "watch"],
    [{ client: { address: "fe80::1%eth0" } }, "control"],
    [{ client: { address: "::ffff:10.0.0.1" } }, "control"],
    [{ client: { address: undefined } }, "control"],
    [{ client: { isHidden: true } }, "watch"],
    [{ headers: { ...WEBSOCKET, origin: "http://cam.lan:8765" } }, "control"],
    [{ headers: { ...WEBSOCKET, origin: "http://192.168.1.9" } }, "control"],
    [{ headers: { ...WEBSOCKET, origin: "null" } }, "watch"],
    [{ headers: { ...WEBSOCKET, origin: "file://" } }, "watch"],
    [{ headers: { ...WEBSOCKET, origin: "file:///sdcard/view.html" } }, "watch"],
    [{ headers: { ...WEBSOCKET, origin: "http://octopi:5000" } }, "control"],
    [{ headers: { ...WEBSOCKET, origin: "http://nas.home.arpa" } }, "control"],
    [{ client: { address: "203.0.113.9" }, rules: LOCKED, path: `/?token=${TOKEN}` }, "control"],
  ]);
});

Deno.test("decide() refuses names that a page may have been rebound to", () => {
  assertOutcomes([
    [{ client: { host: "evil.example:8765" } }, "403"],
    [{
      client: { host: "evil.example:8765" },
      headers: { ...WEBSOCKET, origin: "http://evil.example:8765" },
    }, "403"],
    [{ client: { host: "evil.example" }, path: "/healthz" }, "403"],
    [{ client: { host: "evil.example" }, path: `/?token=${TOKEN}`, rules: LOCKED }, "403"],
    [{ client: { host: "a b" } }, "400"],
    [{ client: { host: "me@cam.lan" } }, "400"],
    [{ client: { host: "cam.example.org" } }, "control"],
  ]);
});

Deno.test("decide() refuses pages from elsewhere by Origin", () => {
  const from = (origin: string, more: Case = {}): Case => ({
    headers: { ...WEBSOCKET, origin },
    ...more,
  });
  assertOutcomes([
    [from("https://evil.example"), "403"],
    [from("http://evil.example:8765"), "403"],
    [from("http://192.168.1.9"), "control"],
    [from("http://192.168.1.9", { rules: list("https://a.example") }), "403"],
    [from("null", { rules: list("https://a.example") }), "403"],
    [from("https://a.example", { rules: list("https://a.example") }), "control"],
    [from("http://cam.lan:8765", { rules: list("https://a.example") }), "control"],
    [from("http://cam.lan:8766", { rules: list("https://a.example") }), "403"],
    [from("https://evil.example", { rules: list("*") }), "control"],
    [{ rules: list("https://a.example"), headers: WEBSOCKET }, "control"],
    [from("https://evil.example", { rules: LOCKED, path: `/?token=${TOKEN}` }), "403"],
    [{ path: "/cameras", headers: { origin: "https://evil.example" } }, "403"],
  ]);
});

Deno.test("decide() refuses pages from elsewhere that show a picture, as far as browsers tell", () => {
  const image = (headers: Record<string, string>, rules: Partial<Rules> = {}): Case => (
    { path: "/stream", headers: { accept: "image/avif,*/*;q=0.8", ...headers }, rules }
  );
  const crossSite = { "sec-fetch-site": "cross-site", "sec-fetch-dest": "image" };
  const opened = {
    accept: "text/html,*/*",
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
  };
  assertOutcomes([
    [image({}), "control"],
    [image({ referer: "http://evil.example/x" }), "403"],
    [image({ referer: "http://192.168.1.9:8123/lovelace" }), "control"],
    [image({ referer: "http://cam.lan:8765/" }), "control"],
    [image(crossSite), "403"],
    [image({ ...crossSite, "sec-fetch-site": "same-site" }), "watch"],
    [image({ ...crossSite, "sec-fetch-site": "same-site" }, list("https://a.example")), "403"],
    [image({ ...crossSite, "sec-fetch-dest": "iframe" }), "control"],
    [image({ ...crossSite, referer: "http://evil.example/", "sec-fetch-dest": "iframe" }), "403"],
    [image({ ...crossSite, referer: "http://evil.example/" }), "403"],
    [image({ ...crossSite, referer: "http://homeassistant.local/" }), "control"],
    [image({ ...crossSite, "sec-fetch-site": "same-origin" }), "control"],
    [image(crossSite, list("*")), "watch"],
    [image(crossSite, list("null")), "watch"],
    [image({ referer: "http://192.168.1.9/" }, list("https://a.example")), "403"],
    [{ headers: { ...opened, "sec-fetch-dest": "document" } }, "control"],
    [
      { headers: { ...opened, "sec-fetch-dest": "document", referer: "http://evil.example/" } },
      "control",
    ],
    [
      { headers: { ...opened, "sec-fetch-dest": "iframe", referer: "http://evil.example/" } },
      "403",
    ],
    [{ headers: { ...opened, "sec-fetch-dest": "iframe", referer: "http://a.local/" } }, "control"],
    [{ headers: { accept: "text/html", referer: "http://evil.example/" } }, "control"],
  ]);
});

Deno.test("decide() takes the token in every place, and nothing else", () => {
  const right: Case[] = [
    { headers: { authorization: `Bearer ${TOKEN}` } },
    { headers: basic(TOKEN) },
    { path: `/cameras?token=${TOKEN}` },
    { headers: { ...WEBSOCKET, "sec-websocket-protocol": `bearer.${encodeURIComponent(TOKEN)}` } },
    { headers: { cookie: COOKIE } },
    { headers: { cookie: COOKIE, authorization: "Bearer wrong" } },
    { headers: { ...WEBSOCKET, cookie: COOKIE, origin: "http://cam.lan:8765" } },
  ];
  for (const each of right) assertEquals(outcome({ ...each, rules: LOCKED }), "control");
  const wrong: [Case, guesses: number][] = [
    [{}, 0],
    [{ headers: WEBSOCKET }, 0],
    [{ path: "/nothing" }, 0],
    [{ path: "/healthz/" }, 0],
    [{ path: "//healthz" }, 0],
    [{ method: "OPTIONS" }, 0],
    [{ headers: { cookie: COOKIE.replace("8765", "8766") } }, 0],
    [{ path: "/?token=" }, 0],
    [{ path: "/?token=wrong" }, 1],
    [{ path: `/?token=${TOKEN}x` }, 1],
    [{ path: `/?Token=${TOKEN}` }, 0],
    [{ headers: { authorization: `Bearer ${TOKEN.toUpperCase()}` } }, 1],
    [{ headers: basic("") }, 1],
    [{ headers: { cookie: `wscam_8765=${encodeURIComponent(TOKEN)}` } }, 0],
    [{ headers: { authorization: `Bearer ${createSecret(TOKEN).cookie}` } }, 1],
    [{ path: "/?token=a", headers: { ...basic("c"), cookie: "wscam_8765=d" } }, 2],
  ];
  for (const [each, guesses] of wrong) {
    const decision = of({ ...each, rules: LOCKED });
    assert(!decision.isGranted);
    assertEquals([decision.status, decision.guesses.length], [401, guesses], JSON.stringify(each));
    assertEquals(decision.headers["www-authenticate"], 'Basic realm="wscam", charset="UTF-8"');
    assert(!JSON.stringify(decision).includes(TOKEN));
  }
});

Deno.test("decide() lets a health check in without the token, and nothing else by its path", async (t) => {
  const free: Case[] = [
    { path: "/healthz" },
    { path: "/healthz?x" },
    { path: "/./healthz" },
    { path: "/any/../healthz" },
    { path: "/healthz", method: "HEAD" },
    { path: "/healthz", headers: { connection: "upgrade" } },
    { path: "/healthz", headers: { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" } },
  ];
  const locked: Case[] = [
    { path: "//healthz" },
    { path: "/healthz/" },
    { path: "/HEALTHZ" },
    { path: "/%68ealthz" },
    { path: "/healthz;x" },
    ...["POST", "OPTIONS", "PUT", "DELETE", "get"].map((method) => ({ path: "/healthz", method })),
    ...["websocket", "WebSocket", "WEBSOCKET", "websocket, h2c", "h2c", "websocket/13", ""]
      .flatMap((upgrade) =>
        ["/healthz", "/healthz?x", "/./healthz"].map((path) => ({ path, headers: { upgrade } }))
      ),
  ];
  for (const each of free) {
    await t.step(`free: ${JSON.stringify(each)}`, () => {
      assertEquals(outcome({ ...each, rules: LOCKED }), "none");
      assertEquals(outcome(each), "control", "without a token, everybody has the right");
    });
  }
  await t.step("with the token", () => {
    const path = `/healthz?token=${TOKEN}`;
    assertEquals(outcome({ path, rules: LOCKED }), "control");
    assertEquals(outcome({ path, rules: LOCKED, isShut: true }), "none");
    assertEquals(
      outcome({ path: "/healthz", headers: { cookie: COOKIE }, rules: LOCKED }),
      "control",
    );
    const wrong = of({ path: "/healthz?token=wrong", rules: LOCKED });
    assertEquals([wrong.isGranted, wrong.guesses.length], [true, 1], "it is a guess all the same");
  });
  for (const each of locked) {
    await t.step(`locked: ${JSON.stringify(each)}`, () => {
      assertEquals(outcome({ ...each, rules: LOCKED }), "401");
    });
  }
});

Deno.test("decide() lets a page in that hides where it is from, if it has the token itself", () => {
  const crossSite = { "sec-fetch-site": "cross-site", "sec-fetch-dest": "image" };
  const at = (path: string, headers: Record<string, string> = {}): Case => (
    { path, headers: { ...crossSite, ...headers }, rules: LOCKED }
  );
  assertOutcomes([
    [at(`/stream?token=${TOKEN}`), "control"],
    [at("/stream"), "403"],
    [at("/stream", { cookie: COOKIE }), "403"],
    [at("/stream", basic(TOKEN)), "403"],
    [at("/healthz"), "403"],
  ]);
  const wrong = of(at("/stream?token=wrong"));
  assertEquals([wrong.isGranted, wrong.guesses.length], [false, 1], "it is a guess all the same");
});

Deno.test("decide() lets no other page use what a browser adds by itself", () => {
  const other = { ...WEBSOCKET, origin: "http://192.168.1.9" };
  assertOutcomes([
    [{ rules: LOCKED, headers: { ...other, cookie: COOKIE } }, "401"],
    [{ rules: LOCKED, headers: { ...other, ...basic(TOKEN) } }, "401"],
    [{ rules: LOCKED, headers: { ...WEBSOCKET, origin: "null", cookie: COOKIE } }, "401"],
    [{ rules: LOCKED, headers: { ...other, authorization: `Bearer ${TOKEN}` } }, "control"],
    [{ rules: LOCKED, headers: other, path: `/?token=${TOKEN}` }, "control"],
  ]);
});

Deno.test("decide() gives the page a cookie, and takes the token out of its address", () => {
  const typed = { "sec-fetch-site": "none", "sec-fetch-dest": "document" };
  const path = `/?token=${encodeURIComponent(TOKEN)}&camera=${encodeURIComponent("前门\r\nX: y")}`;
  const moved = of({ path, headers: typed, rules: LOCKED });
  assert(!moved.isGranted);
  assertEquals(moved.status, 303);
  assertEquals(
    moved.headers["location"],
    `./?camera=${encodeURIComponent("前门\r\nX: y").replaceAll("%20", "+")}`,
  );
  const cookie = moved.headers["set-cookie"] ?? "";
  assertEquals(cookie, `${COOKIE}; Max-Age=34560000; HttpOnly; SameSite=Strict`);
  const linked = { ...typed, "sec-fetch-site": "cross-site" };
  const cases: [Case, cookie: boolean][] = [
    // Such a browser wouldn't send the cookie after a redirect.
    [{ path, headers: linked }, true],
    [{ path }, true],
    [{ headers: { cookie: COOKIE } }, true],
    [{ headers: basic(TOKEN) }, true],
    [{ path: `/cameras?token=${TOKEN}` }, false],
    [{ path, headers: WEBSOCKET }, false],
    [{ path, method: "HEAD" }, false],
    [{ path: `/?action=stream&token=${TOKEN}` }, false],
  ];
  for (const [each, hasCookie] of cases) {
    const decision = of({ ...each, rules: LOCKED });
    assert(decision.isGranted);
    assertEquals(decision.grant.cookie !== undefined, hasCookie, JSON.stringify(each));
  }
  const secure = of({ path, client: { isSecure: true }, rules: LOCKED });
  assert(secure.isGranted);
  assertMatch(secure.grant.cookie ?? "", /^wscam_8765=.*; Secure$/);
  const stale = of({ headers: { cookie: "wscam_8765=old" }, rules: LOCKED });
  assert(!stale.isGranted);
  assertMatch(stale.headers["set-cookie"] ?? "", /^wscam_8765=; Max-Age=0/);
});

Deno.test("decide() opens one camera to a link, until it ends, and nothing else", async () => {
  const expires = NOW / 1000 + 60;
  const share = await signShareLink({ camera: "door", expires }, TOKEN);
  const ended = await signShareLink({ camera: "door", expires: NOW / 1000 }, TOKEN);
  const foreign = await signShareLink({ camera: "door", expires }, "another token");
  const altered = share.replace(/.$/, (last) => last === "A" ? "E" : "A");
  const decision = of({ path: `/?share=${share}`, rules: LOCKED });
  assert(decision.isGranted);
  const { rights, camera, expires: until, cookie } = decision.grant;
  assertEquals([rights, camera, until, cookie], ["watch", "door", expires * 1000, undefined]);
  const cases: [Case, string][] = [
    [{ path: `/x?share=${share}`, headers: WEBSOCKET }, "watch"],
    [{ path: `/?share=${share}&camera=door`, headers: WEBSOCKET }, "watch"],
    [{ path: `/?share=${share}&camera=attic`, headers: WEBSOCKET }, "403"],
    [{ path: `/?share=${share}&camera=`, headers: WEBSOCKET }, "403"],
    [{ path: `/stream?share=${share}&camera=attic` }, "403"],
    [{ path: `/?token=${share}` }, "watch"],
    [{ headers: { authorization: `Bearer ${share}` } }, "watch"],
    [{ headers: basic(share) }, "watch"],
    [{ headers: { ...WEBSOCKET, "sec-websocket-protocol": `bearer.${share}` } }, "watch"],
    [{ path: `/?share=${share}&token=${TOKEN}` }, "control"],
    [{ path: `/?share=${ended}` }, "403"],
    [{ path: `/?share=${foreign}` }, "403"],
    [{ path: `/?share=${altered}` }, "403"],
    // A damaged one is no reason to ask for a password.
    [{ path: "/?share=x" }, "403"],
    [{ path: "/?share=" }, "403"],
    [{ path: `/?share=${share.slice(0, -9)}` }, "403"],
    [{ headers: { cookie: `wscam_8765=${share}` } }, "401"],
    [{ path: `/state?share=${share}`, headers: { upgrade: "other" } }, "403"],
    ...["/stream", "/stream.mjpg", "/snapshot", "/snapshot.jpg", "/cameras", "/?action=stream"].map(
      (path): [Case, string] => [
        { path: `${path}${path.includes("?") ? "&" : "?"}share=${share}` },
        "watch",
      ],
    ),
    ...["/state", "/metrics", "/nothing", "/cameras/"].map(
      (path): [Case, string] => [{ path: `${path}?share=${share}` }, "403"],
    ),
  ];
  assertOutcomes(cases.map(([each, expected]) => [{ ...each, rules: LOCKED }, expected]));
  const helped = of({
    path: `/?share=${share}&token=x`,
    headers: { cookie: "wscam_8765=y" },
    rules: LOCKED,
  });
  assert(helped.isGranted);
  assertEquals(helped.guesses.length, 1, "a guest may guess no more than others");
  assertMatch(helped.grant.cookie ?? "", /^wscam_8765=; Max-Age=0/);
  const guess = of({ path: `/?share=${altered}`, rules: LOCKED });
  const late = of({ path: `/?share=${ended}`, rules: LOCKED });
  assertEquals([guess, late].map((each) => each.guesses.length), [0, 0], "a link is no guess");
});

Deno.test("decide() looks at cookies and links alone while nobody's token is taken", async () => {
  const hour = { camera: "door", expires: NOW / 1000 + 3600 };
  const share = await signShareLink(hour, TOKEN);
  const shut = { rules: LOCKED, isShut: true };
  assertOutcomes([
    [{ ...shut, headers: { cookie: COOKIE } }, "control"],
    [{ ...shut, path: `/?share=${share}` }, "watch"],
    [{ ...shut, path: "/healthz" }, "none"],
    [{ ...shut, path: `/?token=${TOKEN}` }, "401"],
    [{ ...shut, headers: basic(TOKEN) }, "401"],
    [{ ...shut, headers: { authorization: `Bearer ${TOKEN}` } }, "401"],
  ]);
  const [right, wrong] = [TOKEN, "x"].map((token) => of({ ...shut, path: `/?token=${token}` }));
  assertEquals(right, wrong, "there is nothing to be guessed");
});

Deno.test("decide() answers a browser's question whether a page may ask", () => {
  const question = {
    origin: "http://192.168.1.9",
    "access-control-request-method": "GET",
    "access-control-request-private-network": "true",
  };
  const answer = of({
    method: "OPTIONS",
    path: "/cameras",
    headers: question,
    rules: LOCKED,
  });
  assert(!answer.isGranted);
  assertEquals(answer.status, 204);
  assertEquals(answer.headers["access-control-allow-origin"], "http://192.168.1.9");
  assertEquals(answer.headers["access-control-allow-headers"], "authorization");
  assertEquals(answer.headers["access-control-allow-private-network"], "true");
  assertOutcomes([
    [{
      method: "OPTIONS",
      path: "/cameras",
      headers: { ...question, origin: "http://evil.example" },
    }, "403"],
    [{ method: "OPTIONS", path: "/metrics", headers: question, rules: LOCKED }, "401"],
    [{ method: "OPTIONS", path: "/", headers: question, rules: LOCKED }, "401"],
    [{ method: "GET", path: "/cameras", headers: question, rules: LOCKED }, "401"],
  ]);
});
