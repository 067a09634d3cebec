import { assertEquals, assertStringIncludes } from "@std/assert";
import { Client } from "../../lib/server/sockets/client.ts";
import { createCommandListener } from "../../lib/server/command_listener.ts";
import { Session } from "../../lib/stream/session.ts";
import { eventually } from "../testutil/eventually.ts";

/** A listener for a viewer of no camera, and what it says. */
function start({ pending = 0 } = {}) {
  const sent: string[] = [];
  const closed: number[] = [];
  const curious = new Set<() => void>();
  const link = {
    pending,
    isTaking: false,
    drop() {},
    send: (text: unknown) => sent.push(`${text}`),
  };
  const listener = createCommandListener({
    ...{ channels: () => [], client: new Client(), mayControl: true, curious, link },
    session: new Session(link, () => [], { address: "192.0.2.5:1" }),
    readState: () => ({ version: "1", uptime: 1, cameras: [], viewers: [] }),
    close: (code) => closed.push(code),
  });
  return { listener, sent, closed, curious };
}

Deno.test("createCommandListener() ends a connection after ten messages in a row that are none", async () => {
  const { listener, sent, closed } = start();
  for (let i = 0; i < 9; i++) listener.hear("no command");
  listener.hear('{"type":"ping"}');
  for (let i = 0; i < 9; i++) listener.hear(new ArrayBuffer(1));
  assertEquals([sent.length, closed], [19, []]);
  listener.hear("{}");
  await eventually(() => closed.length > 0);
  assertEquals([sent.length, closed], [19, [1008]]);
  listener[Symbol.dispose]();
});

Deno.test("createCommandListener() counts a command's bytes, not its letters", async () => {
  const { listener, sent, closed } = start();
  const ping = (id: string): string => JSON.stringify({ type: "ping", id });
  const most = (64 * 1024 - ping("").length) / 2;
  listener.hear(ping("é".repeat(Math.floor(most))));
  assertStringIncludes(sent[0] ?? "", "pong");
  listener.hear(ping("é".repeat(Math.floor(most) + 1)));
  await eventually(() => closed.length > 0);
  assertEquals([sent.length, closed], [1, [1009]]);
  listener[Symbol.dispose]();
});

Deno.test("createCommandListener() queues no answers for who doesn't read them", () => {
  const { listener, sent } = start({ pending: 256 * 1024 + 1 });
  for (const type of ["ping", "status", "pause", "what"]) listener.hear(JSON.stringify({ type }));
  assertEquals(sent, []);
  listener[Symbol.dispose]();
});

Deno.test("createCommandListener() tells of controls to who has asked for the state, while it is there", () => {
  const { listener, sent, curious } = start();
  listener.hear('{"type":"status","id":7}');
  assertEquals(curious.size, 1);
  for (const tell of curious) tell();
  assertEquals(sent.map((text) => JSON.parse(text).id), [7, undefined]);
  listener[Symbol.dispose]();
  assertEquals(curious.size, 0);
});
