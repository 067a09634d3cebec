import { assertEquals } from "@std/assert";
import { refuseLarge } from "../../lib/server/request_limits.ts";

function statusOf(query: number, header = 0): number | undefined {
  const url = new URL(`http://a/?${"x".repeat(query)}`);
  return refuseLarge(url, new Headers({ x: "y".repeat(header) }))?.status;
}

Deno.test("refuseLarge() refuses a query of more than 4 KiB with 414", () => {
  assertEquals(statusOf(4096), undefined);
  assertEquals(statusOf(4097), 414);
});

Deno.test("refuseLarge() refuses header fields of more than 32 KiB with 431", () => {
  // One for the field's name.
  assertEquals(statusOf(0, 32 * 1024 - 1), undefined);
  assertEquals(statusOf(0, 32 * 1024), 431);
});

Deno.test("refuseLarge() adds header fields up", () => {
  const headers = new Headers(
    Array.from({ length: 50 }, (_, i): [string, string] => [`x-${i}`, "y".repeat(700)]),
  );
  assertEquals(refuseLarge(new URL("http://a/"), headers)?.status, 431);
});
