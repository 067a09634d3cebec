import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { createSecret } from "../../../../lib/server/access/token/secret.ts";

Deno.test("createSecret() knows the token and the cookie, and takes none for the other", () => {
  const { matches, matchesCookie, cookie } = createSecret("open sesame");
  assertEquals(matches("open sesame"), true);
  assertEquals(matchesCookie(cookie), true);
  for (const text of ["", "open sesam", "open sesame ", "Open sesame", cookie]) {
    assertEquals(matches(text), false, text);
  }
  for (const text of ["", "open sesame", cookie.slice(1), `${cookie}=`]) {
    assertEquals(matchesCookie(text), false, text);
  }
  assertMatch(cookie, /^[\w-]{43}$/);
  assertEquals(createSecret("another").matchesCookie(cookie), false);
});

Deno.test("Secret.fingerprint() tells texts apart, in this process alone", () => {
  const { fingerprint } = createSecret("open sesame");
  assertEquals(fingerprint("a"), fingerprint("a"));
  assertNotEquals(fingerprint("a"), fingerprint("b"));
  assertNotEquals(fingerprint("a"), createSecret("open sesame").fingerprint("a"));
});
