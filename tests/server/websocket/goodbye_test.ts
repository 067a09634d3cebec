import { assert, assertEquals } from "@std/assert";
import { createGoodbye } from "../../../lib/server/websocket/goodbye.ts";
import { eventually } from "../../testutil/eventually.ts";

const NEVER = {
  cut(): never {
    throw new Error("must not be cut");
  },
};

Deno.test("createGoodbye() says one thing, once", async () => {
  const said: [number, string][] = [];
  using goodbye = createGoodbye({ ...NEVER, close: (...words) => said.push(words) });
  assert(!goodbye.isDue);
  goodbye.say(1008, "first");
  goodbye.say(1009, "second");
  assert(goodbye.isDue);
  await eventually(() => said.length > 0);
  assertEquals(said, [[1008, "first"]]);
});

Deno.test("createGoodbye() doesn't wait for ever until nothing comes", async () => {
  let isSaid = false;
  using goodbye = createGoodbye({ ...NEVER, close: () => isSaid = true });
  goodbye.say(1008, "");
  await eventually(() => {
    if (!isSaid) goodbye.putOff(1);
    return isSaid;
  });
});

Deno.test("createGoodbye() says nothing when the connection is over", async () => {
  const said: number[] = [];
  const goodbye = createGoodbye({ ...NEVER, close: (code) => said.push(code) });
  goodbye.say(1008, "");
  goodbye[Symbol.dispose]();
  // When another one, which began later, has said it, so would this one have.
  const { promise, resolve } = Promise.withResolvers<void>();
  using other = createGoodbye({ ...NEVER, close: () => resolve() });
  other.say(1008, "");
  await promise;
  assertEquals(said, []);
});

Deno.test("createGoodbye() has a flood cut that goes on, once and without waiting", () => {
  for (const [count, bytes] of [[1001, 1], [2, 9 * 1024 * 1024]] as const) {
    let cuts = 0;
    using goodbye = createGoodbye({ close: () => {}, cut: () => cuts++ });
    goodbye.say(1008, "");
    for (let i = 0; i < count - 1; i++) goodbye.putOff(bytes);
    assertEquals(cuts, 0);
    for (let i = 0; i < 3; i++) goodbye.putOff(bytes);
    assertEquals(cuts, 1);
  }
});
