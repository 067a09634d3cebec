import { assertEquals, assertMatch } from "@std/assert";
import { PayloadLimit } from "../../../lib/relay/publish/payload_limit.ts";
import { FakeTime } from "../fake_time.ts";

function setUp(): { limit: PayloadLimit; said: string[] } {
  const said: string[] = [];
  const limit = new PayloadLimit({
    broker: "nats://pi:4222",
    onOversize: (remedy) => said.push(remedy),
  });
  return { limit, said };
}

Deno.test("PayloadLimit leaves room for the headers", () => {
  const { limit, said } = setUp();
  assertEquals([limit.fits(1536, 2048), limit.fits(1537, 2048)], [true, false]);
  assertEquals(said.length, 1);
  assertEquals(limit.fits(1e9, Infinity), true);
});

Deno.test("PayloadLimit names the remedy once for each limit", () => {
  const { limit, said } = setUp();
  for (const maxPayload of [2048, 2048, 4096]) limit.fits(10_240, maxPayload);
  assertEquals(said.length, 2);
  assertMatch(said[0] ?? "", /^has pictures of 10 KiB and the broker nats:\/\/pi:4222 takes 2 KiB/);
  assertMatch(said[1] ?? "", /takes 4 KiB: raise 'max_payload' .* lower '--quality'/);
});

Deno.test("PayloadLimit takes it for an outage when nothing has fitted for a while", () => {
  using time = new FakeTime();
  const { limit, said } = setUp();
  limit.fits(10_240, 2048);
  assertEquals(limit.problem, said[0], "none ever has");
  limit.fits(100, 2048);
  assertEquals(limit.problem, undefined);
  limit.fits(10_240, 2048);
  assertEquals(limit.problem, undefined, "one did a moment ago");
  time.tick(4000);
  limit.fits(10_240, 2048);
  assertEquals(limit.problem, said[0]);
});
