import { assert, assertEquals, assertMatch } from "@std/assert";
import { createSecret } from "../../../lib/server/access/token/secret.ts";
import { signShareLink } from "../../../lib/server/access/token/share_link.ts";
import {
  assertOutcomes,
  basic,
  type Case,
  COOKIE,
  LOCKED,
  NOW,
  of,
  outcome,
  TOKEN,
  WEBSOCKET,
} from "./decide_cases.ts";

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
    // A damaged link must not cause a prompt for a password.
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
