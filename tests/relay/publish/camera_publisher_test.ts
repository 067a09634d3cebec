import { assertEquals, assertGreater, assertLessOrEqual, assertMatch } from "@std/assert";
import { CameraPublisher } from "../../../lib/relay/publish/camera_publisher.ts";
import { parseAnnouncement } from "../../../lib/relay/broker/messages.ts";
import { createTestPicture } from "../../../lib/camera/test_picture/test_picture.ts";
import { ServedCamera } from "../../../lib/stream/served_camera.ts";
import { eventually } from "../../testutil/eventually.ts";
import { createFakeBroker, createFakeLog } from "../fake_broker.ts";

const publisher = { instance: "me", since: 1, host: "pi" };

function setUp(name = "front door") {
  const broker = createFakeBroker();
  const { lines, log } = createFakeLog();
  const served = new ServedCamera(createTestPicture({ width: 64, height: 48, fps: 50 }), {
    name,
    description: "test",
    fps: 50,
    lingerMs: 0,
  });
  const subject = "wscam.front%20door";
  const camera = new CameraPublisher(broker, served, { publisher, log });
  return {
    broker,
    lines,
    served,
    camera,
    subject,
    frames: () => broker.sent.filter((sent) => sent.subject === `${subject}.frame`),
    states: () =>
      broker.sent.filter((sent) => sent.subject === `${subject}.status`)
        .map(({ data }) => parseAnnouncement(data)?.state),
    want: (fields: Record<string, unknown>) =>
      broker.deliver(`${subject}.want`, JSON.stringify(fields)),
    async [Symbol.asyncDispose]() {
      await camera.close();
      await served.camera.close();
    },
  };
}

Deno.test("CameraPublisher publishes while an edge wants it", async () => {
  await using test = setUp();
  assertEquals([test.states(), test.camera.edges], [["closed"], 0]);
  test.want({ edge: "e1" });
  test.want({ edge: "e2", instance: "me" });
  await eventually(() => test.frames().length > 0);
  const [first] = test.frames();
  assertEquals(first?.headers["Wscam-Instance"], "me");
  assertEquals(first?.headers["Wscam-Width"], "64");
  test.want({ edge: "e1", end: true });
  test.want({ edge: "e2", instance: "another" });
  assertEquals(test.camera.edges, 0);
  await eventually(() => test.served.camera.status.state === "closed");
  await test.camera.close();
  assertEquals(test.states().at(-1), "gone");
});

Deno.test("CameraPublisher has two pictures on their way, and then sends the newest", async () => {
  await using test = setUp();
  test.want({ edge: "e1" });
  await eventually(() => test.camera.counters.dropped > 5);
  const sequences = () => test.frames().map(({ headers }) => Number(headers["Wscam-Sequence"]));
  assertEquals(sequences().length, 2);
  test.broker.confirmNext();
  await eventually(() => sequences().length === 3);
  const [, second = 0, third = 0] = sequences();
  assertEquals(third > second + 3, true, "those between were dropped");
  assertEquals(test.camera.counters.published, 3);
});

Deno.test("CameraPublisher drops pictures while there is no connection", async () => {
  await using test = setUp();
  test.want({ edge: "e1" });
  await eventually(() => test.frames().length > 0);
  test.broker.connectedAt = undefined;
  test.broker.confirmNext();
  test.broker.confirmNext();
  const before = test.frames().length;
  await eventually(() => test.camera.counters.dropped > 5);
  assertEquals(test.frames().length, before);
});

Deno.test("CameraPublisher leaves out what is too large, says so once, and tells edges", async () => {
  await using test = setUp();
  test.broker.maxPayload = 1000;
  test.want({ edge: "e1" });
  await eventually(() => test.camera.counters.oversize > 3);
  assertEquals(test.frames(), []);
  assertEquals(test.states().at(-1), "failed");
  assertEquals(test.lines.length, 1);
  assertMatch(test.lines[0] ?? "", /has pictures of \d+ KiB .* takes 1 KiB: raise 'max_payload'/);
  await eventually(() => test.broker.renewals > 0);
  test.broker.maxPayload = 100_000;
  await eventually(() => test.frames().length > 0);
  assertEquals(test.states().at(-1), "live");
});

Deno.test("CameraPublisher says once that another one has the same name", async () => {
  await using test = setUp();
  const other = { ...publisher, instance: "other", host: "attic", state: "closed" };
  for (const message of [other, other, { ...publisher, state: "live" }]) {
    test.broker.deliver(`${test.subject}.status`, JSON.stringify(message));
  }
  assertEquals(test.lines.length, 1);
  assertMatch(test.lines[0] ?? "", /'front door' .* by another wscam, on 'attic'/);
  test.broker.deliver(`${test.subject}.status`, JSON.stringify({ ...other, state: "gone" }));
  test.broker.deliver(`${test.subject}.status`, JSON.stringify(other));
  assertEquals(test.lines.length, 2);
});

Deno.test("CameraPublisher shows the newest picture to an edge that joins", async () => {
  await using test = setUp();
  test.want({ edge: "e1" });
  await eventually(() => test.frames().length === 2);
  await test.served.camera.close();
  // From 300 ms on, it is repeated at once, when all that was on its way has come.
  const begun = performance.now();
  await eventually(() => {
    test.broker.confirmNext();
    return performance.now() - begun > 400;
  });
  const before = test.frames().length;
  test.want({ edge: "e2" });
  assertEquals(test.frames().length, before + 1);
  // It may have gone out before this edge could hear it.
  test.broker.confirmNext();
  test.want({ edge: "e3" });
  test.want({ edge: "e4" });
  assertEquals(test.frames().length, before + 1);
  await eventually(() => test.frames().length === before + 2);
  // A third would come within 300 ms, or later on a busy machine, which then sees less.
  await new Promise((resolve) => setTimeout(resolve, 400));
  assertEquals(test.frames().length, before + 2, "together");
});

Deno.test("CameraPublisher answers many edges that join at once together", async () => {
  await using test = setUp();
  // Longer than edges are answered together.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const before = test.states().length;
  const start = performance.now();
  // On a busy machine that takes a while itself.
  const more = (): number => Math.floor((performance.now() - start) / 50);
  for (let i = 0; i < 500; i++) test.want({ edge: `e${i}` });
  assertLessOrEqual(test.states().length, before + 2 + more(), "the first, and the camera opens");
  assertGreater(test.states().length, before);
  // As before.
  await new Promise((resolve) => setTimeout(resolve, 100));
  assertLessOrEqual(test.states().length, before + 3 + more());
  assertEquals(test.camera.edges, 500);
});
