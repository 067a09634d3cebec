import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Camera } from "../../lib/camera/camera.ts";
import { SourceError } from "../../lib/frame/source_error.ts";
import { EncoderError } from "../../lib/jpeg/encoder_error.ts";
import { errorText } from "../../lib/protocol/message.ts";
import { Stream } from "../../lib/stream/stream.ts";
import { createFakeSource, type FakeSource } from "../camera/fake_source.ts";
import { encoderOf } from "./collector.ts";
import { FakeViewer } from "./fake_viewer.ts";
import { eventually } from "../testutil/eventually.ts";

const OPTIONS = { name: "door", quality: null, width: null };

interface Bench extends AsyncDisposable {
  source: FakeSource;
  camera: Camera;
  stream: Stream;
  /** By the bench's clock. */
  viewer(): FakeViewer;
  /** In milliseconds. */
  clock: number;
  /** Broadcasts a picture. */
  picture(): Promise<void>;
  /** Makes the camera fail, and waits until it is opened again. */
  failure(error?: Error): Promise<void>;
}

function createBench(retryMs: number[] = [1]): Bench {
  const source = createFakeSource();
  const camera = new Camera(source, { fps: 1e9, lingerMs: 60_000, retryMs });
  const encoder = encoderOf(({ sequence }) => Uint8Array.of(0xff, sequence));
  const stream = new Stream(camera, encoder, OPTIONS);
  const bench: Bench = {
    source,
    camera,
    clock: 0,
    stream,
    viewer: () => new FakeViewer({ now: () => bench.clock }),
    async picture() {
      await eventually(() => source.runs.some(({ isOver }) => !isOver));
      const before = stream.counters.encoded;
      source.run.frame();
      await eventually(() => stream.counters.encoded === before + 1);
      // Others that wait for the same promise as we did are served by now.
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
    async failure(error = new SourceError("gone", "was unplugged")) {
      await eventually(() => source.runs.some(({ isOver }) => !isOver));
      const before = source.runs.length;
      source.run.end(error);
      await eventually(() => source.runs.length > before);
    },
    [Symbol.asyncDispose]: () => camera.close(),
  };
  return bench;
}

function error(reason: string): string {
  return errorText(`Camera door ${reason}, trying again every 5 s`);
}

Deno.test("Stream sends one text to all viewers", async () => {
  await using bench = createBench();
  const viewers = [bench.viewer(), bench.viewer(), bench.viewer()];
  for (const viewer of viewers) bench.stream.add(viewer);
  await bench.picture();
  await bench.picture();
  const [first, second] = viewers[0]?.texts ?? [];
  assertEquals(first, '{"type": "image", "data": "/wE=", "timestamp": 1000.000}');
  assertEquals(second, '{"type": "image", "data": "/wI=", "timestamp": 1001.000}');
  for (const { texts } of viewers) {
    assertEquals(texts.length, 2);
    assertStrictEquals(texts[0], first);
  }
  const bytes = 3 * `${first}${second}`.length;
  const { sent, dropped, bytes: counted } = bench.stream.counters;
  assertEquals({ sent, dropped, bytes: counted }, { sent: 6, dropped: 0, bytes });
});

Deno.test("Stream sends nothing to a viewer that hasn't taken its last picture", async () => {
  await using bench = createBench();
  const [slow, quick] = [bench.viewer(), bench.viewer()];
  bench.stream.add(slow);
  bench.stream.add(quick);
  await bench.picture();
  slow.pending = 1;
  await bench.picture();
  await bench.picture();
  slow.pending = 0;
  await bench.picture();
  assertEquals(slow.texts.length, 2);
  assertEquals(quick.texts.length, 4, "nobody else is affected");
  assertStrictEquals(slow.texts[1], quick.texts[3], "and it goes on with the newest");
  const { sent, dropped } = bench.stream.counters;
  assertEquals([sent, dropped], [6, 2]);
});

Deno.test("Stream drops a viewer that takes nothing for 30 s", async () => {
  await using bench = createBench();
  const [stalled, slow, quick] = [bench.viewer(), bench.viewer(), bench.viewer()];
  for (const viewer of [stalled, slow, quick]) bench.stream.add(viewer);
  await bench.picture();
  for (const viewer of [stalled, slow]) viewer.pending = 1000;
  for (bench.clock = 9_000; bench.clock < 30_000; bench.clock += 10_000) await bench.picture();
  bench.clock = 29_000;
  assertEquals(stalled.drops, []);
  slow.pending = 0;
  await bench.picture();
  slow.pending = 1000;
  bench.clock = 30_001;
  await bench.picture();
  assertEquals(stalled.drops, ["No picture was read for 30 s"]);
  assertEquals(slow.drops, [], "it has taken one since");
  assertEquals(quick.drops, []);
  for (bench.clock = 39_500; bench.clock < 60_000; bench.clock += 10_000) await bench.picture();
  assertEquals(slow.drops.length, 1);
  assertEquals(quick.texts.length, 9);
});

Deno.test("Stream goes on when a viewer leaves as it is dropped", async () => {
  await using bench = createBench();
  const [stalled, quick] = [bench.viewer(), bench.viewer()];
  bench.stream.add(stalled);
  const remove = (): void => bench.stream.remove(stalled);
  stalled.pending = 1;
  stalled.onDrop = remove;
  bench.stream.add(quick);
  for (bench.clock = 10_000; bench.clock <= 40_000; bench.clock += 10_000) await bench.picture();
  assertEquals(bench.stream.viewers.length, 1);
  assertEquals(quick.texts.length, 4);
});

Deno.test("Stream tells of an outage once, and again of the next", async () => {
  await using bench = createBench();
  const viewer = bench.viewer();
  bench.stream.add(viewer);
  await bench.picture();
  for (let i = 0; i < 4; i++) await bench.failure();
  assertEquals(viewer.texts.slice(1), [error("was unplugged")]);
  await bench.picture();
  await bench.failure(new SourceError("failed", "is busy"));
  await bench.failure(new SourceError("failed", "is busy"));
  assertEquals(viewer.texts.length, 4);
  assertEquals(viewer.texts.at(-1), error("is busy"));
});

Deno.test("Stream tells a new viewer of the outage at once, and once", async () => {
  await using bench = createBench([300]);
  const [first, second] = [bench.viewer(), bench.viewer()];
  bench.stream.add(first);
  await eventually(() => bench.source.runs.length === 1);
  bench.source.run.end(new SourceError("missing", "isn't there"));
  await eventually(() => bench.camera.status.state === "failed");
  bench.stream.add(second);
  assertEquals(second.texts, [error("isn't there")]);
  await eventually(() => bench.source.runs.length === 2);
  await bench.failure();
  assertEquals(first.texts, [error("isn't there")]);
  assertEquals(second.texts, [error("isn't there")]);
});

Deno.test("Stream tells the only viewer once when it comes during an outage", async () => {
  await using bench = createBench([300]);
  const [gone, late] = [bench.viewer(), bench.viewer()];
  bench.stream.add(gone);
  const remove = (): void => bench.stream.remove(gone);
  await eventually(() => bench.source.runs.length === 1);
  bench.source.run.end(new SourceError("missing", "isn't there"));
  await eventually(() => bench.camera.status.state === "failed");
  remove();
  bench.stream.add(late);
  await eventually(() => bench.source.runs.length === 2);
  await bench.failure();
  await bench.failure();
  assertEquals(late.texts, [error("isn't there")]);
});

Deno.test("Stream doesn't tell a viewer of an outage that it knows of", async () => {
  await using bench = createBench([300]);
  bench.stream.add(bench.viewer());
  await eventually(() => bench.source.runs.length === 1);
  bench.source.run.end(new SourceError("missing", "isn't there"));
  await eventually(() => bench.camera.status.state === "failed");
  const viewer = bench.viewer();
  bench.stream.add(viewer, { isInformed: true });
  await eventually(() => bench.source.runs.length === 2);
  await bench.failure();
  assertEquals(viewer.texts, []);
});

Deno.test("Stream has no picture wait for a viewer that hears of an outage", async () => {
  await using bench = createBench([60_000]);
  const viewer = bench.viewer();
  viewer.delivery = { fps: null, form: "numbered", ack: true };
  bench.stream.add(viewer);
  for (let i = 0; i < 3; i++) await bench.picture();
  assertEquals(viewer.texts.length, 2);
  bench.source.run.end(new SourceError("gone", "was unplugged"));
  await eventually(() => viewer.texts.length === 3);
  viewer.acknowledge(1);
  assertEquals(viewer.texts.slice(2), [error("was unplugged")]);
});

Deno.test("Stream wants no pictures when the last viewer has left", async () => {
  await using bench = createBench();
  assertEquals(bench.stream.viewers.length, 0);
  const viewers = [bench.viewer(), bench.viewer()];
  for (const viewer of viewers) bench.stream.add(viewer);
  assertEquals(bench.stream.viewers.length, 2);
  await bench.picture();
  for (const viewer of viewers) bench.stream.remove(viewer);
  for (const viewer of viewers) bench.stream.remove(viewer);
  assertEquals(bench.stream.viewers.length, 0);
  bench.source.run.frame();
  await eventually(() => bench.camera.counters.captured === 2);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(viewers.map(({ texts }) => texts.length), [1, 1]);
  assertEquals(bench.source.released, 1, "and the frame was not held for encoding");
  assert(!bench.source.run.signal.aborted, "the camera lingers");
  const back = bench.viewer();
  bench.stream.add(back);
  await eventually(() => back.texts.length === 1);
  await bench.picture();
  assertEquals(back.texts.length, 2);
});

Deno.test("Stream gives the newest picture at once to who comes later", async () => {
  await using bench = createBench();
  const [first, second] = [bench.viewer(), bench.viewer()];
  bench.stream.add(first);
  await bench.picture();
  await bench.picture();
  bench.stream.add(second);
  assertEquals(second.texts, first.texts.slice(-1));
});

Deno.test("Stream sends nothing to who has left", async () => {
  await using bench = createBench();
  const [gone, here] = [bench.viewer(), bench.viewer()];
  bench.stream.add(gone);
  const remove = (): void => bench.stream.remove(gone);
  bench.stream.add(here);
  remove();
  await bench.picture();
  await bench.failure();
  assertEquals(gone.texts, []);
  assertEquals(here.texts.length, 2);
});

Deno.test("Stream tells once why nothing can be encoded, also who comes later", async () => {
  const source = createFakeSource();
  await using camera = new Camera(source, { fps: 1e9, lingerMs: 60_000 });
  const encoder = encoderOf(() => {
    throw new EncoderError("Cannot load imagescript: it isn't there");
  });
  const stream = new Stream(camera, encoder, OPTIONS);
  const viewers = [new FakeViewer(), new FakeViewer()] as const;
  stream.add(viewers[0]);
  await eventually(() => source.runs.length === 1);
  source.run.frame();
  await eventually(() => viewers[0].texts.length > 0);
  stream.add(viewers[1]);
  for (let i = 0; i < 5; i++) source.run.frame();
  await eventually(() => camera.counters.captured === 6);
  const told = error("can't be shown: cannot load imagescript: it isn't there");
  for (const { texts } of viewers) assertEquals(texts, [told]);
});
