import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { getEventListeners } from "node:events";
import { Inlet, type PushingProgram } from "../../../lib/camera/push/inlet.ts";
import type { FedPicture } from "../../../lib/camera/jpeg_frames.ts";
import { SourceError } from "../../../lib/frame/source_error.ts";

function picture(timestamp: number): FedPicture {
  return { jpeg: new Uint8Array(), width: 1, height: 1, timestamp };
}

function program(address = "a:1"): PushingProgram & { replacedBy: string[] } {
  const replacedBy: string[] = [];
  return {
    address,
    replacedBy,
    onReplaced: (by) => replacedBy.push(by),
    onGone: () => replacedBy.push("nobody"),
  };
}

function createBench() {
  const clock = { now: 0 };
  const said: string[] = [];
  let arrivals = 0;
  const inlet = new Inlet({
    now: () => clock.now,
    onChange: (words) => said.push(words),
    onArrival: () => arrivals++,
  });
  const over = new AbortController();
  return { inlet, clock, said, over, arrivals: () => arrivals };
}

async function failure(pictures: AsyncGenerator<FedPicture, void>): Promise<string[]> {
  const error = await assertRejects(() => pictures.next(), SourceError);
  return [error.code, error.reason];
}

Deno.test("Inlet gives each picture once, and of several the newest", async () => {
  const { inlet, over } = createBench();
  const place = inlet.enter(program());
  place.put(picture(1));
  place.put(picture(2));
  const pictures = inlet.pictures({ signal: over.signal });
  assertEquals((await pictures.next()).value?.timestamp, 2);
  const next = pictures.next();
  place.put(picture(3));
  assertEquals((await next).value?.timestamp, 3);
  const last = pictures.next();
  over.abort();
  assertEquals(await last, { value: undefined, done: true });
  assertEquals(getEventListeners(over.signal, "abort"), []);
});

Deno.test("Inlet gives a new reader the last picture that has come", async () => {
  const { inlet, over } = createBench();
  inlet.enter(program()).put(picture(1));
  for (let i = 0; i < 2; i++) {
    const pictures = inlet.pictures({ signal: over.signal });
    assertEquals((await pictures.next()).value?.timestamp, 1);
    await pictures.return();
  }
});

Deno.test("Inlet says why there are not pictures: nobody came, stalled, gone", async () => {
  const { inlet, clock, over } = createBench();
  const read = () => failure(inlet.pictures({ signal: over.signal }));
  assertEquals((await read())[0], "missing");
  const place = inlet.enter(program("192.0.2.5:9"));
  place.put(picture(1));
  clock.now += 5000;
  const [code, reason = ""] = await read();
  assertEquals(code, "frozen");
  assertStringIncludes(reason, "the program at 192.0.2.5:9 has pushed none for 5 s");
  place.break();
  assertEquals((await read())[0], "broken");
  place.put(picture(2));
  const pictures = inlet.pictures({ signal: over.signal });
  assertEquals((await pictures.next()).value?.timestamp, 2);
  const waiting = failure(pictures);
  place.leave();
  assertEquals((await waiting)[0], "gone");
  assertEquals((await read())[0], "gone");
});

Deno.test("Inlet notices by itself that a program has stalled", async () => {
  const inlet = new Inlet();
  inlet.stalledMs = 30;
  const { signal } = new AbortController();
  const place = inlet.enter(program());
  place.put(picture(1));
  const pictures = inlet.pictures({ signal });
  await pictures.next();
  assertEquals((await failure(pictures))[0], "frozen");
});

Deno.test("Inlet has one program at a time: a place that is lost has no effect", async () => {
  const { inlet, clock, over, said } = createBench();
  assertEquals(inlet.holder, undefined);
  const [first, second] = [program("a:1"), program("b:2")];
  const old = inlet.enter(first);
  assertEquals(inlet.holder, "a:1");
  // A stalled program need not be asked.
  clock.now += 5000;
  assertEquals(inlet.holder, undefined);
  old.put(picture(1));
  assertEquals(inlet.holder, "a:1");
  const place = inlet.enter(second);
  assertEquals([first.replacedBy, second.replacedBy, inlet.holder], [["b:2"], [], "b:2"]);
  let broken = 0;
  place.break();
  const pictures = inlet.pictures({ signal: over.signal, onBroken: () => broken++ });
  assertEquals((await pictures.next()).value?.timestamp, 1);
  const next = pictures.next();
  old.put(picture(9));
  old.break();
  old.leave();
  place.break();
  place.put(picture(2));
  assertEquals([(await next).value?.timestamp, broken], [2, 2]);
  place.leave();
  assertEquals(said, [
    "gets its pictures from a:1",
    "gets its pictures from b:2",
    "gets no more pictures from b:2",
  ]);
});

Deno.test("Inlet.close() tells the program", () => {
  const { inlet } = createBench();
  const pusher = program();
  const place = inlet.enter(pusher);
  inlet.close();
  inlet.close();
  place.leave();
  assertEquals(pusher.replacedBy, ["nobody"]);
});

Deno.test("Inlet says that there may be pictures again, while nobody reads", async () => {
  const { inlet, over, arrivals } = createBench();
  const place = inlet.enter(program());
  assertEquals(arrivals(), 1);
  const pictures = inlet.pictures({ signal: over.signal });
  const next = pictures.next();
  place.put(picture(1));
  await next;
  assertEquals(arrivals(), 1);
  await pictures.return();
  place.put(picture(2));
  assertEquals(arrivals(), 2);
});
