import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { getEventListeners } from "node:events";
import { sleep } from "../../lib/time/sleep.ts";

Deno.test("sleep() resolves after its time, and no sooner", async () => {
  const { signal } = new AbortController();
  const start = performance.now();
  await sleep(50, signal);
  // Timers count in whole milliseconds.
  assertGreaterOrEqual(performance.now() - start, 48);
  assertEquals(getEventListeners(signal, "abort"), []);
});

Deno.test("sleep() resolves at once when its signal is aborted already", async () => {
  await sleep(1e9, AbortSignal.abort());
});

Deno.test("sleep() resolves when its signal is aborted, and leaves no timer", async () => {
  const abort = new AbortController();
  const sleeps = [sleep(1e9, abort.signal), sleep(1e6, abort.signal)];
  abort.abort();
  await Promise.all(sleeps);
  assertEquals(getEventListeners(abort.signal, "abort"), []);
});

Deno.test("sleep() resolves when there is no time to wait", async () => {
  for (const ms of [0, -1, -1e9]) await sleep(ms, new AbortController().signal);
});
