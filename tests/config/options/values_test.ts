import { assertEquals, assertThrows } from "@std/assert";
import { brokerUrl, viewerUrl } from "../../../lib/config/options/values.ts";

Deno.test("viewerUrl() makes a WebSocket's address of what people type", async (t) => {
  const cases = [
    ["ws://h:1", "ws://h:1/"],
    ["wss://h/x?camera=a", "wss://h/x?camera=a"],
    ["ws://h", "ws://h/"],
    ["http://h:8765/", "ws://h:8765/"],
    ["https://h", "wss://h/"],
    ["HTTP://H:1/X", "ws://h:1/X"],
    ["h", "ws://h:8765/"],
    ["h/x", "ws://h:8765/x"],
    ["h?camera=a", "ws://h:8765/?camera=a"],
    ["h:9000", "ws://h:9000/"],
    ["h:9000/x", "ws://h:9000/x"],
    ["h:9000?camera=a", "ws://h:9000/?camera=a"],
    ["h:80", "ws://h/"],
    ["192.168.1.5", "ws://192.168.1.5:8765/"],
    ["[::1]", "ws://[::1]:8765/"],
    ["[::1]:9000", "ws://[::1]:9000/"],
    ["localhost?camera=前门", "ws://localhost:8765/?camera=%E5%89%8D%E9%97%A8"],
  ] as const;
  for (const [text, url] of cases) {
    await t.step(text, () => assertEquals(viewerUrl(text), url));
  }
  for (
    const text of ["", " ", "ftp://h", "file:///x", "httpx://h", "ws://", "ws://h:99999", "::1"]
  ) {
    await t.step(`not ${JSON.stringify(text)}`, () => {
      assertThrows(() => viewerUrl(text), RangeError, "must be like ws://HOST:8765, got ");
    });
  }
});

Deno.test("brokerUrl() takes a server, and no camera", () => {
  assertEquals(brokerUrl("tls://host:1/").shown, "tls://host:1");
  assertThrows(() => brokerUrl("nats://me:pw@host/door"), RangeError, "must not name a camera");
  assertThrows(() => brokerUrl("http://host"), RangeError, "must be like nats://HOST:4222, ");
});
