import { assertEquals, assertStringIncludes } from "@std/assert";
import { checkCamera } from "../../../lib/commands/share/check_camera.ts";
import { reasonHeader } from "../../../lib/server/refusal/reason.ts";

Deno.test("checkCamera() says why a link can't work, or can't be checked", async (t) => {
  let answer = (): Response => new Response();
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => answer(),
  );
  const page = `http://127.0.0.1:${server.addr.port}/`;
  const refuse = (status: number, headers: Record<string, string> = {}) => () =>
    new Response("no", { status, headers });
  const cases: [what: string, () => Response, kind: string, words: string][] = [
    ["another token", refuse(401, reasonHeader("token-wrong")), "refused", "has another token"],
    ["an older wscam", refuse(403), "refused", "has another token"],
    [
      "a name of its own",
      refuse(403, reasonHeader("unknown-host", { host: "cam.example" })),
      "refused",
      "does not answer to that name: give its address with '--url'",
    ],
    [
      "guesses",
      refuse(429, reasonHeader("too-many-guesses", { seconds: "42" })),
      "unknown",
      "has got too many wrong tokens from here: try again in 42 s",
    ],
    [
      "a redirection",
      refuse(301, { location: "https://me:geheim@cam.example/cameras?token=geheim" }),
      "unknown",
      "redirects to https://cam.example: give the address where it ends",
    ],
    ["a proxy alone", refuse(502), "unknown", "can't answer (HTTP 502)"],
    ["no such page", refuse(404), "unknown", "is not wscam (HTTP 404)"],
    ["no list", () => new Response("<html>"), "unknown", "is not wscam (HTTP 200)"],
    [
      "another camera",
      () => Response.json([{ name: "attic" }]),
      "refused",
      "has no camera 'door': it has 'attic'",
    ],
  ];
  for (const [what, each, kind, words] of cases) {
    await t.step(what, async () => {
      answer = each;
      const checked = await checkCamera("door", { token: "sesame", page });
      assertEquals(checked.kind, kind);
      if (checked.kind !== "there") {
        assertStringIncludes(checked.reason, `the server at ${page.slice(0, -1)} ${words}`);
      }
    });
  }
});

Deno.test("checkCamera() speaks of http where TLS was expected, and is not spoken", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    return new Response();
  });
  const page = `https://127.0.0.1:${server.addr.port}/`;
  const checked = await checkCamera("door", { token: "sesame", page });
  assertEquals(checked, {
    kind: "unknown",
    reason: `${
      page.slice(0, -1)
    }: the server there doesn't speak TLS: try http:// instead of https://`,
  });
});
