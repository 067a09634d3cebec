import { assertEquals, assertThrows } from "@std/assert";
import { addressWith } from "../../lib/client/address.ts";
import { parseQuery, type ViewerSettings } from "../../lib/protocol/viewer_settings.ts";

Deno.test("addressWith() asks for files and acknowledgement, unless something else is said", () => {
  const files = "ack=1&format=binary";
  assertEquals(addressWith("ws://host:8765"), `ws://host:8765/?${files}`);
  assertEquals(addressWith("ws://host/?ack=0"), "ws://host/?ack=0&format=binary");
  assertEquals(addressWith("ws://host/", { ack: false }), "ws://host/?ack=0&format=binary");
  assertEquals(addressWith("ws://host/?ack=0", { ack: true }), `ws://host/?${files}`);
  assertEquals(addressWith("ws://host/?format=json"), "ws://host/?format=json&ack=1");
  assertEquals(addressWith("ws://host/?ack=1", { format: "json" }), "ws://host/?ack=1&format=json");
});

Deno.test("addressWith() keeps what stands there, and writes what the server reads", () => {
  const settings: ViewerSettings = {
    camera: "前 门&=",
    fps: 0.5,
    quality: 70,
    width: 320,
    format: "binary" as const,
    ack: true,
    annotations: true,
  };
  const { pathname, searchParams } = new URL(
    addressWith("wss://me:pw@host/any?token=a%2Bb&fps=9", settings),
  );
  assertEquals([pathname, searchParams.get("token")], ["/any", "a+b"]);
  assertEquals(parseQuery(searchParams), { ok: true, settings });
});

Deno.test("addressWith() leaves to the camera what is null", () => {
  const url = addressWith("ws://host/?fps=9&width=40", { fps: null, quality: null });
  assertEquals(url, "ws://host/?width=40&ack=1&format=binary");
});

Deno.test("addressWith() throws when the address is none", () => {
  assertThrows(() => addressWith("no address"), TypeError);
});
