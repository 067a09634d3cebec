import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { FramePool } from "../../lib/frame/frame.ts";
import { SourceError } from "../../lib/frame/source_error.ts";
import { Directory } from "../../lib/relay/directory.ts";
import { frameHeaders } from "../../lib/relay/frame_message.ts";
import { type Announcement, bytesOf } from "../../lib/relay/broker/messages.ts";
import { RelaySource } from "../../lib/relay/relay_source.ts";
import { drawJpeg } from "../jpeg/jpegs.ts";
import { eventually } from "../testutil/eventually.ts";
import { createFakeBroker, createFakeLog } from "./fake_broker.ts";
import { FakeTime } from "./fake_time.ts";

const jpeg = await drawJpeg(32, 16);

function setUp() {
  const broker = createFakeBroker();
  const directory = new Directory(broker, createFakeLog());
  const source = new RelaySource("door", { broker, directory });
  const stop = new AbortController();
  let broken = 0;
  const open = () => {
    return source.frames({
      pool: new FramePool(),
      signal: stop.signal,
      onBroken: () => broken++,
    });
  };
  const frames = open();
  return {
    broker,
    source,
    stop,
    frames,
    open,
    get broken() {
      return broken;
    },
    announce(more: Partial<Announcement> = {}) {
      const message: Announcement = { instance: "a", since: 5, host: "pi", state: "live", ...more };
      broker.deliver("wscam.door.status", bytesOf(message));
    },
    send(sequence: number, { instance = "a", ageMs = 5, data = jpeg } = {}) {
      const timestamp = (Date.now() - ageMs) / 1000;
      const info = { jpeg, width: 32, height: 16, sequence, timestamp };
      broker.deliver("wscam.door.frame", data, frameHeaders(info, { instance, encoder: "copy" }));
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await frames.return();
      directory[Symbol.dispose]();
    },
  };
}

Deno.test("RelaySource wants pictures while they are taken, and takes the newest", async () => {
  await using relay = setUp();
  const { broker, source, frames, stop } = relay;
  assertEquals(broker.texts("wscam.door.want"), [], "nothing is asked for yet");
  relay.announce();
  const first = frames.next();
  relay.send(4);
  const { value } = await first;
  assert(value);
  assertEquals([value.format, value.width, value.height], ["jpeg", 32, 16]);
  value.release();
  for (const sequence of [5, 6, 7]) relay.send(sequence);
  assertEquals((await frames.next()).value?.data, jpeg);
  assertEquals([source.counters.received, source.counters.dropped], [4, 2]);
  const end = frames.next();
  stop.abort();
  assertEquals((await end).done, true);
  const wants = broker.texts("wscam.door.want").map((text) => JSON.parse(text));
  assertEquals(wants.map(({ instance, end }) => [instance, end]), [["a", undefined], ["a", true]]);
  assertEquals(broker.listening, 1, "the directory's alone");
});

Deno.test("RelaySource drops and counts what isn't a new picture of its publisher", async () => {
  await using relay = setUp();
  relay.announce();
  const next = relay.frames.next();
  relay.broker.deliver("wscam.door.frame", "garbage");
  relay.send(1, { data: jpeg.subarray(0, 50) });
  relay.send(2, { instance: "stranger" });
  relay.send(3);
  relay.send(3);
  relay.send(2);
  await next;
  const { received, broken, foreign, stale, ageSeconds } = relay.source.counters;
  assertEquals({ received, broken, foreign, stale }, {
    received: 1,
    broken: 2,
    foreign: 1,
    stale: 2,
  });
  assertEquals(relay.broken, 2);
  assert(ageSeconds > 0 && ageSeconds < 5);
});

Deno.test("RelaySource is not kept from pictures by one with a number that is far too high", async () => {
  await using relay = setUp();
  relay.announce();
  const next = relay.frames.next();
  relay.send(1);
  await next;
  relay.send(999_999_999_999_999);
  await relay.frames.next();
  let sequence = 1;
  await eventually(() => {
    relay.send(++sequence);
    return relay.source.counters.received > 2;
  });
  assertEquals((await relay.frames.next()).done, false);
  relay.send(sequence + 1);
  relay.send(sequence);
  assertEquals([relay.source.counters.received, relay.source.counters.stale], [4, sequence - 1]);
});

Deno.test("RelaySource that is opened again takes the picture that is repeated for it", async () => {
  using time = new FakeTime();
  await using relay = setUp();
  relay.announce();
  const next = relay.frames.next();
  relay.send(7);
  await next;
  await relay.frames.return();
  time.tick(5000);
  const frames = relay.open();
  const again = frames.next();
  relay.send(7, { ageMs: 5000 });
  assertEquals((await again).done, false);
  await frames.return();
});

Deno.test("RelaySource goes over to another publisher, and takes its count", async () => {
  await using relay = setUp();
  relay.announce();
  const next = relay.frames.next();
  relay.send(100);
  await next;
  relay.announce({ state: "gone" });
  relay.announce({ instance: "b" });
  const wants = relay.broker.texts("wscam.door.want").map((text) => JSON.parse(text).instance);
  assertEquals(wants, ["a", undefined, "b"]);
  relay.send(1, { instance: "b" });
  assertEquals((await relay.frames.next()).done, false);
  relay.send(101);
  assertEquals(relay.source.counters.foreign, 1);
});

Deno.test("RelaySource leaves behind what waits in the broker", async () => {
  using time = new FakeTime();
  await using relay = setUp();
  relay.announce();
  const next = relay.frames.next();
  relay.send(1);
  await next;
  time.tick(9000);
  for (let sequence = 2; sequence < 20; sequence++) relay.send(sequence, { ageMs: 9000 });
  assertEquals([relay.source.counters.late, relay.broker.reconnects], [18, 1]);
  relay.send(20);
  assertEquals((await relay.frames.next()).done, false);
});

Deno.test("RelaySource stays with its publisher when a clock is set", async () => {
  await using relay = setUp();
  relay.announce();
  const next = relay.frames.next();
  relay.send(1);
  await next;
  relay.send(2, { ageMs: 3_600_000 });
  relay.send(3);
  assertEquals([relay.source.counters.received, relay.broker.reconnects], [3, 0]);
});

Deno.test("RelaySource says why there are not pictures", async (t) => {
  type Relay = ReturnType<typeof setUp>;
  const cases: Record<string, [(relay: Relay) => void, RegExp]> = {
    "broker": [
      ({ broker }) => {
        broker.connectedAt = undefined;
        broker.problem = "refuses connections";
      },
      /^can't be reached: nats:\/\/fake:4222 refuses connections$/,
    ],
    "nobody": [
      ({ broker }) => broker.connectedAt = performance.now() - 60_000,
      /^isn't there: no wscam publishes 'door' on nats:\/\/fake:4222$/,
    ],
    "publisher": [
      (relay) => relay.announce({ state: "failed", reason: "was unplugged" }),
      /^was unplugged$/,
    ],
    "permission": [
      ({ broker }) => broker.refused.add("wscam.door.want"),
      /^can't be seen: nats:\/\/fake:4222 does not allow it to this user \(wscam.door.want\)$/,
    ],
  };
  for (const [name, [arrange, words]] of Object.entries(cases)) {
    await t.step(name, async () => {
      await using relay = setUp();
      arrange(relay);
      const error = await assertRejects(() => relay.frames.next(), SourceError);
      assertMatch(error.message, words);
      const ends = relay.broker.texts("wscam.door.want").filter((text) => text.includes("end"));
      assertEquals(ends, [], "it goes on wanting");
    });
  }
});

Deno.test("RelaySource tells when there may be pictures again", async () => {
  await using relay = setUp();
  const { broker, source } = relay;
  let recoveries = 0;
  const stop = source.observeRecovery(() => recoveries++);
  broker.problem = "refuses connections";
  broker.notify();
  broker.notify();
  assertEquals(recoveries, 0);
  broker.problem = undefined;
  broker.notify();
  assertEquals(recoveries, 1);
  relay.announce({ state: "failed", reason: "x" });
  relay.announce({ state: "live" });
  assertEquals(recoveries, 2);
  stop();
  relay.announce({ state: "failed", reason: "x" });
  relay.announce({ state: "live" });
  assertEquals(recoveries, 2);
});
