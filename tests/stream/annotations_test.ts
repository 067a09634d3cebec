import { assertEquals } from "@std/assert";
import { Annotations } from "../../lib/stream/annotations.ts";
import { AnnotationFeed } from "../../lib/stream/viewer/annotation_feed.ts";
import { FakeViewer } from "./fake_viewer.ts";

const SAID = { timestamp: 5, boxes: [], text: "cat", for: 2 };
const own = (from: string) => ({ from, isOwn: true });

function createBench() {
  let now = 0;
  const annotations = new Annotations("door", () => now);
  const texts: string[] = [];
  const watch = (): () => void => annotations.watch((_, text) => texts.push(text()));
  return { annotations, texts, watch, wait: (ms: number) => void (now += ms) };
}

const textsOf = (texts: readonly string[]): string[] => texts.map((each) => JSON.parse(each).text);

Deno.test("Annotations tells what is said to all who watch, and what lasts to who joins", () => {
  const { annotations, texts, watch, wait } = createBench();
  const stop = watch();
  annotations.add(SAID, own("a"));
  assertEquals(texts.map((each) => JSON.parse(each)), [
    { type: "annotation", camera: "door", ...SAID, from: "a" },
  ]);
  wait(1500);
  const stopLate = watch();
  assertEquals(JSON.parse(texts[1] ?? "").for, 0.5);
  stop();
  stopLate();
  wait(500);
  watch()();
  assertEquals([texts.length, annotations.remarks], [2, []]);
});

Deno.test("Annotations keeps the last word of each program, and takes back what is said for no time", () => {
  const { annotations, texts, watch } = createBench();
  for (const text of ["one", "two"]) {
    annotations.add({ ...SAID, text }, own("a"));
  }
  annotations.add({ ...SAID, text: "three" }, own("b"));
  watch()();
  assertEquals(textsOf(texts), ["two", "three"]);
  annotations.add({ ...SAID, text: "", for: 0 }, own("a"));
  assertEquals(annotations.remarks.map(({ from }) => from), ["b"]);
});

Deno.test("Annotations keeps no more than the last sixteen programs", () => {
  const { annotations } = createBench();
  for (let i = 0; i < 1000; i++) annotations.add(SAID, own(`${i}`));
  assertEquals(annotations.remarks.map(({ from }) => Number(from)), [
    ...Array.from({ length: 16 }, (_, i) => 984 + i),
  ]);
});

Deno.test("Annotations tells other servers what is said here, and whether anybody asks", () => {
  const { annotations, watch } = createBench();
  const heard: unknown[] = [];
  const stop = annotations.join({
    said: ({ from }) => heard.push(from),
    wanted: (isWanted) => heard.push(isWanted),
  });
  annotations.add(SAID, own("a"));
  annotations.add(SAID, { from: "b", isOwn: false });
  const stops = [watch(), watch()];
  for (const each of stops) each();
  assertEquals(heard, ["a", true, false]);
  stop();
  annotations.add(SAID, own("a"));
  assertEquals(heard.length, 3);
});

Deno.test("AnnotationFeed has a busy viewer get the newest word of each program when it can take it", () => {
  const { annotations } = createBench();
  const viewer = new FakeViewer();
  const feed = new AnnotationFeed(viewer);
  feed.follow(annotations);
  viewer.pending = 1;
  for (let i = 0; i < 100; i++) {
    annotations.add({ ...SAID, text: `${i}` }, own(`${i % 2}`));
  }
  assertEquals(viewer.texts, []);
  viewer.proceed();
  assertEquals(viewer.texts, []);
  viewer.pending = 0;
  viewer.proceed();
  assertEquals(textsOf(viewer.texts), ["98", "99"]);
  annotations.add(SAID, own("0"));
  assertEquals(viewer.texts.length, 3);
  feed.follow(undefined);
  annotations.add(SAID, own("0"));
  assertEquals(viewer.texts.length, 3);
});

Deno.test("AnnotationFeed keeps no more for a viewer that takes nothing than sixteen words", () => {
  const { annotations } = createBench();
  const viewer = new FakeViewer();
  new AnnotationFeed(viewer).follow(annotations);
  viewer.pending = 1;
  for (let i = 0; i < 1000; i++) annotations.add(SAID, own(`${i}`));
  viewer.pending = 0;
  viewer.proceed();
  assertEquals(viewer.texts.length, 16);
});
