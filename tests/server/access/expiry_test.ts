import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { atTime, endingAt } from "../../../lib/server/access/expiry.ts";
import { eventually } from "../../testutil/eventually.ts";

Deno.test("atTime() calls back when the time has come, once", async () => {
  let calls = 0;
  const expires = Date.now() + 50;
  atTime(expires, () => {
    calls++;
    assertGreaterOrEqual(Date.now(), expires);
  });
  await eventually(() => calls > 0);
  atTime(Date.now() - 1000, () => calls++);
  await eventually(() => calls === 2);
});

Deno.test("atTime() waits as long as it must, and stops when it is told to", async () => {
  let calls = 0;
  const stops = [
    atTime(Date.now() + 30, () => calls++),
    // A timer of Deno would end at once.
    atTime(Date.now() + 400 * 86_400_000, () => calls++),
    atTime(undefined, () => calls++),
  ];
  stops[0]?.();
  await new Promise((resolve) => setTimeout(resolve, 60));
  assertEquals(calls, 0);
  for (const stop of stops) stop();
});

Deno.test("endingAt() passes a stream on until its time has come, and cancels it then", async () => {
  let cancelled = false;
  let isWaiting = false;
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      isWaiting = true;
      await new Promise((resolve) => setTimeout(resolve, 5));
      isWaiting = false;
      if (!cancelled) controller.enqueue(new Uint8Array([1]));
    },
    cancel() {
      cancelled = true;
    },
  });
  let chunks = 0;
  for await (const _ of endingAt(endless, Date.now() + 100)) chunks++;
  assertGreaterOrEqual(chunks, 1);
  await eventually(() => cancelled && !isWaiting);
});

Deno.test("endingAt() ends with its stream, and passes a cancel on", async () => {
  const short = new Response("abc").body as ReadableStream<Uint8Array<ArrayBuffer>>;
  assertEquals(await new Response(endingAt(short, Date.now() + 1e9)).text(), "abc");
  let reason: unknown;
  const open = new ReadableStream<Uint8Array<ArrayBuffer>>({
    cancel: (why) => void (reason = why),
  });
  await endingAt(open, Date.now() + 1e9).cancel("gone");
  assertEquals(reason, "gone");
});
