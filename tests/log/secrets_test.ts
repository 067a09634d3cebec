import { assert, assertEquals } from "@std/assert";
import { hideSecrets, redactUrls } from "../../lib/log/secrets.ts";

Deno.test("redactUrls() takes users, passwords and queries out of a text", async (t) => {
  const cases = [
    ["no URL in it: a@b, 12:30", "no URL in it: a@b, 12:30"],
    ["rtsp://u:p@h/x: Connection refused", "rtsp://h/x: Connection refused"],
    ["'rtsp://u:p@h/x' and \"http://h?q=p\"", "'rtsp://h/x' and \"http://h\""],
    ["[tcp @ 0x55] tcp://127.0.0.1:9?timeout=0 failed", "[tcp @ 0x55] tcp://127.0.0.1:9 failed"],
    ["a http://a:b@c\nb http://d:e@f\n", "a http://c\nb http://f\n"],
    ["async:http://u:p@h/x", "async:http://h/x"],
    ["HTTPS://U:P@H/X", "HTTPS://H/X"],
    ["rtsp://u:p@[fe80::1%25eth0]:554/", "rtsp://[fe80::1%25eth0]:554/"],
    ["rtsp://u:p@@h/", "rtsp://h/"],
    ["rtsp://@h/", "rtsp://h/"],
    ["rtsp://u:p'q\"r@h/x", "rtsp://h/x"],
  ] as const;
  for (const [text, redacted] of cases) {
    await t.step(text, () => assertEquals(redactUrls(text), redacted));
  }
});

Deno.test("hideSecrets() takes secrets out, wherever they stand", async (t) => {
  const cases = [
    ["GET /stream?token=abc123&fps=5", "GET /stream?token=…&fps=5"],
    ["WSCAM_TOKEN=hunter2 was set", "WSCAM_TOKEN=… was set"],
    ["--token=hunter2", "--token=…"],
    ["Authorization: Bearer abc.def", "Authorization: Bearer …"],
    ["authorization: basic dXNlcjpwYXNz", "authorization: basic …"],
    ['{"authorization":"Digest username=me, response=00ff"}', '{"authorization":"Digest …"}'],
    ["Authorization: secret with words", "Authorization: …"],
    ["came with Bearer abc.def, and left", "came with Bearer …, and left"],
    ["protocol 'wscam, bearer.abc-def_1' is unknown", "protocol 'wscam, bearer.…' is unknown"],
    ["Cookie: a=1; wscam=hunter2", "Cookie: …"],
    ["ws://me:pass@host/?token=x failed", "ws://host/ failed"],
    ["password=hunter2;", "password=…;"],
    ['{"token": "hunter2"}', '{"token": "…"}'],
    ["Cannot check token: it has expired", "Cannot check token: it has expired"],
    ["Camera 0 was unplugged; trying again in 5 s", "Camera 0 was unplugged; trying again in 5 s"],
    ["'--token' needs a value", "'--token' needs a value"],
  ] as const;
  for (const [text, hidden] of cases) {
    await t.step(text, () => assertEquals(hideSecrets(text), hidden));
  }
});

Deno.test("hideSecrets() is quick when a text is long", () => {
  const urls = ["http://", "a", "a:", "@", "http://a@", "a+", "?", "a.", "://"];
  const headers = ["token=", "bearer ", "authorization: ", "Bearer.", "cookie:", "set-", " "];
  const start = performance.now();
  for (const part of [...urls, ...headers]) {
    assertEquals(typeof hideSecrets(part.repeat(50_000)), "string");
  }
  // Time that grew with the square would be minutes.
  assert(performance.now() - start < 20_000);
});
