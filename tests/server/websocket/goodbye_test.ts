import { assert, assertEquals } from "@std/assert";
import { createGoodbye } from "../../../lib/server/websocket/goodbye.ts";
import { eventually } from "../../testutil/eventually.ts";

Deno.test("createGoodbye() says one thing, once", async () => {
  const said: [number, string][] = [];
  using goodbye = createGoodbye((...words) => said.push(words));
  assert(!goodbye.isDue);
  goodbye.say(1008, "first");
  goodbye.say(1009, "second");
  assert(goodbye.isDue);
  await eventually(() => said.length > 0);
  assertEquals(said, [[1008, "first"]]);
});

Deno.test("createGoodbye() doesn't wait for ever until nothing comes", async () => {
  let isSaid = false;
  using goodbye = createGoodbye(() => isSaid = true);
  goodbye.say(1008, "");
  await eventually(() => {
    if (!isSaid) goodbye.putOff();
    return isSaid;
  });
});

Deno.test("createGoodbye() says nothing when the connection is over", async () => {
  const said: number[] = [];
  const goodbye = createGoodbye((code) => said.push(code));
  goodbye.say(1008, "");
  goodbye[Symbol.dispose]();
  // When another one, which began later, has said it, so would this one have.
  const { promise, resolve } = Promise.withResolvers<void>();
  using other = createGoodbye(() => resolve());
  other.say(1008, "");
  await promise;
  assertEquals(said, []);
});
