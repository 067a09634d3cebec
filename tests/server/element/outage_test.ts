import { assertEquals } from "@std/assert";
import { OutageWatch } from "../../../lib/server/element/outage.js";
import { FakeTime } from "./fake_performance.ts";

/** A viewer whose server tells this of the camera. */
function start() {
  const time = new FakeTime();
  const told = { name: "door", state: "live" };
  const events: string[] = [];
  const connection = {
    isKnown: true,
    clock: { offset: 0 },
    ask: () => Promise.resolve({ cameras: [{ ...told }] }),
    // deno-lint-ignore no-explicit-any -- of a whole connection, these are used
  } as any;
  const watch = new OutageWatch(connection, {
    camera: () => "door",
    onOutage: () => {},
    onThere: () => events.push("there"),
    onFine: () => events.push("fine"),
  });
  /** Lets time pass. */
  async function pass(seconds: number): Promise<void> {
    for (let i = 0; i < 4 * seconds; i++) {
      time.add(250);
      watch.tick(performance.now());
      await Promise.resolve().then(() => {}).then(() => {});
    }
  }
  return { told, watch, events, pass, [Symbol.dispose]: () => time.restore() };
}

Deno.test("OutageWatch gives a camera that is live again time for its pictures", async () => {
  using test = start();
  test.watch.begin("was unplugged");
  await test.pass(4);
  assertEquals(test.events, []);
  await test.pass(2);
  assertEquals(test.events, ["fine"], "it isn't the camera that is wrong");
});

Deno.test("OutageWatch starts over when the camera fails again, and when pictures came", async () => {
  using test = start();
  test.watch.begin("was unplugged");
  await test.pass(4);
  test.told.state = "opening";
  await test.pass(4);
  test.watch.end();
  test.told.state = "live";
  test.watch.begin("was unplugged");
  await test.pass(4);
  assertEquals(test.events, []);
});

Deno.test("OutageWatch knows at once that a camera which isn't opened is fine", async () => {
  using test = start();
  test.told.state = "closed";
  test.watch.begin("no encoder");
  await test.pass(1);
  assertEquals(test.events[0], "fine");
});
