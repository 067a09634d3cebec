import { assertEquals, assertMatch } from "@std/assert";
import { Twins } from "../../../lib/relay/publish/twins.ts";
import { createFakeLog } from "../fake_broker.ts";

function setUp(): { twins: Twins; lines: string[] } {
  const { lines, log } = createFakeLog();
  return { twins: new Twins({ camera: "door", broker: "nats://pi:4222", log }), lines };
}

Deno.test("Twins says once for each that the name is taken twice", () => {
  const { twins, lines } = setUp();
  const other = { instance: "a", host: "attic\n", state: "live" } as const;
  twins.heard({ ...other, state: "gone" });
  assertEquals(lines, []);
  for (let i = 0; i < 5; i++) twins.heard(other);
  assertEquals(lines.length, 1);
  assertMatch(
    lines[0] ?? "",
    /^Camera 'door' is also published on nats:\/\/pi:4222 .* on 'attic\ufffd':/,
  );
  twins.heard({ ...other, instance: "b" });
  assertEquals(lines.length, 2);
  twins.heard({ ...other, state: "gone" });
  twins.heard(other);
  assertEquals(lines.length, 3, "it has gone and come back");
});

Deno.test("Twins are forgotten when there are too many to be true", () => {
  const { twins, lines } = setUp();
  for (let i = 0; i < 500; i++) twins.heard({ instance: `${i}`, host: "x", state: "live" });
  twins.heard({ instance: "0", host: "x", state: "live" });
  assertEquals(lines.length, 501);
});
