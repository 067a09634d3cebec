import { assertEquals } from "@std/assert";
import { requestUrl } from "../../lib/server/request_url.ts";

Deno.test("requestUrl() reads the address of a request", () => {
  const url = "http://cam.lan:8765/stream?camera=[a%20b]";
  assertEquals(requestUrl({ url })?.href, url);
});

Deno.test("requestUrl() leaves an IPv6 zone out", () => {
  for (const zone of ["%eth0", "%25eth0", "%"]) {
    const url = `http://[fe80::1${zone}]:8765/snapshot?camera=[a%20b]`;
    assertEquals(requestUrl({ url })?.href, "http://[fe80::1]:8765/snapshot?camera=[a%20b]");
  }
});

Deno.test("requestUrl() gives nothing for what is malformed", () => {
  for (const host of ["a b", "[fe80::1%eth0", "fe80::1%eth0", "[x%y]", "256.1.1.1"]) {
    assertEquals(requestUrl({ url: `http://${host}/[%]` }), null, host);
  }
});
