import { assertEquals } from "@std/assert";
import { isKnownHost, parseHost } from "../../../../lib/server/access/origin/hosts.ts";

const RULE = { machine: "attic-pi.home.example", named: new Set(["cam.example.org"]), any: false };

function known(text: string): boolean | undefined {
  const host = parseHost(text);
  return host && isKnownHost(host, RULE);
}

Deno.test("isKnownHost() takes addresses, local names, this machine's and those that were named", () => {
  const hosts = [
    "127.0.0.1",
    "192.168.1.5:8765",
    "8.8.8.8",
    "[::1]:8765",
    "[2001:db8::1]",
    "[fe80::1%25e0]:80",
    "localhost",
    "LOCALHOST:8765",
    "localhost.",
    "a.localhost",
    "attic",
    "attic:8765",
    "attic.",
    "attic.local",
    "ATTIC.Local.:8765",
    "a.b.lan",
    "attic-pi.home.example",
    "Attic-Pi.home.example.",
    "cam.example.org",
    "cam.example.org:443",
    "CAM.EXAMPLE.ORG.",
    "xn--bcher-kva.local",
    "nas.home.arpa:8765",
    "cam.corp.internal",
    "bücher.lan",
    // Other ways to write an address: no name that anybody could have.
    "0x7f.1",
    "2130706433",
    "%31.0.0.1",
  ];
  for (const host of hosts) assertEquals(known(host), true, host);
});

Deno.test("isKnownHost() refuses names that anybody may have made point here", () => {
  const hosts = [
    "evil.example",
    "evil.example:8765",
    "127.0.0.1.evil.example",
    "192.168.1.5.nip.io",
    "a.com.",
    "evil.local.example",
    "local.example",
    "evil.localhost.example",
    "xlocal.com",
    "a.xlan",
    "notcam.example.org",
    "cam.example.org.evil",
    "example.org",
    "pi.home.example",

    "x.LAN.com",
  ];
  for (const host of hosts) {
    assertEquals(known(host), false, host);
  }
  assertEquals(isKnownHost({ name: "evil.example", port: "" }, { ...RULE, any: true }), true);
});

Deno.test("parseHost() refuses what is more or less than a host", () => {
  const malformed = [
    "",
    " ",
    "a b",
    "user@host",
    "user:pw@host",
    "host/path",
    "host?x",
    "host#x",
    "a\\b",
    ":80",
    "host:99999",
    "host:x",
    "[::1",
    "::1",
    "[::g]",
    "a,b",
    "a<b",
    "host\t",
    "a\u0000b",
    "1.2.3.4.5.",
  ];
  for (const text of malformed) assertEquals(parseHost(text), undefined, JSON.stringify(text));
  assertEquals(parseHost("A.Example.:8765"), { name: "a.example", port: "8765" });
  assertEquals(parseHost("a:443", "https"), { name: "a", port: "" });
  assertEquals(parseHost("[FE80::1%25eth0]:1"), { name: "[fe80::1]", port: "1" });
});
