import { assertEquals, assertThrows } from "@std/assert";
import {
  hostsOf,
  isAllowedOrigin,
  isOwnOrigin,
  parseAllowedOrigin,
} from "../../../../lib/server/access/origin/origins.ts";

Deno.test("isAllowedOrigin() lets in pages of this machine and the local network by default", () => {
  const local = [
    ...[
      "null",
      "file://",
      "http://localhost",
      "https://localhost:3000",
      "http://LOCALHOST",
      "http://a.localhost",
    ],
    ...[
      "http://127.0.0.1:5500",
      "http://[::1]:8080",
      "http://0.0.0.0:8000",
      "http://192.168.1.7:8123",
    ],
    ...[
      "https://10.0.0.1",
      "http://172.20.0.2",
      "http://169.254.9.9",
      "http://100.100.1.1",
      "http://[fd00::7]",
    ],
    ...[
      "http://[fe80::1]",
      "http://homeassistant.local:8123",
      "https://octopi.lan",
      "http://octopi.local.:80",
    ],
    ...["capacitor://localhost", "ionic://localhost", "http://2130706433"],
    ...["file:///home/me/view.html", "FILE://", "http://octopi", "https://intranet:8443"],
    ...["http://nas.home.arpa", "http://a.b.internal:3000", "http://octopi."],
  ];
  for (const origin of local) {
    assertEquals(isAllowedOrigin(origin, { kind: "local" }), true, origin);
  }
});

Deno.test("isAllowedOrigin() refuses every other page by default", () => {
  const others = [
    ...[
      "https://evil.example",
      "http://evil.example:8765",
      "http://8.8.8.8",
      "http://[2001:db8::1]",
    ],
    ...[
      "http://192.168.1.7.evil.example",
      "http://localhost.evil.example",
    ],
    ...[
      "http://x.locals",
      "http://evil.example.internal.example",
      "http://nas.home.arpa.evil.example",
      "http://x.arpa",
      "http://xn--80ak6aa92e.com",
      "http://11.0.0.1",
    ],
    ...[
      "chrome-extension://abcdefghijklmnop",
      "moz-extension://x",
      "app://octopi",
      "filex://",
      "http://[2001:db8::2]:80",
      "",
      " ",
      "null,null",
      "http://a.local, http://evil.example",
    ],
    "NULL",
    "undefined",
    "localhost",
    "192.168.1.7",
    "//localhost",
    "http://",
    "data:",
    "about:blank",
    ...["http://localhost@evil.example", "http://evil.example#.local", "http://172.32.0.1", "*"],
  ];
  for (const origin of others) {
    assertEquals(isAllowedOrigin(origin, { kind: "local" }), false, JSON.stringify(origin));
  }
});

Deno.test("isAllowedOrigin() takes the option's list as the whole list", () => {
  const origins = ["https://a.example", "http://b.example:8080", "HTTPS://Bücher.example/"]
    .map(parseAllowedOrigin);
  const rule = { kind: "list", origins } as const;
  for (
    const origin of [
      "https://a.example",
      "https://A.example",
      "http://b.example:8080",
      "https://xn--bcher-kva.example",
    ]
  ) {
    assertEquals(isAllowedOrigin(origin, rule), true, origin);
  }
  const others = [
    ...["http://a.example", "https://a.example:8443", "http://b.example", "https://x.a.example"],
    ...["null", "file://", "http://localhost", "http://192.168.1.7", "http://a.local", "*", ""],
  ];
  for (const origin of others) assertEquals(isAllowedOrigin(origin, rule), false, origin);
  assertEquals(isAllowedOrigin("null", { kind: "list", origins: ["null"] }), true);
  assertEquals(isAllowedOrigin("file://", { kind: "list", origins: ["null"] }), true);
  assertEquals(isAllowedOrigin("https://evil.example", { kind: "list", origins: ["null"] }), false);
  assertEquals(isAllowedOrigin("https://evil.example", { kind: "list", origins: ["*"] }), true);
  assertEquals(isAllowedOrigin("null", { kind: "list", origins: ["*"] }), true);
});

Deno.test("isOwnOrigin() compares host and port, and the scheme where it is known", () => {
  const plain = (host: string) => ({ host, isSecure: false });
  assertEquals(isOwnOrigin("http://cam.lan:8765", plain("cam.lan:8765")), true);
  assertEquals(isOwnOrigin("http://CAM.lan.:8765", plain("cam.LAN:8765")), true);
  assertEquals(isOwnOrigin("http://cam.lan", plain("cam.lan:80")), true);
  assertEquals(isOwnOrigin("https://cam.lan", plain("cam.lan")), true, "a proxy may end TLS");
  assertEquals(isOwnOrigin("http://[::1]:8765", plain("[::1]:8765")), true);
  for (
    const origin of ["http://cam.lan", "http://cam.lan:8766", "http://x.lan:8765", "null", "", "x"]
  ) {
    assertEquals(isOwnOrigin(origin, plain("cam.lan:8765")), false, origin);
  }
  const secure = { host: "cam.lan:8765", isSecure: true };
  assertEquals(isOwnOrigin("https://cam.lan:8765", secure), true);
  assertEquals(isOwnOrigin("http://cam.lan:8765", secure), false);
  assertEquals(isOwnOrigin("null", { host: undefined, isSecure: false }), false);
  assertEquals(isOwnOrigin("chrome-extension://cam", plain("cam")), false);
});

Deno.test("parseAllowedOrigin() takes origins, 'null' and '*', and nothing else", () => {
  assertEquals(parseAllowedOrigin("*"), "*");
  assertEquals(parseAllowedOrigin("null"), "null");
  assertEquals(parseAllowedOrigin("https://Example.org:443/"), "https://example.org");
  assertEquals(parseAllowedOrigin("capacitor://localhost"), "capacitor://localhost");
  const wrong = [
    ...[
      "",
      "example.org",
      "https://a.example/path",
      "https://a.example?x",
      "https://u:p@a.example",
    ],
    ...["https://*.example.org", "https://", "Null", "https://a.example#x", "mailto:a"],
  ];
  for (const text of wrong) {
    assertThrows(() => parseAllowedOrigin(text), RangeError, "must be like https://example.org");
  }
  assertEquals(
    hostsOf(["*", "null", "https://a.example", "http://b.example:81"]),
    new Set(["a.example", "b.example"]),
  );
});
