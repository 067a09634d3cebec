import { assert, assertEquals, assertLess } from "@std/assert";
import { type Picture, view, type ViewerEvent } from "../../lib/client/viewer.ts";
import { readComment } from "../../lib/jpeg/comment.ts";
import { jpegSize } from "../../lib/jpeg/jpeg_size.ts";
import { isPicture, sendPicture, startServer, startViewed, watch } from "./picture_server.ts";

Deno.test("view() acknowledges what arrives, so that more comes, in each format", async (t) => {
  await using server = await startViewed();
  for (const format of ["json", "binary"] as const) {
    await t.step(format, async () => {
      const abort = new AbortController();
      const seen: Picture[] = [];
      const settings = { format, width: 32 };
      for await (const event of view(server.ws, abort.signal, settings)) {
        if (event.type === "picture") seen.push(event);
        // Two would come without a word from us.
        if (seen.length === 6) abort.abort();
      }
      assertEquals(jpegSize(seen[5]?.jpeg ?? new Uint8Array()), { width: 32, height: 24 });
      for (const { ageMs } of seen) assertLess(Math.abs(ageMs), 10_000);
    });
  }
});

Deno.test("view() gets files unless something else is asked for", async (t) => {
  await using server = await startViewed();
  for (const [query, hasComment] of [["", true], ["?format=json", false]] as const) {
    await t.step(`address with "${query}"`, async () => {
      for await (const event of view(server.ws + query, new AbortController().signal)) {
        if (event.type !== "picture") continue;
        assertEquals(
          readComment(event.jpeg)?.includes(String(event.timestamp)) ?? false,
          hasComment,
        );
        break;
      }
    });
  }
});

Deno.test("view() acknowledges nothing where that is refused, or unknown", async () => {
  await using server = await startViewed();
  const abort = new AbortController();
  let count = 0;
  for await (const { type } of view(server.ws, abort.signal, { ack: false })) {
    if (type === "picture" && ++count === 5) abort.abort();
  }
  await using old = startServer({ onOpen: (socket) => sendPicture(socket, 1) });
  await watch(old.url, isPicture);
  assertEquals(old.received.filter((text) => text.includes("ack")), []);
});

Deno.test("view() gives commands whose answers are awaited", async () => {
  await using server = await startViewed();
  const abort = new AbortController();
  let told: unknown[] | undefined;
  for await (const event of view(server.ws, abort.signal)) {
    if (event.type === "connected") {
      const { commands } = event;
      const inForce = await commands.configure({ width: 40, fps: 10 });
      const refused = await commands.configure({ camera: "attic" }).catch(({ message }) => message);
      await commands.pause();
      await commands.resume();
      const { version } = await commands.status();
      told = [inForce, refused, version];
    }
    if (event.type === "picture" && jpegSize(event.jpeg)?.width === 40) abort.abort();
    assert(event.type !== "error");
  }
  assertEquals(told, [
    {
      camera: "test",
      fps: 10,
      quality: null,
      width: 40,
      format: "binary",
      ack: true,
      annotations: false,
    },
    "Cannot configure: field 'camera' must be one of 'test', got 'attic'",
    "1.2.3",
  ]);
});

Deno.test("view() tells what programs say of the pictures, of each the newest", async () => {
  await using server = await startViewed();
  const over = new AbortController();
  const seen: ViewerEvent[] = [];
  for await (const event of view(server.ws, over.signal, { annotations: true })) {
    if (event.type === "connected") {
      const { commands } = event;
      for (const text of ["one", "two", "three"]) await commands.annotate({ text, for: 60 });
    }
    if (event.type !== "annotation") continue;
    seen.push(event);
    if (event.text === "three") over.abort();
  }
  // Nobody read while they came; on a busy machine, the last comes after that.
  assert(seen.length <= 2, `${seen.length}`);
  const last = seen.at(-1);
  assert(last?.type === "annotation");
  assertEquals([last.camera, last.text, last.boxes], ["test", "three", []]);
});
