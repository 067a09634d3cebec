import { assertEquals, assertGreater } from "@std/assert";
import { maxConnections } from "../../../lib/server/sockets/descriptors.ts";

Deno.test("maxConnections() leaves descriptors for each camera", () => {
  // The directory that is read for it may be open, or not, and other tests come and go.
  const [none, two] = [maxConnections(0), maxConnections(2)];
  assertGreater(none, two);
});

Deno.test("maxConnections() allows a few in any case", () => {
  assertEquals(maxConnections(1_000_000), 4);
});
