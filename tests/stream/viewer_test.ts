import { assert, assertEquals } from "@std/assert";
import { FakeViewer } from "./fake_viewer.ts";

Deno.test("Viewer tells what was done for it", () => {
  let clock = 0;
  const viewer = new FakeViewer({ address: "192.0.2.5:51234", now: () => clock });
  assertEquals(viewer.stats, {
    ...{ address: "192.0.2.5:51234", fps: 0, sent: 0, dropped: 0, bytes: 0, age: null },
  });
  for (let i = 0; i < 5; i++) {
    clock += 100;
    assertEquals(viewer.offer({ text: "12345", timestamp: Date.now() / 1000 - 2 }), "sent");
  }
  viewer.pending = 1;
  assertEquals(viewer.offer({ text: "6", timestamp: 0 }), "dropped");
  const { age, ...rest } = viewer.stats;
  assertEquals(rest, { address: "192.0.2.5:51234", fps: 10, sent: 5, dropped: 1, bytes: 25 });
  assert(age !== null && age >= 2 && age < 60);
});

Deno.test("Viewer is sent a picture once", () => {
  const viewer = new FakeViewer();
  const picture = { text: "1", timestamp: 0 };
  assertEquals([viewer.offer(picture), viewer.offer(picture)], ["sent", "known"]);
  assertEquals(viewer.texts, ["1"]);
});

Deno.test("Viewer tells a rate that falls when nothing is sent any more", () => {
  let clock = 0;
  const viewer = new FakeViewer({ now: () => clock });
  for (; clock < 1000; clock += 100) viewer.offer({ text: "", timestamp: 0 });
  assertEquals(viewer.stats.fps, 10);
  clock += 4900;
  assertEquals(viewer.stats.fps, 0.2);
});
