import { assertEquals } from "@std/assert";
import type { EncodedPicture } from "../../../lib/encoder/encoder.ts";
import { PictureSender } from "../../../lib/relay/publish/picture_sender.ts";
import { eventually } from "../../testutil/eventually.ts";
import { createFakeBroker } from "../fake_broker.ts";

/** A picture of this many bytes. */
function picture(sequence: number, length = 1): EncodedPicture {
  const data = new Uint8Array(length);
  return { codec: "jpeg", data, width: 2, height: 1, timestamp: 1000, sequence };
}

function setUp() {
  const broker = createFakeBroker();
  // The line is short enough for two pictures in flight.
  broker.roundTripMs = { last: 0, least: 0 };
  const told: string[] = [];
  const sender = new PictureSender(broker, {
    subject: "pictures",
    origin: () => ({ instance: "me", encoder: "copy" }),
    onOversize: (remedy) => void told.push(`oversize: ${remedy}`),
    onProblem: () => void told.push(`problem: ${sender.problem}`),
  });
  return {
    broker,
    sender,
    told,
    sequences: () => broker.sent.map(({ headers }) => Number(headers["Wscam-Sequence"])),
    async confirmNext() {
      broker.confirmNext();
      for (let i = 0; i < 4; i++) await Promise.resolve();
    },
    [Symbol.dispose]: () => sender.forget(),
  };
}

Deno.test("PictureSender has two pictures on their way, and the newest waits", async () => {
  using test = setUp();
  for (let sequence = 1; sequence <= 5; sequence++) test.sender.take(picture(sequence, 10));
  assertEquals(test.sequences(), [1, 2]);
  await test.confirmNext();
  await test.confirmNext();
  await test.confirmNext();
  assertEquals(test.sequences(), [1, 2, 5]);
  assertEquals(test.sender.counters, { published: 3, bytes: 30, dropped: 2, oversize: 0 });
});

Deno.test("PictureSender drops pictures while there is no connection", () => {
  using test = setUp();
  test.broker.connectedAt = undefined;
  for (const sequence of [1, 2, 3]) test.sender.take(picture(sequence));
  test.broker.connectedAt = performance.now();
  test.sender.take(picture(4));
  assertEquals(test.sequences(), [4]);
  assertEquals(test.sender.counters.dropped, 3);
});

Deno.test("PictureSender leaves out what is too large, says so once, and sends what fits", () => {
  using test = setUp();
  test.broker.maxPayload = 1000;
  for (const sequence of [1, 2]) test.sender.take(picture(sequence, 2000));
  test.sender.take(picture(3, 100));
  assertEquals(test.sequences(), [3]);
  assertEquals(test.sender.counters.oversize, 2);
  assertEquals(test.told.filter((words) => words.startsWith("oversize: has pictures")).length, 1);
  assertEquals(test.sender.problem, undefined);
});

Deno.test("PictureSender.repeat() sends the newest again, once no other has gone out for a while", async () => {
  using test = setUp();
  test.sender.repeat();
  assertEquals(test.sequences(), [], "there is none yet");
  test.sender.take(picture(1));
  for (let i = 0; i < 3; i++) test.sender.repeat();
  assertEquals(test.sequences(), [1]);
  await eventually(() => test.sequences().length > 1);
  assertEquals(test.sequences(), [1, 1]);
  await test.confirmNext();
  test.sender.repeat();
  test.sender.forget();
  await new Promise((resolve) => setTimeout(resolve, 400));
  assertEquals(test.sequences(), [1, 1], "what is forgotten is not sent");
});
