import { assert, assertEquals, assertThrows } from "@std/assert";
import { isRelayUrl, parseRelayUrl } from "../../lib/protocol/relay_url.ts";

Deno.test("parseRelayUrl() reads server, user and camera", () => {
  const none = { tls: false, user: undefined, password: undefined };
  const cases = {
    "nats://host": { ...none, shown: "nats://host:4222", host: "host:4222", camera: "" },
    "nats://host:99/door": { ...none, shown: "nats://host:99", host: "host:99", camera: "door" },
    "NATS://[::1]:99/*": { ...none, shown: "nats://[::1]:99", host: "[::1]:99", camera: "*" },
    "tls://host/": { ...none, tls: true, shown: "tls://host:4222", host: "host:4222", camera: "" },
    "nats://host/K%C3%BCche%202": {
      ...none,
      shown: "nats://host:4222",
      host: "host:4222",
      camera: "Küche 2",
    },
    "nats://a:b%2F%3A:c@host/x": {
      ...none,
      shown: "nats://host:4222",
      host: "host:4222",
      camera: "x",
      user: "a",
      password: "b/::c",
    },
    "nats://token@host/x": {
      ...none,
      shown: "nats://host:4222",
      host: "host:4222",
      camera: "x",
      user: "token",
    },
  };
  for (const [url, { camera, ...broker }] of Object.entries(cases)) {
    assertEquals(parseRelayUrl(url), { broker, camera }, url);
    assert(isRelayUrl(url));
  }
});

Deno.test("parseRelayUrl() refuses what is no such URL, and never repeats a password", () => {
  const urls = [
    "nats://",
    "nats:///door",
    "nats://host:0/x",
    "nats://host:70000/x",
    "nats://user:secret@/x",
    "nats://user:sec/ret@host/x",
    "nats://user:12/secret@host/x",
    "nats://user:sec?ret@host/x",
    "nats://user:sec#ret@host/x",
    "nats://a:secret@b:c:d/x",
    "nats://host/x?secret",
    "nats://host/%zz",
    "nats://user:%secret@host/x",
  ];
  for (const url of urls) {
    const error = assertThrows(() => parseRelayUrl(url), RangeError);
    assert(error.message.startsWith("must "), url);
    assert(!/secret|sec|ret@/.test(error.message), error.message);
  }
  for (const text of ["rtsp://host", "nats", "tlsx://host"]) assertEquals(isRelayUrl(text), false);
});
