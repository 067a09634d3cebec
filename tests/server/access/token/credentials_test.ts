import { assertEquals } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import { credentialsOf } from "../../../../lib/server/access/token/credentials.ts";

const NOTHING = { given: [], basic: [], cookie: undefined, hasLink: false, protocol: undefined };

function of(headers: Record<string, string>, query = ""): unknown {
  const place = { headers: new Headers(headers), query: new URLSearchParams(query) };
  return credentialsOf({ ...place, cookieName: "wscam_80" });
}

function basic(text: string): Record<string, string> {
  return { authorization: `Basic ${encodeBase64(new TextEncoder().encode(text))}` };
}

Deno.test("credentialsOf() finds every way in", () => {
  assertEquals(of({}), NOTHING);
  assertEquals(of({ authorization: "Bearer T" }), { ...NOTHING, given: ["T"] });
  assertEquals(of({ authorization: "bEARER   T u " }), { ...NOTHING, given: ["T u"] });
  assertEquals(of(basic("anybody:T:u")), { ...NOTHING, basic: ["T:u"] });
  assertEquals(of(basic(":令牌")), { ...NOTHING, basic: ["令牌"] });
  const link = `s1.abc.${"x".repeat(43)}`;
  assertEquals(of({}, `token=T&token=u&share=${link}`), {
    ...NOTHING,
    given: ["T", link],
    hasLink: true,
  });
  assertEquals(of({}, `share=${link.slice(0, -1)}`), { ...NOTHING, hasLink: true }, "not whole");
  assertEquals(of({ cookie: "a=b; wscam_80=C; wscam_81=x" }), { ...NOTHING, cookie: "C" });
  assertEquals(of({ "sec-websocket-protocol": "chat, bearer.T, bearer.u" }), {
    ...NOTHING,
    given: ["T"],
    protocol: "bearer.T",
  });
  const protocol = "bearer.a%20b%2F%E5%8F%A3";
  assertEquals(of({ "sec-websocket-protocol": protocol }), {
    ...NOTHING,
    given: ["a%20b%2F%E5%8F%A3", "a b/口"],
    protocol,
  });
});

Deno.test("credentialsOf() reads UTF-8 in a header", () => {
  const bytes = new TextEncoder().encode("Bearer 令牌");
  const latin1 = String.fromCharCode(...bytes);
  assertEquals(of({ authorization: latin1 }), { ...NOTHING, given: ["令牌"] });
  assertEquals(of({ authorization: "Bearer \xe9" }), { ...NOTHING, given: ["\xe9"] });
});

Deno.test("credentialsOf() finds nothing where nothing is", () => {
  const headers = [
    ...["Bearer", "Bearer ", "T", "Digest T", "Basic", "Basic !!!", "Basic eA==", "BearerT"].map(
      (authorization) => ({ authorization }),
    ),
    ...["wscam_80", "wscam_80=", "xwscam_80=C", "wscam_8=C", ";;;=", ""].map((cookie) => ({
      cookie,
    })),
    ...["bearer", "chat", "Bearer.T", ""].map((each) => ({ "sec-websocket-protocol": each })),
  ];
  for (const each of headers) assertEquals(of(each), NOTHING, JSON.stringify(each));
  assertEquals(of({}, "token="), NOTHING);
  assertEquals(of({}, "share="), { ...NOTHING, hasLink: true });
  assertEquals(of({ "sec-websocket-protocol": "bearer.%zz" }), {
    ...NOTHING,
    given: ["%zz"],
    protocol: "bearer.%zz",
  });
});
