import { assert, assertEquals } from "@std/assert";
import type { Rules } from "../../../lib/server/access/decide.ts";
import type { OriginRule } from "../../../lib/server/access/origin/origins.ts";
import {
  assertOutcomes,
  basic,
  type Case,
  COOKIE,
  LOCKED,
  of,
  TOKEN,
  WEBSOCKET,
} from "./decide_cases.ts";

function list(...origins: string[]): { origins: OriginRule } {
  return { origins: { kind: "list", origins } };
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
