import { assertEquals, assertGreater } from "@std/assert";
import { createTestPattern } from "../../lib/camera/test_pattern.ts";
import { jpegSize } from "../../lib/protocol/jpeg_size.ts";
import type { ImageMessage } from "../../lib/protocol/message.ts";
import { createChannel } from "../../lib/stream/channel.ts";
import { FakeViewer } from "./fake_viewer.ts";
import { eventually } from "../testutil/eventually.ts";

Deno.test("createChannel() leads from a source to its viewers", async () => {
  const channel = createChannel(createTestPattern({ width: 48, height: 32, fps: 50 }), {
    name: "door",
    description: "test",
    fps: 50,
    quality: 60,
    lingerMs: 0,
  });
  await using camera = channel.camera;
  assertEquals([channel.name, channel.source], ["door", "test"]);
  const viewer = new FakeViewer();
  const { texts } = viewer;
  const remove = channel.broadcaster.add(viewer);
  await eventually(() => texts.length >= 3);
  remove();
  await eventually(() => camera.status.state === "closed");
  const message: ImageMessage = JSON.parse(texts[0] ?? "");
  assertEquals(Object.keys(message), ["type", "data", "timestamp"]);
  assertEquals(jpegSize(Uint8Array.fromBase64(message.data)), { width: 48, height: 32 });
  assertGreater(channel.rendition.counters.encoded, 2);
});
