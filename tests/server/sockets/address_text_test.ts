import { assertEquals } from "@std/assert";
import { addressText } from "../../../lib/server/sockets/address_text.ts";

Deno.test("addressText() writes addresses as people do", () => {
  const cases: [hostname: string, text: string][] = [
    ["192.0.2.5", "192.0.2.5:51234"],
    ["::ffff:192.0.2.5", "192.0.2.5:51234"],
    ["2001:db8::5", "[2001:db8::5]:51234"],
    ["::1", "[::1]:51234"],
  ];
  for (const [hostname, text] of cases) {
    assertEquals(addressText({ transport: "tcp", hostname, port: 51_234 }), text);
  }
  assertEquals(addressText({ transport: "unix", path: "/run/wscam.sock" }), "unix");
  assertEquals(addressText({ transport: "unixpacket", path: "/run/wscam.sock" }), "unix");
});
