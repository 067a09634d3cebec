import { assertEquals } from "@std/assert";
import {
  type Client,
  clientOf,
  trustedProxies,
} from "../../../../lib/server/access/origin/forwarded.ts";

const PROXIES = trustedProxies(["127.0.0.1", "10.0.0.0/8", "unix"]);

function from(
  peer: string | undefined,
  headers: Record<string, string> = {},
  proxies = PROXIES,
): Client {
  return clientOf({ headers: new Headers(headers), peer, host: "own:8765", isTls: false }, proxies);
}

Deno.test("clientOf() believes a proxy that is trusted", () => {
  const headers = {
    "x-forwarded-for": "203.0.113.9",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "cam.example.org",
  };
  const client = {
    address: "203.0.113.9",
    host: "cam.example.org",
    isSecure: true,
    isHidden: false,
  };
  for (const peer of ["127.0.0.1", "::ffff:127.0.0.1", "10.9.8.7", undefined]) {
    assertEquals(from(peer, headers), client);
  }
});

Deno.test("clientOf() takes nobody's word who isn't", () => {
  const forged = {
    "x-forwarded-for": "127.0.0.1",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "evil.example",
  };
  const own = { host: "own:8765", isSecure: false, isHidden: true };
  assertEquals(from("203.0.113.9", forged), { ...own, address: "203.0.113.9" });
  assertEquals(from("127.0.0.1", forged, trustedProxies([])), { ...own, address: "127.0.0.1" });
  assertEquals(from(undefined, forged, trustedProxies([])), { ...own, address: undefined });
  for (const name of ["forwarded", "x-real-ip", "via"]) {
    assertEquals(from("203.0.113.9", { [name]: "x" }).isHidden, true);
  }
  assertEquals(from("203.0.113.9").isHidden, false);
});

Deno.test("clientOf() takes the last address that no trusted proxy has", () => {
  const cases: [list: string, address: string][] = [
    ["1.1.1.1, 203.0.113.9", "203.0.113.9"],
    ["127.0.0.1, 203.0.113.9", "203.0.113.9"],
    ["203.0.113.9, 10.0.0.7", "203.0.113.9"],
    ["1.1.1.1, 203.0.113.9, 10.0.0.7,10.0.0.8", "203.0.113.9"],
    ["10.0.0.7", "10.0.0.7"],
    ["203.0.113.9:5555", "203.0.113.9"],
    ["[2001:db8::7]:5555", "2001:db8::7"],
    ["2001:DB8::7", "2001:db8::7"],
    ["203.0.113.9, unknown", "127.0.0.1"],
    ["203.0.113.9, 10.0.0.7, _hidden, 10.0.0.8", "10.0.0.8"],
    ["", "127.0.0.1"],
    [",,,", "127.0.0.1"],
    ["<script>", "127.0.0.1"],
  ];
  for (const [list, address] of cases) {
    assertEquals(from("127.0.0.1", { "x-forwarded-for": list }).address, address, list);
  }
});

Deno.test("clientOf() knows nothing of who is behind a proxy that doesn't say", () => {
  assertEquals(from("127.0.0.1").isHidden, true);
  assertEquals(from("127.0.0.1", { "x-forwarded-for": "192.168.1.7" }).isHidden, false);
});
