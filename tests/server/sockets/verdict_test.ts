import { assertEquals, assertMatch } from "@std/assert";
import { ConnectionFacts } from "../../../lib/server/sockets/connection_facts.ts";
import { LIMITS, Verdict } from "../../../lib/server/sockets/verdict.ts";

/** A connection that is looked at once a second. */
function observe({ facts = undefined as ConnectionFacts | undefined } = {}) {
  const verdict = new Verdict(LIMITS);
  const traffic = { taken: 0, received: 0, isWaiting: false };
  return {
    facts,
    traffic,
    verdict,
    /** Looks on until there is a reason; the reason, and the second it came in. */
    watch(
      seconds: number,
      each: (second: number) => void = () => {},
    ): [string, number] | undefined {
      for (let second = 1; second <= seconds; second++) {
        each(second);
        const reason = verdict.consider({ traffic, facts, passedMs: 1000 });
        if (reason !== undefined) return [reason, second];
      }
      return undefined;
    },
  };
}

function openViewer() {
  const facts = new ConnectionFacts();
  facts.begin();
  return { ...observe({ facts }), facts };
}

const DAY = 86_400;

Deno.test("Verdict ends who sends no request for 30 s, however slowly it sends one", () => {
  assertEquals(observe().watch(60), ["sent no request", 30]);
  const { watch, traffic } = observe();
  assertEquals(watch(60, () => traffic.received++), ["sent no request", 30]);
});

Deno.test("Verdict counts from the end of a request, and lets one take long", () => {
  const facts = new ConnectionFacts();
  const { watch } = observe({ facts });
  facts.begin();
  assertEquals(watch(DAY), undefined);
  facts.end();
  // The look that sees the end counts for nothing.
  assertEquals(watch(60), ["sent no request", 31]);
});

Deno.test("Verdict lets a connection go on that asks every 29 s", () => {
  const facts = new ConnectionFacts();
  const { watch } = observe({ facts });
  const ask = (second: number): void => {
    if (second % 29 !== 0) return;
    facts.begin();
    facts.end();
  };
  assertEquals(watch(DAY, ask), undefined);
});

Deno.test("Verdict ends who takes nothing of what there is for 30 s", () => {
  const { watch, traffic } = openViewer();
  traffic.isWaiting = true;
  assertEquals(watch(1), undefined);
  traffic.taken = 10_000;
  assertEquals(watch(60), ["took nothing", 31]);
});

Deno.test("Verdict tells who is taking something, however slowly", () => {
  const { watch, traffic, verdict } = openViewer();
  watch(10);
  assertEquals(verdict.isTaking, false, "there is nothing");
  traffic.isWaiting = true;
  watch(100, (second) => {
    if (second % 26 === 0) traffic.taken++;
    assertEquals(verdict.isTaking, second > 1);
  });
  traffic.isWaiting = false;
  watch(1);
  assertEquals(verdict.isTaking, false, "it has taken all");
  traffic.isWaiting = true;
  watch(100);
  assertEquals(verdict.isTaking, false, "it has ended");
});

Deno.test("Verdict spares a viewer that pauses, that takes little, and that is sent nothing", () => {
  const slow = openViewer();
  slow.traffic.isWaiting = true;
  assertEquals(slow.watch(1000, () => slow.traffic.taken++), undefined);
  const pausing = openViewer();
  pausing.traffic.isWaiting = true;
  assertEquals(
    pausing.watch(1000, (second) => {
      if (second % 26 === 0) pausing.traffic.taken++;
    }),
    undefined,
  );
  const quiet = openViewer();
  assertEquals(quiet.watch(DAY), undefined);
});

Deno.test("Verdict ends who sends more than 1 MB that makes no message", () => {
  const { watch, traffic } = openViewer();
  traffic.received = 500;
  assertEquals(watch(10), undefined);
  traffic.received = 1_000_000;
  assertEquals(watch(1), undefined);
  traffic.received += 1000;
  assertMatch(watch(1)?.[0] ?? "", /^sent more than 1000000 bytes/);
});

Deno.test("Verdict ends it also when all of that came with the handshake, or with a message", () => {
  const atOnce = openViewer();
  atOnce.traffic.received = 1_100_000;
  assertEquals(atOnce.watch(1)?.[1], 1);
  const { facts, watch, traffic } = openViewer();
  assertEquals(watch(3), undefined);
  facts.hear(50_000);
  traffic.received += 1_040_000;
  assertEquals(watch(1), undefined);
  facts.hear(50_000);
  traffic.received += 1_060_000;
  assertEquals(watch(1)?.[1], 1);
});

Deno.test("Verdict spares a viewer that sends commands for years, and one that pings", () => {
  const { facts, watch, traffic } = openViewer();
  const command = (): void => {
    for (let i = 0; i < 50; i++) facts.hear(100);
    traffic.received += 50 * 114;
  };
  assertEquals(watch(DAY, command), undefined);
  const pinging = openViewer();
  // The Python library: 10 bytes every 20 s.
  const ping = (second: number): void => {
    if (second % 20 === 0) pinging.traffic.received += 10;
  };
  assertEquals(pinging.watch(40 * DAY, ping), undefined);
});

Deno.test("Verdict ends who doesn't leave within 2 s of our goodbye", () => {
  const { facts, watch } = openViewer();
  assertEquals(watch(100), undefined);
  facts.isLeaving = true;
  assertEquals(watch(10), ["did not close the connection", 2]);
});

Deno.test("Verdict needs no traffic to know who sends no request", () => {
  const verdict = new Verdict(LIMITS);
  const look = (passedMs: number) =>
    verdict.consider({ traffic: undefined, facts: undefined, passedMs });
  assertEquals(look(29_999), undefined);
  assertEquals(verdict.idleMs, 29_999);
  assertEquals(look(1), "sent no request");
});
