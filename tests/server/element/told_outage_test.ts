import { assert, assertEquals } from "@std/assert";
import { ATTEMPT_MS, findTold, readOutage } from "../../../lib/server/element/link/told_outage.js";

const FAILED = { name: "door", state: "failed", code: "busy", reason: "is busy" };

Deno.test("findTold() finds the camera of a name, or the first", () => {
  const [attic, door] = [{ name: "attic" }, FAILED];
  assertEquals(findTold([attic, door], "door"), door);
  for (const wanted of ["", null]) assertEquals(findTold([attic, door], wanted), attic);
  for (const cameras of [undefined, null, 7, {}, [], [null, 7, "door"]]) {
    assertEquals(findTold(cameras, "door"), undefined);
  }
});

Deno.test("readOutage() tells when to ask again, by the server's clock", () => {
  const retryAt = Date.now() / 1000 + 3660;
  const outage = readOutage({ ...FAILED, "retry_at": retryAt }, 3_600_000);
  assert(outage);
  const { retryMs, askMs, ...words } = outage;
  assertEquals(words, { camera: "door", code: "busy", reason: "is busy" });
  // A busy machine may have come to this late.
  assert(retryMs <= 60_000 && retryMs > -540_000);
  assertEquals(askMs, Math.max(0, retryMs) + ATTEMPT_MS);
});

Deno.test("readOutage() takes nothing for an outage that is none", async (t) => {
  const due = { ...FAILED, "retry_at": Date.now() / 1000 };
  const others = [
    { state: "live", reason: null, "retry_at": null },
    { state: "closed" },
    { name: 7 },
    { reason: null },
    { "retry_at": "soon" },
    { "retry_at": 1e300 },
    { "retry_at": NaN },
    { "retry_at": null },
  ];
  for (const other of others) {
    await t.step(JSON.stringify(other), () => {
      assertEquals(readOutage({ ...due, ...other }, 0), undefined);
    });
  }
  assertEquals(readOutage({ ...due, code: undefined }, 0)?.code, "failed");
});
