import { assertEquals } from "@std/assert";
import type { Route } from "../../lib/server/route.ts";
import { findRoute, ROUTES } from "../../lib/server/routes.ts";

const WEBSOCKET = { upgrade: "websocket" };

function routeOf(
  path: string,
  { method = "GET", headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Route {
  const url = new URL(`http://cam.lan:8765${path}`);
  return findRoute({ method, url, headers: new Headers(headers) });
}

Deno.test("findRoute() finds each row by its path, its other paths and its action", () => {
  for (const route of ROUTES.filter(({ isWebSocket }) => !isWebSocket)) {
    for (const path of [route.path, ...route.aliases ?? []]) {
      assertEquals(routeOf(path), route, path);
      assertEquals(routeOf(`${path}?camera=door`), route, path);
      assertEquals(routeOf(path, { method: "HEAD" }), route, path);
    }
    if (route.action !== undefined) assertEquals(routeOf(`/?action=${route.action}`), route);
  }
});

Deno.test("findRoute() leads handshakes to rows that answer them, and nothing else there", () => {
  const paths = ["/", "/any/path", "/healthz", "/metrics", "//healthz", "/?action=stream"];
  for (const path of paths) {
    const route = routeOf(path, { headers: WEBSOCKET });
    assertEquals([route.isWebSocket, route.who], [true, "guests"], path);
    assertEquals(routeOf(path).isWebSocket ?? false, false, path);
  }
});

Deno.test("findRoute() gives to everybody only what needs no token", async (t) => {
  const free = ROUTES.filter(({ who }) => who === "everybody");
  assertEquals(free.map(({ path }) => path), ["/healthz"]);
  const cases: [path: string, asked: Parameters<typeof routeOf>[1]][] = [
    ["/nothing", {}],
    ["//healthz", {}],
    ["/healthz/", {}],
    ["/healthz", { method: "POST" }],
    ["/healthz", { headers: WEBSOCKET }],
    ["/healthz", { headers: { upgrade: "h2c" } }],
  ];
  for (const [path, asked] of cases) {
    await t.step(`${path} ${JSON.stringify(asked)}`, () => {
      assertEquals(routeOf(path, asked).who !== "everybody", true);
    });
  }
});

Deno.test("no two rows answer the same", () => {
  const names = ROUTES.flatMap(({ isWebSocket, path, aliases = [], action }) =>
    [path, ...aliases, `?action=${action ?? path}`].map((name) => `${isWebSocket} ${name}`)
  );
  assertEquals(new Set(names).size, names.length);
});
