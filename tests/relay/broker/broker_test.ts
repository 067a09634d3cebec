import { assert, assertEquals, assertMatch } from "@std/assert";
import { Broker } from "../../../lib/relay/broker/broker.ts";
import type { BrokerMessage } from "../../../lib/relay/broker/broker_message.ts";
import { parseRelayUrl } from "../../../lib/protocol/relay_url.ts";
import { eventually } from "../../testutil/eventually.ts";
import { startNats } from "../../testutil/relay/nats.ts";
import { testWith } from "../../testutil/needs.ts";
import { createFakeLog } from "../fake_broker.ts";

testWith(["nats-server"], "Broker carries messages with their headers", async () => {
  await using nats = await startNats();
  const { lines, log } = createFakeLog();
  await using broker = new Broker(parseRelayUrl(`nats://${nats.host}`).broker, { log });
  const got: BrokerMessage[] = [];
  const stop = broker.listen("wscam.*.frame", (message) => {
    got.push(message);
    if (got.length === 1) throw new Error("a mistake of ours");
  });
  assertEquals(broker.publish("wscam.a.frame", new Uint8Array(9)), false, "no connection yet");
  assertEquals(await broker.confirm(), false);
  await eventually(() => broker.connectedAt !== undefined);
  for (const value of ["1", "2"]) {
    assert(broker.publish("wscam.a.frame", new Uint8Array([7, 8]), { "Wscam-Sequence": value }));
  }
  assertEquals(await broker.confirm(), true);
  await eventually(() => got.length === 2);
  assertEquals(
    got.map(({ subject, data }) => [subject, ...data]),
    Array(2).fill(["wscam.a.frame", 7, 8]),
  );
  assertEquals(got.map((message) => message.header("Wscam-Sequence")), ["1", "2"]);
  assertEquals(got[0]?.header("Other"), "");
  assertMatch(lines.join("\n"), /Cannot take message on wscam.\*.frame: Error: a mistake of ours/);
  assert(broker.roundTripMs.last >= broker.roundTripMs.least && broker.roundTripMs.least > 0);
  assertEquals(broker.maxPayload, 1024 * 1024);
  stop();
  broker.publish("wscam.a.frame", new Uint8Array(1));
  await broker.confirm();
  assertEquals(got.length, 2);
});

testWith(["nats-server"], "Broker comes back for ever, with all that is listened to", async () => {
  await using nats = await startNats();
  const { lines, log } = createFakeLog();
  await using broker = new Broker(parseRelayUrl(`nats://${nats.host}`).broker, { log });
  let got = 0;
  broker.listen("wscam.x.status", () => got++);
  await eventually(() => broker.connectedAt !== undefined);
  await nats.end();
  await eventually(() => broker.problem?.includes("refuses connections"));
  assertEquals(broker.publish("wscam.x.status", new Uint8Array(1)), false);
  await nats.start();
  await eventually(() => broker.connectedAt !== undefined);
  assertEquals(broker.problem, undefined);
  broker.publish("wscam.x.status", new Uint8Array(1));
  await eventually(() => got === 1);
  broker.reconnect();
  await eventually(() => broker.counters.connections === 3);
  broker.publish("wscam.x.status", new Uint8Array(1));
  await eventually(() => got === 2);
  assertEquals(lines.filter((line) => line.includes("refuses connections")).length, 1);
});

testWith(
  ["nats-server"],
  "Broker keeps nothing that waits for a server that has stopped",
  async () => {
    await using nats = await startNats();
    const { log } = createFakeLog();
    await using broker = new Broker(parseRelayUrl(`nats://${nats.host}`).broker, { log });
    await eventually(() => broker.connectedAt !== undefined);
    Deno.kill(nats.pid, "SIGSTOP");
    const status = (): string => Deno.readTextFileSync(`/proc/${nats.pid}/status`);
    await eventually(() => /^State:\s+T/m.test(status()));
    const confirmed = broker.confirm();
    await eventually(() => broker.problem !== undefined);
    assertEquals(await confirmed, false);
    Deno.kill(nats.pid, "SIGCONT");
    await eventually(() => broker.connectedAt !== undefined);
  },
);

testWith(["nats-server"], "Broker.renew() learns the limit that a server has now", async () => {
  const limit = await Deno.makeTempFile({ suffix: ".conf" });
  await Deno.writeTextFile(limit, "max_payload: 1KB");
  await using nats = await startNats(`include "./${limit.split("/").at(-1)}"`);
  const { lines, log } = createFakeLog();
  await using broker = new Broker(parseRelayUrl(`nats://${nats.host}`).broker, { log });
  await eventually(() => broker.maxPayload === 1024);
  await Deno.writeTextFile(limit, "max_payload: 2KB");
  Deno.kill(nats.pid, "SIGHUP");
  broker.renew();
  assertEquals(broker.connectedAt !== undefined, true, "not so soon");
  await eventually(() => {
    broker.renew();
    return broker.maxPayload === 2048;
  });
  assertEquals(broker.problem, undefined);
  assertEquals(lines.filter((line) => /late|trying again/.test(line)), []);
  await Deno.remove(limit);
});

Deno.test("Broker.close() ends it while it can't connect", async () => {
  const { log } = createFakeLog();
  const broker = new Broker(parseRelayUrl("nats://127.0.0.1:1").broker, { log });
  await eventually(() => broker.problem !== undefined);
  await broker.close();
  await broker.close();
  assertEquals(broker.connectedAt, undefined);
});
