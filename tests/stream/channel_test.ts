import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import { createTestPattern } from "../../lib/camera/pattern/test_pattern.ts";
import { jpegSize } from "../../lib/jpeg/jpeg_size.ts";
import type { ImageMessage } from "../../lib/protocol/message.ts";
import { type Channel, createChannel } from "../../lib/stream/channel.ts";
import { FakeViewer } from "./fake_viewer.ts";
import { createJpegChannel } from "./jpeg_camera.ts";
import { eventually } from "../testutil/eventually.ts";

function createTestChannel({ fps = 50 } = {}): Channel {
  return createChannel(createTestPattern({ width: 48, height: 32, fps }), {
    name: "door",
    description: "test",
    fps,
    quality: 60,
    lingerMs: 0,
  });
}

Deno.test("createChannel() leads from a source to its viewers", async () => {
  await using channel = createTestChannel();
  assertEquals([channel.name, channel.source], ["door", "test"]);
  const viewer = new FakeViewer();
  const stream = channel.join(viewer);
  assert(stream);
  await eventually(() => viewer.texts.length >= 3);
  stream.remove(viewer);
  await eventually(() => channel.camera.status.state === "closed");
  const message: ImageMessage = JSON.parse(viewer.texts[0] ?? "");
  assertEquals(Object.keys(message), ["type", "data", "timestamp"]);
  assertEquals(jpegSize(Uint8Array.fromBase64(message.data)), { width: 48, height: 32 });
  assertGreater(channel.own.counters.encoded, 2);
});

Deno.test("Channel.close() ends everything, whoever watches", async () => {
  const channel = createTestChannel();
  const viewer = new FakeViewer();
  channel.join(viewer, { quality: 10, width: 16 });
  await eventually(() => viewer.texts.length > 0);
  await channel.close();
  await channel[Symbol.asyncDispose]();
  assertEquals(channel.camera.status.state, "closed");
});

Deno.test("Channel has failed while nothing that is wanted of it can be made", async () => {
  await using channel = await createJpegChannel();
  const states: string[] = [];
  channel.observe(({ state }) => states.push(state));
  const whole = new FakeViewer();
  channel.join(whole);
  await eventually(() => whole.texts.length > 0);
  const small = new FakeViewer();
  channel.join(small, { quality: null, width: 24 });
  const told = await eventually(() => small.texts.at(0));
  assertMatch(
    told,
    /"Camera door can't be shown: cannot encode picture: it needs ffmpeg, .* install it with/,
  );
  assertEquals(channel.status.state, "live", "others get what they want");
  channel.own.remove(whole);
  assertEquals(channel.status.state, "failed");
  channel.join(whole);
  assertEquals(channel.status.state, "live");
  channel.own.remove(whole);
  assertEquals(small.texts.length, 1, "once");
  assertEquals(states.slice(0, 2), ["opening", "live"]);
});
