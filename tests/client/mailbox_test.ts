import { assertEquals } from "@std/assert";
import { Mailbox } from "../../lib/client/mailbox.ts";
import type { Picture, VideoPicture } from "../../lib/client/read_message.ts";
import type { ViewerEvent } from "../../lib/client/viewer_event.ts";

function picture(sequence: number): Picture {
  const jpeg = new Uint8Array();
  return { type: "picture", jpeg, timestamp: 0, sequence, ageMs: 0, skipped: 0 };
}

function annotation(from: string): ViewerEvent {
  return { type: "annotation", camera: "0", from, timestamp: 0, boxes: [], text: "", for: 1 };
}

function fragment(timestamp: number, isKey = false): VideoPicture {
  return { type: "fragment", bytes: new Uint8Array(), timestamp, isKey, ageMs: 0, skipped: 0 };
}

function video(width: number): ViewerEvent[] {
  return [
    { type: "video", mime: "video/mp4", width, height: 1 },
    { type: "start", bytes: new Uint8Array(width) },
  ];
}

async function taken(mailbox: Mailbox): Promise<ViewerEvent[]> {
  const end: ViewerEvent = { type: "disconnected", reason: "", retryMs: 0 };
  mailbox.put(end);
  const events: ViewerEvent[] = [];
  const { signal } = new AbortController();
  for (;;) {
    const event = await mailbox.take(signal);
    if (event === undefined || event === end) return events;
    events.push(event);
  }
}

Deno.test("Mailbox keeps the newest picture only, whatever comes between two", async (t) => {
  await t.step("annotations", async () => {
    const mailbox = new Mailbox();
    for (let i = 1; i <= 1000; i++) {
      mailbox.put(picture(i));
      mailbox.put(annotation(`program ${i % 2}`));
    }
    assertEquals(await taken(mailbox), [
      annotation("program 1"),
      { ...picture(1000), skipped: 999 },
      annotation("program 0"),
    ]);
  });
  await t.step("outages", async () => {
    const mailbox = new Mailbox();
    for (let i = 1; i <= 100; i++) {
      mailbox.put(picture(i));
      mailbox.put({ type: "error", message: `was unplugged ${i}` });
      mailbox.put({ type: "outage", camera: "0", reason: "was unplugged", retryMs: i });
    }
    assertEquals(await taken(mailbox), [
      { ...picture(100), skipped: 99 },
      { type: "error", message: "was unplugged 100" },
      { type: "outage", camera: "0", reason: "was unplugged", retryMs: 100 },
    ]);
  });
});

Deno.test("Mailbox keeps a stream's beginning for the pictures that need it, and no more", async (t) => {
  await t.step("one that no picture needs", async () => {
    const mailbox = new Mailbox();
    for (let i = 1; i <= 100; i++) video(i).forEach((each) => mailbox.put(each));
    assertEquals(await taken(mailbox), video(100));
  });
  await t.step("two with pictures", async () => {
    const mailbox = new Mailbox();
    const events = [...video(1), fragment(1, true), ...video(2), fragment(2, true)];
    for (const each of events) mailbox.put(each);
    assertEquals(await taken(mailbox), events);
  });
  await t.step("more than can wait", async () => {
    const mailbox = new Mailbox();
    for (let i = 1; i <= 2000; i++) {
      video(i).forEach((each) => mailbox.put(each));
      mailbox.put(fragment(i));
    }
    const last = fragment(2001, true);
    mailbox.put(last);
    assertEquals(await taken(mailbox), [...video(2000), { ...last, skipped: 2000 }]);
  });
});
