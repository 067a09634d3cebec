import { assertEquals } from "@std/assert";
import { FakeTime } from "../fake_time.ts";
import { Confirmations } from "../../../lib/relay/broker/confirmations.ts";

Deno.test("Confirmations tells when a broker has answered, and how long it took", async () => {
  using time = new FakeTime();
  const confirmations = new Confirmations();
  const answers: (() => void)[] = [];
  const connection = { flush: () => new Promise<void>((resolve) => answers.push(resolve)) };
  const first = confirmations.ask(connection);
  time.tick(30);
  answers[0]?.();
  assertEquals(await first, true);
  const { last } = confirmations.roundTripMs;
  assertEquals(last, 30);
  const second = confirmations.ask(connection);
  time.tick(10);
  answers[1]?.();
  await second;
  assertEquals(confirmations.roundTripMs, { last: 10, least: 10 });
});

Deno.test("Confirmations.lose() gives up what waits", async () => {
  const confirmations = new Confirmations();
  const never = { flush: () => new Promise<void>(() => {}) };
  const waiting = [confirmations.ask(never), confirmations.ask(never)];
  confirmations.lose();
  assertEquals(await Promise.all(waiting), [false, false]);
  const broken = { flush: () => Promise.reject(new Error("closed")) };
  assertEquals(await confirmations.ask(broken), false);
  assertEquals(confirmations.roundTripMs, { last: 0, least: 0 });
});
