import { assertEquals } from "@std/assert";
import { reasonHeader, reasonOf } from "../../../lib/server/refusal/reason.ts";
import { readRefusal } from "../../../lib/server/element/link/refusal.js";

Deno.test("reasonOf() and the page read what reasonHeader() writes", () => {
  for (const camera of ["door", "前门", "a; b=c", "50 % \r\n", "\ud800", ""]) {
    const headers = new Headers(reasonHeader("link-other", { camera, seconds: 3 }));
    const values = { camera: camera.toWellFormed(), seconds: "3" };
    assertEquals(reasonOf(headers), { code: "link-other", values });
    assertEquals(readRefusal({ status: 403, headers }), {
      code: "link-other",
      values: { status: "403", ...values },
      retryMs: Infinity,
    });
  }
  assertEquals(reasonOf(new Headers()), undefined);
});
