import { assertEquals } from "@std/assert";
import { AnnotationRelay } from "../../lib/relay/annotation_relay.ts";
import { Annotations } from "../../lib/stream/annotations.ts";
import { createRandom } from "../testutil/random.ts";
import { createFakeBroker, type FakeBroker } from "./fake_broker.ts";

const SUBJECT = "wscam.front%20door.annotation";
const SAID = { timestamp: 5, boxes: [], text: "cat", for: 60 };

/** A server that shows the camera under a name of its own. */
function startServer(broker: FakeBroker) {
  const annotations = new Annotations("mine");
  const relay = new AnnotationRelay(broker, "front door", annotations);
  const heard: string[] = [];
  const watch = () => annotations.watch((_, text) => heard.push(JSON.parse(text()).text));
  return { annotations, relay, heard, watch };
}

function sentBy(broker: FakeBroker): Record<string, unknown>[] {
  return broker.texts(SUBJECT).map((text) => JSON.parse(text));
}

Deno.test("AnnotationRelay passes on what is said here, and nothing that comes from others", () => {
  const broker = createFakeBroker();
  const { annotations, relay } = startServer(broker);
  annotations.add(SAID, { from: "b", isOwn: false });
  assertEquals([sentBy(broker), broker.listening], [[], 0]);
  annotations.add(SAID, { from: "a", isOwn: true });
  const [{ instance, ...message } = {}] = sentBy(broker);
  assertEquals([message, typeof instance], [{ ...SAID, from: "a" }, "string"]);
  relay[Symbol.dispose]();
  assertEquals(broker.listening, 0);
});

Deno.test("AnnotationRelay asks for what lasts when somebody watches, and again with each connection", () => {
  const broker = createFakeBroker();
  using server = startServer(broker).relay;
  const { annotations, relay, heard, watch } = startServer(broker);
  const stop = watch();
  assertEquals(sentBy(broker).map(({ ask }) => ask), [true]);
  broker.deliver(
    SUBJECT,
    JSON.stringify({ instance: "x", from: "p", ...SAID }),
  );
  assertEquals(heard, ["cat"]);
  broker.notify();
  assertEquals(sentBy(broker).length, 2);
  // A viewer that comes later gets it from this server.
  watch()();
  assertEquals(heard, ["cat", "cat"]);
  stop();
  assertEquals([broker.listening, annotations.remarks.length], [0, 1]);
  broker.notify();
  assertEquals(sentBy(broker).length, 2);
  relay[Symbol.dispose]();
  void server;
});

Deno.test("AnnotationRelay says again what lasts when another one asks", () => {
  const broker = createFakeBroker();
  const { annotations, relay } = startServer(broker);
  annotations.add(SAID, { from: "a", isOwn: true });
  annotations.add({ ...SAID, for: 0 }, { from: "gone", isOwn: true });
  annotations.add(SAID, { from: "other", isOwn: false });
  const before = sentBy(broker).length;
  broker.deliver(SUBJECT, JSON.stringify({ instance: "x", ask: true }));
  const answers = sentBy(broker).slice(before);
  assertEquals(answers.map(({ from, to }) => [from, to]), [["a", "x"]]);
  relay[Symbol.dispose]();
});

Deno.test("AnnotationRelay takes nothing that is no annotation, and nothing of its own", () => {
  const broker = createFakeBroker();
  const { annotations, relay, heard, watch } = startServer(broker);
  const stop = watch();
  annotations.add(SAID, { from: "a", isOwn: true });
  const [{ instance } = {}] = sentBy(broker);
  const message = { instance: "x", from: "p", ...SAID };
  const odd: unknown[] = [
    { ...message, instance },
    { ...message, instance: 1 },
    { ...message, to: "somebody else" },
    { ...message, from: "a b" },
    { ...message, timestamp: undefined },
    { ...message, boxes: [{ x: 2 }] },
    { ...message, more: 1 },
    { ...message, text: "x".repeat(300_000) },
    [],
    null,
    1,
    "",
    {},
  ];
  for (const each of odd) broker.deliver(SUBJECT, JSON.stringify(each));
  for (let seed = 1; seed <= 200; seed++) {
    broker.deliver(SUBJECT, createRandom(seed).bytes(seed));
  }
  assertEquals(heard, ["cat"]);
  stop();
  relay[Symbol.dispose]();
});

Deno.test("AnnotationRelay reads a flood of messages no further than a few hundred", () => {
  const broker = createFakeBroker();
  const { heard, relay, watch } = startServer(broker);
  const stop = watch();
  const text = JSON.stringify({ instance: "x", from: "p", ...SAID });
  for (let i = 0; i < 20_000; i++) broker.deliver(SUBJECT, text);
  assertEquals(heard.length >= 500 && heard.length < 5000, true);
  stop();
  relay[Symbol.dispose]();
});
