import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Ending, Viewers } from "../../lib/server/viewers.ts";
import { eventually } from "../testutil/eventually.ts";

function create(maxClients = 3) {
  let left = 0;
  const viewers = new Viewers({ maxClients, maxConnections: 100, onLeave: () => left++ });
  const ends: Ending[] = [];
  const enter = (expires?: number) =>
    viewers.enter({ address: "127.0.0.1:1", expires, end: (why) => ends.push(why) });
  return { viewers, ends, enter, left: () => left };
}

Deno.test("Viewers.enter() lets in as many as there are seats, and others when those leave", () => {
  const { viewers, enter, left } = create(2);
  const [first, second] = [enter(), enter()];
  assert(first && second);
  assertEquals([enter(), viewers.size], [undefined, 2]);
  assertStringIncludes(viewers.refusal("127.0.0.1:2") ?? "", "Already 2 viewers");
  first.leave();
  first.leave();
  assertEquals([viewers.size, viewers.refusal("127.0.0.1:2"), left()], [1, undefined, 1]);
});

Deno.test("Visit.leave() does what is to be done once, the last first, whatever calls it", () => {
  const { enter } = create();
  const visit = enter();
  const done: string[] = [];
  visit?.atEnd(() => done.push("first"));
  visit?.atEnd(() => {
    done.push("second");
    visit.leave();
  });
  visit?.leave();
  assertEquals(done, ["second", "first"]);
});

Deno.test("Viewers.endAll() says goodbye to those who are there, and waits for them", async () => {
  const { viewers, ends, enter } = create();
  enter()?.leave();
  const visit = enter();
  const left = viewers.endAll();
  assertEquals([ends, viewers.size], [["server"], 1]);
  visit?.leave();
  await left;
  visit?.end("server");
  assertEquals(ends, ["server"]);
});

Deno.test("Viewers.tellChange() tells those who want to know, while they are there", () => {
  const { viewers, enter } = create();
  const [one, other] = [enter(), enter()];
  assert(one && other);
  let told = 0;
  one.onChange = () => told++;
  viewers.tellChange();
  one.leave();
  viewers.tellChange();
  assertEquals(told, 1);
  other.leave();
});

Deno.test("a visit is ended when the link that opened it is over", async () => {
  const { ends, enter } = create();
  const visit = enter(Date.now() + 50);
  const gone = enter(Date.now() + 50);
  gone?.leave();
  await eventually(() => ends.length > 0);
  assertEquals(ends, ["link"]);
  visit?.leave();
});
