import { assert, assertEquals } from "@std/assert";
import { createOutageFollower } from "../../lib/client/outage.ts";
import { eventually } from "../testutil/eventually.ts";

function status(retryMs: number, more: Record<string, unknown> = {}): unknown[] {
  const retryAt = (Date.now() + retryMs) / 1000;
  const failed = { name: "door", state: "failed", reason: "is busy", "retry_at": retryAt, ...more };
  return [{ name: "attic", state: "live", reason: null, "retry_at": null }, failed];
}

Deno.test("OutageFollower asks when an outage begins, and again after each try", async () => {
  let asked = 0;
  const follower = createOutageFollower({
    camera: "door",
    offsetMs: () => 0,
    ask: () => void asked++,
  });
  assertEquals(follower.hear(status(5000)), undefined, "there is no outage yet");
  follower.start();
  assertEquals(asked, 1);
  const outage = follower.hear(status(100));
  assertEquals([outage?.camera, outage?.reason], ["door", "is busy"]);
  assert(outage && outage.retryMs > -60_000 && outage.retryMs <= 100);
  await eventually(() => asked === 2);
  follower.hear(status(100_000));
  follower.stop();
  assertEquals(follower.hear(status(5000)), undefined);
});

Deno.test("OutageFollower takes the first camera where none is named, and the server's clock", () => {
  const follower = createOutageFollower({
    camera: null,
    ask: () => {},
    offsetMs: () => 60_000,
  });
  follower.start();
  const outage = follower.hear(status(65_000).toReversed());
  // By our clock it would be 65 s; a busy machine may have come to this late.
  assert(outage && outage.retryMs > -50_000 && outage.retryMs <= 5000);
  follower.stop();
});

Deno.test("OutageFollower takes no answer for what it is not", async (t) => {
  const bad = [undefined, null, 7, [], [null], status(0), [{ name: "door" }]];
  const odd = [{ name: 7 }, { reason: null }, { "retry_at": "soon" }, { "retry_at": 1e300 }];
  for (const cameras of [...bad, ...odd.map((more) => status(0, more).slice(1))]) {
    await t.step(JSON.stringify(cameras) ?? "undefined", () => {
      const follower = createOutageFollower({ camera: null, ask: () => {}, offsetMs: () => 0 });
      follower.start();
      assertEquals(follower.hear(cameras), undefined);
      follower.stop();
    });
  }
});
