import { assertEquals, assertMatch } from "@std/assert";
import { checkKept } from "./rest.ts";

Deno.test("checkKept() lets memory grow that is given back now and then, and no other", () => {
  const before = { resident: 90e6, descriptors: 50, processes: 9 };
  assertEquals(checkKept([], before), []);
  assertEquals(checkKept([200e6, 210e6, 220e6, 120e6, 200e6], before), []);
  assertMatch(checkKept([100e6, 110e6, 151e6, 160e6], before).join(), /never less than 151000000/);
});
