import { assertEquals, assertStringIncludes } from "@std/assert";
import { Floods } from "../../../lib/server/sockets/floods.ts";
import { ConnectionFacts } from "../../../lib/server/sockets/connection_facts.ts";
import { Annotator } from "../../../lib/server/websocket/annotator.ts";
import { CommandListener } from "../../../lib/server/websocket/command_listener.ts";
import { Cameras } from "../../../lib/stream/cameras.ts";
import { Session } from "../../../lib/stream/viewer/session.ts";
import { eventually } from "../../testutil/eventually.ts";

/** A listener for a viewer without a camera, and its answers. */
function start({ pending = 0, now = () => performance.now() } = {}) {
  const sent: string[] = [];
  const closed: number[] = [];
  const cuts: number[] = [];
  const changes: (() => void)[] = [];
  const link = {
    pending,
    isTaking: false,
    drop() {},
    send: (text: unknown) => sent.push(`${text}`),
  };
  const facts = new ConnectionFacts();
  const listener = new CommandListener({
    session: new Session(link, new Cameras(), { address: "192.0.2.5:1" }),
    cameras: new Cameras(),
    mayControl: true,
    annotator: new Annotator(),
    facts,
    address: "192.0.2.5:1",
    floods: new Floods(),
    pending,
    send: (text) => link.send(text),
    close: (code) => closed.push(code),
    cut: () => cuts.push(closed.length),
    readState: () => ({ version: "1", uptime: 1, cameras: [], viewers: [] }),
    listen: (onChange) => changes.push(onChange),
    tellChange: () => changes.forEach((tell) => tell()),
  }, now);
  return { listener, sent, closed, cuts, changes, facts };
}

Deno.test("CommandListener ends a connection with the tenth message within ten seconds that is no command", async () => {
  let now = 0;
  const { listener, closed } = start({ now: () => now });
  for (let i = 0; i < 10; i++, now += 10_000 / 9) listener.hear(`no command ${i}`);
  assertEquals(closed, []);
  listener.hear('{"type":"ping"}');
  now -= 1000;
  listener.hear("{}");
  await eventually(() => closed.length > 0);
  assertEquals(closed, [1008]);
  listener.close();
});

Deno.test("CommandListener lets a slow heartbeat go on for ever, and answers it once", () => {
  for (
    const beat of ["ping", '{"type":"keepalive"}', new ArrayBuffer(1), (i: number) => `hb ${i}`]
  ) {
    let now = 0;
    const { listener, sent, closed } = start({ now: () => now });
    for (let i = 0; i < 100; i++, now += 2000) {
      listener.hear(typeof beat === "function" ? beat(i) : beat);
    }
    assertEquals([sent.length, closed], [1, []]);
    listener.close();
  }
});

Deno.test("CommandListener answers each command that is wrong, and whatever has an id", () => {
  let now = 0;
  const { listener, sent } = start({ now: () => now });
  for (const text of ['{"type":"configure","fps":"x"}', '{"type":"fly","id":1}']) {
    for (let i = 0; i < 3; i++, now += 2000) listener.hear(text);
  }
  assertEquals(sent.length, 6);
  listener.close();
});

Deno.test("CommandListener says that commands are text", () => {
  const { listener, sent } = start();
  listener.hear(new TextEncoder().encode('{"type":"ping"}').buffer);
  assertStringIncludes(sent[0] ?? "", "commands are text, got a binary message");
  listener.close();
});

Deno.test("CommandListener counts a command's bytes, not its letters", async () => {
  const { listener, sent, closed } = start();
  const ping = (id: string): string => JSON.stringify({ type: "ping", id });
  const most = (64 * 1024 - ping("").length) / 2;
  listener.hear(ping("é".repeat(Math.floor(most))));
  assertStringIncludes(sent[0] ?? "", "pong");
  listener.hear(ping("é".repeat(Math.floor(most) + 1)));
  await eventually(() => closed.length > 0);
  assertEquals([sent.length, closed], [1, [1009]]);
  listener.close();
});

Deno.test("CommandListener counts whole messages also while it waits to say goodbye", async () => {
  const { listener, closed, facts } = start();
  // Else the sweeper would take them for one that doesn't end, and cut the connection off without a word.
  for (let i = 0; i < 30; i++) listener.hear("x".repeat(70_000));
  assertEquals(facts.wholeBytes, 30 * 70_000);
  await eventually(() => closed.length > 0);
  assertEquals(closed, [1009]);
  listener.close();
});

Deno.test("CommandListener queues no answers for who doesn't read them", () => {
  const { listener, sent } = start({ pending: 256 * 1024 + 1 });
  for (const type of ["ping", "status", "pause", "what"]) listener.hear(JSON.stringify({ type }));
  assertEquals(sent, []);
  listener.close();
});

Deno.test("CommandListener tells of controls to a viewer that has asked for the state", () => {
  const { listener, sent, changes } = start();
  listener.hear('{"type":"status","id":7}');
  assertEquals(changes.length, 1);
  for (const tell of changes) tell();
  assertEquals(sent.map((text) => JSON.parse(text).id), [7, undefined]);
  listener.close();
});
