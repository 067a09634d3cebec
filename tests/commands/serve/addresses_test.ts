import { assertEquals } from "@std/assert";
import { type InterfaceAddress, viewerHosts } from "../../../lib/commands/serve/addresses.ts";

const INTERFACES: InterfaceAddress[] = [
  { family: "IPv4", address: "127.0.0.1" },
  { family: "IPv6", address: "::1" },
  { family: "IPv4", address: "192.168.1.20" },
  { family: "IPv4", address: "169.254.7.7" },
  { family: "IPv6", address: "fe80::1" },
  { family: "IPv6", address: "2001:db8::5" },
  { family: "IPv4", address: "10.0.0.3" },
];

Deno.test("viewerHosts() gives this machine and its addresses when it listens on all", () => {
  assertEquals(viewerHosts("0.0.0.0", INTERFACES), ["localhost", "192.168.1.20", "10.0.0.3"]);
});

Deno.test("viewerHosts() gives IPv6 in brackets when it listens on both families", () => {
  assertEquals(viewerHosts("::", INTERFACES), [
    "localhost",
    "192.168.1.20",
    "[2001:db8::5]",
    "10.0.0.3",
  ]);
});

Deno.test("viewerHosts() gives the one address that it listens on", () => {
  assertEquals(viewerHosts("127.0.0.1", INTERFACES), ["127.0.0.1"]);
  assertEquals(viewerHosts("::1", INTERFACES), ["[::1]"]);
});
