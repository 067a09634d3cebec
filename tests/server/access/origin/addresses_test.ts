import { assertEquals, assertThrows } from "@std/assert";
import {
  addressSet,
  isLocalAddress,
  networkOf,
  plainAddress,
} from "../../../../lib/server/access/origin/addresses.ts";

Deno.test("isLocalAddress() tells private networks from the internet", () => {
  const local = [
    "127.0.0.1",
    "127.255.255.255",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.255.255",
    "169.254.1.1",
    "100.64.0.1",
    "100.127.255.255",
    "0.0.0.0",
    "::1",
    "[::1]",
    "fd00::1",
    "fc00::1",
    "FD12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "[fe80::1%25eth0]",
    "::ffff:10.0.0.1",
    "::ffff:192.168.1.1",
  ];
  const elsewhere = [
    "8.8.8.8",
    "11.0.0.1",
    "9.255.255.255",
    "172.15.255.255",
    "172.32.0.1",
    "192.167.1.1",
    "192.169.1.1",
    "100.63.255.255",
    "100.128.0.1",
    "0.0.0.1",
    "126.255.255.255",
    "::2",
    "::",
    "2001:db8::1",
    "fec0::1",
    "::ffff:8.8.8.8",
    "64:ff9b::a00:1",
    "",
    "localhost",
    "10.0.0",
    "10.0.0.1.example",
    "010.0.0.1.",
    "10.0.0.256",
    "1",
    "0x7f.1",
    "[]",
    "[10.0.0.1",
  ];
  for (const address of local) assertEquals(isLocalAddress(address), true, address);
  for (const address of elsewhere) assertEquals(isLocalAddress(address), false, address);
});

Deno.test("plainAddress() writes one address in one way", () => {
  assertEquals(plainAddress("[FE80:0:0::0001%eth0]"), "fe80::1");
  assertEquals(plainAddress("::ffff:1.2.3.4"), "1.2.3.4");
  assertEquals(plainAddress("::FFFF:0102:0304"), "1.2.3.4");
  assertEquals(plainAddress("1.2.3.4"), "1.2.3.4");
  assertEquals(plainAddress("host"), undefined);
});

Deno.test("networkOf() takes an IPv6 customer's whole network for one", () => {
  assertEquals(networkOf("1.2.3.4"), "1.2.3.4");
  assertEquals(networkOf("::ffff:1.2.3.4"), "1.2.3.4");
  assertEquals(networkOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  assertEquals(networkOf("2001:db8:1:2::9"), "2001:db8:1:2::/64");
  assertEquals(networkOf("2001:db8::9"), "2001:db8:0:0::/64");
  assertEquals(networkOf("::1"), "0:0:0:0::/64");
  assertEquals(networkOf("unix"), "unix");
});

Deno.test("addressSet() has addresses and networks, and refuses what is neither", () => {
  const set = addressSet(["10.1.0.0/16", "192.168.1.7", "fd00::/8"]);
  for (const each of ["10.1.2.3", "192.168.1.7", "fd00::7", "::ffff:10.1.0.1"]) {
    assertEquals(set.has(each), true, each);
  }
  for (const each of ["10.2.0.0", "192.168.1.8", "fe80::1", "x"]) {
    assertEquals(set.has(each), false, each);
  }
  assertEquals(addressSet([]).has("127.0.0.1"), false);
  for (
    const text of ["nginx", "10.0.0.0/33", "fd00::/129", "10.0.0.0/", "10.0.0.0/8/8", "/8", "1/x"]
  ) {
    assertThrows(() => addressSet([text]), RangeError, "must be an address or a network");
  }
});
