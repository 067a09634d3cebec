import { assertEquals, assertMatch } from "@std/assert";
import { exposureWarnings } from "../../../lib/commands/serve/exposure.ts";

const LAN = { family: "IPv4", address: "192.168.1.5" } as const;
const PUBLIC = { family: "IPv4", address: "203.0.113.9" } as const;
const PUBLIC_6 = { family: "IPv6", address: "2001:db8::9" } as const;

function at(hostname: string): Deno.Addr {
  return { transport: "tcp", hostname, port: 8765 };
}

Deno.test("exposureWarnings() warns of a public address without a token", () => {
  const warn = (
    hostname: string,
    ...interfaces: (typeof LAN | typeof PUBLIC | typeof PUBLIC_6)[]
  ) => exposureWarnings({ access: {}, address: at(hostname), interfaces });
  assertMatch(warn("0.0.0.0", LAN, PUBLIC)[0] ?? "", /^203\.0\.113\.9 is a public address/);
  assertMatch(warn("203.0.113.9")[0] ?? "", /^203\.0\.113\.9 is a public address/);
  assertMatch(warn("::", LAN, PUBLIC_6)[0] ?? "", /^2001:db8::9 is a public address/);
  assertEquals(warn("0.0.0.0", LAN, PUBLIC_6), [], "it doesn't listen there");
  assertEquals(warn("0.0.0.0", LAN), []);
  assertEquals(warn("127.0.0.1", PUBLIC), []);
  const socket = { transport: "unix", path: "/run/wscam.sock" } as const;
  assertEquals(exposureWarnings({ access: {}, address: socket, interfaces: [PUBLIC] }), []);
  assertEquals(
    exposureWarnings({
      access: { token: "x".repeat(16) },
      address: at("0.0.0.0"),
      interfaces: [PUBLIC],
    }),
    [],
  );
});

Deno.test("exposureWarnings() warns of a token that can be guessed, and doesn't say it", () => {
  const [warning = ""] = exposureWarnings({
    access: { token: "hush" },
    address: at("127.0.0.1"),
    interfaces: [],
  });
  assertMatch(warning, /^The token has 4 characters and could be guessed/);
  assertEquals(warning.includes("hush"), false);
});
