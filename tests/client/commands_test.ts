import { assert, assertEquals, assertRejects } from "@std/assert";
import { createCommandLine } from "../../lib/client/commands.ts";

function createBench() {
  const sent: Record<string, unknown>[] = [];
  return { sent, line: createCommandLine((text) => sent.push(JSON.parse(text))) };
}

Deno.test("CommandLine sends commands, and knows their answers by their ids", async () => {
  const { sent, line } = createBench();
  const asked = [
    line.commands.pause(),
    line.commands.configure({ fps: 5 }),
    line.commands.status(),
  ];
  assertEquals(sent.map(({ type }) => type), ["pause", "configure", "status"]);
  assertEquals(sent[1]?.fps, 5);
  assertEquals(new Set(sent.map(({ id }) => id)).size, 3);
  // Not in their order.
  assert(line.hear({ type: "status", id: sent[2]?.id, version: "1" }));
  assert(line.hear({ type: "configured", id: sent[1]?.id, camera: "0", fps: 5 }));
  assert(line.hear({ type: "paused", id: sent[0]?.id }));
  assertEquals(await Promise.all(asked), [undefined, { camera: "0", fps: 5 }, { version: "1" }]);
});

Deno.test("CommandLine rejects with the server's words", async () => {
  const { sent, line } = createBench();
  const asked = line.commands.resume();
  assert(line.hear({ type: "error", id: sent[0]?.id, message: "Cannot resume" }));
  await assertRejects(() => asked, Error, "Cannot resume");
});

Deno.test("CommandLine annotates, and hears when that was taken", async () => {
  const { sent, line } = createBench();
  const boxes = [{ x: 0, y: 0, width: 0.5, height: 1, label: "left" }];
  const asked = line.commands.annotate({ camera: "door", timestamp: 5, boxes, for: 2 });
  const [{ id, ...command } = {}] = sent;
  assertEquals(command, { type: "annotate", camera: "door", timestamp: 5, boxes, for: 2 });
  assert(line.hear({ type: "annotated", id }));
  await asked;
});

Deno.test("CommandLine takes no answer for what it is not", () => {
  const { line } = createBench();
  for (const id of [undefined, null, 1, "", "command 1", "next try", "toString"]) {
    assert(!line.hear({ type: "paused", id }));
  }
});

Deno.test("CommandLine takes an answer once", async () => {
  const { sent, line } = createBench();
  const asked = line.commands.pause();
  const answer = { type: "paused", id: sent[0]?.id };
  assertEquals([line.hear(answer), line.hear(answer)], [true, false]);
  await asked;
});

Deno.test("CommandLine rejects what waits when the connection ends, and what comes later", async () => {
  const { sent, line } = createBench();
  const asked = [line.commands.pause(), line.commands.status()].map((each) => {
    return assertRejects(() => each, Error, "No answer came: gone");
  });
  line.end("gone");
  line.end("gone again");
  await Promise.all(asked);
  await assertRejects(() => line.commands.resume(), Error, "Cannot resume: gone");
  assertEquals(sent.length, 2);
});

Deno.test("CommandLine rejects when sending throws", async () => {
  const line = createCommandLine(() => {
    throw new TypeError("not open");
  });
  await assertRejects(() => line.commands.pause(), TypeError, "not open");
});
