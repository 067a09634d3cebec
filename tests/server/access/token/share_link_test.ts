import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import {
  looksLikeShareLink,
  readShareLink,
  signShareLink,
} from "../../../../lib/server/access/token/share_link.ts";

const TOKEN = "a token of some length";

Deno.test("readShareLink() reads what signShareLink() wrote, whatever the camera is called", async () => {
  for (const camera of ["door", "前门 & <b>", '"', "a".repeat(200), "\u0000\n\ud800", "."]) {
    const link = { camera: camera.toWellFormed(), expires: 1_900_000_000 };
    const text = await signShareLink(link, TOKEN);
    assertMatch(text, /^s1\.[\w-]+\.[\w-]{43}$/);
    assertEquals(readShareLink(text, TOKEN), { ok: true, link });
  }
});

Deno.test("signShareLink() signs as documented", async () => {
  const text = await signShareLink({ camera: "door", expires: 1_900_000_000 }, TOKEN);
  const payload = Buffer.from('{"camera":"door","expires":1900000000,"rights":"watch"}')
    .toString("base64url");
  const signature = createHmac("sha256", TOKEN).update(`wscam share s1 ${payload}`).digest(
    "base64url",
  );
  assertEquals(text, `s1.${payload}.${signature}`);
});

Deno.test("readShareLink() refuses a link of another token", async () => {
  const text = await signShareLink({ camera: "door", expires: 1_900_000_000 }, TOKEN);
  for (const token of ["another", `${TOKEN} `, TOKEN.toUpperCase()]) {
    assertEquals(readShareLink(text, token), { ok: false, reason: "altered" });
  }
});

Deno.test("readShareLink() refuses a link with any letter altered, cut or added", async () => {
  const text = await signShareLink({ camera: "door", expires: 1_900_000_000 }, TOKEN);
  for (let i = 0; i < text.length; i++) {
    const other = text[i] === "A" ? "B" : "A";
    for (
      const altered of [
        text.slice(0, i) + other + text.slice(i + 1),
        text.slice(0, i) + text.slice(i + 1),
        text.slice(0, i) + other + text.slice(i),
      ]
    ) {
      if (altered === text) continue;
      assert(!readShareLink(altered, TOKEN).ok, `${i}: ${altered}`);
    }
  }
});

Deno.test("readShareLink() refuses what was signed for something else, or is no link", () => {
  const sign = (payload: string): string => {
    const text = Buffer.from(payload).toString("base64url");
    const signature = createHmac("sha256", TOKEN).update(`wscam share s1 ${text}`).digest();
    return `s1.${text}.${signature.toString("base64url")}`;
  };
  const wrong = [
    "{}",
    "[]",
    "null",
    "7",
    '"x"',
    "{",
    '{"camera":"a","expires":1,"rights":"control"}',
    '{"camera":1,"expires":1,"rights":"watch"}',
    '{"camera":"a","expires":"1","rights":"watch"}',
    '{"camera":"a","expires":1e999,"rights":"watch"}',
    '{"camera":"a","rights":"watch"}',
  ];
  for (const payload of wrong) {
    assertEquals(
      readShareLink(sign(payload), TOKEN),
      { ok: false, reason: "malformed" },
      payload,
    );
  }
  const good = sign('{"camera":"a","expires":1,"rights":"watch"}');
  assertNotEquals(readShareLink(good, TOKEN), { ok: false, reason: "malformed" });
  for (
    const text of ["", "s1", "s1..", "s2" + good.slice(2), good + ".", "s1." + "a".repeat(9000)]
  ) {
    assert(!looksLikeShareLink(text));
    assertEquals(readShareLink(text, TOKEN).ok, false);
  }
});
