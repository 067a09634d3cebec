import { assert, assertEquals, assertMatch } from "@std/assert";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { startNats } from "../../testutil/relay/nats.ts";
import { testWith } from "../../testutil/needs.ts";
import { startTestServer } from "../../testutil/server/test_server.ts";
import { startWscam } from "../../testutil/program/wscam.ts";
import { annotations, BOX, of, pong, SMALL } from "../../testutil/client/annotations.ts";

Deno.test("an annotation goes to those who asked for it, and to nobody else", async () => {
  await using server = await startTestServer();
  await using program = await openViewer(`${server.ws}?ack=1`);
  await using asking = await openViewer(`${server.ws}?annotations=1`);
  await using later = await openViewer(`${server.ws}?format=binary`);
  await using plain = await openViewer(server.ws);
  await eventually(() => program.images().length > 0 && plain.images().length > 0);
  await Promise.all([pong(asking), pong(later)]);
  const { timestamp } = program.images()[0] ?? {};
  program.command({
    type: "annotate",
    id: 1,
    timestamp,
    boxes: [BOX],
    text: "1 cat",
    for: 600,
  });
  const [{ from, for: lasts, ...told } = {}] = await annotations(asking, 1);
  assertEquals(told, {
    type: "annotation",
    camera: "test",
    timestamp,
    boxes: [BOX],
    text: "1 cat",
  });
  // Less the time that it waited for a viewer that takes something else just then.
  assert(Number(lasts) <= 600 && Number(lasts) > 500, `${lasts}`);
  assertMatch(String(from), /^[\w-]+$/);
  assertEquals(of(program, "annotated"), [{ type: "annotated", id: 1 }]);
  // A viewer that asks later gets the annotations that last still, once.
  later.command({ type: "configure", annotations: true });
  const [{ for: left, ...rest } = {}] = await annotations(later, 1);
  assertEquals(rest, { ...told, from });
  assert(Number(left) <= 600 && Number(left) > 0);
  // A second annotation; a viewer that no longer asks gets none.
  later.command({ type: "configure", annotations: false });
  await pong(later);
  program.command({ type: "annotate" });
  const [, second] = await annotations(asking, 2);
  assertEquals([second?.from, second?.boxes, second?.text], [from, [], ""]);
  assert(Number(second?.for) <= 1);
  await eventually(() => plain.images().length > 10);
  await Promise.all([later, plain, program].map(pong));
  assertEquals(of(later, "annotation").length, 1);
  for (const each of [plain, program]) assertEquals(of(each, "annotation"), []);
  // No command of its sender's: nothing but images and its pong.
  assertEquals([...new Set(plain.messages.map(({ type }) => type))], [
    "image",
    "pong",
  ]);
});

Deno.test("an annotation without a timestamp is one of the newest picture", async () => {
  await using server = await startTestServer();
  await using viewer = await openViewer(`${server.ws}?annotations=1`);
  await eventually(() => viewer.images().length > 0);
  viewer.command({ type: "annotate", text: "now", for: 60 });
  const [told] = await annotations(viewer, 1);
  await eventually(() =>
    viewer.images().some(({ timestamp }) => timestamp > Number(told?.timestamp))
  );
  assert(
    viewer.images().some(({ timestamp }) => Math.abs(timestamp - Number(told?.timestamp)) < 0.001),
  );
});

testWith(["ffmpeg"], "annotations are no part of /stream, nor of /stream.mp4", async (t) => {
  await using server = await startTestServer();
  await using program = await openViewer(server.ws);
  for (const path of ["/stream", "/stream.mp4"]) {
    await t.step(path, async () => {
      const response = await fetch(`${server.url}${path}?annotations=1`);
      assertEquals(response.status, 200);
      const reader = response.body?.pipeThrough(new TextDecoderStream("latin1")).getReader();
      for (let i = 0; i < 20; i++) {
        program.command({ type: "annotate", text: "never" });
        const { value = "", done } = await reader?.read() ?? {};
        assert(!done && !value.includes("never") && !value.includes("failed"));
      }
      await reader?.cancel();
    });
  }
});

testWith(
  ["nats-server"],
  "annotations go through NATS both ways, also to who asks later",
  async () => {
    await using nats = await startNats();
    const url = `nats://${nats.host}`;
    await using origin = await startWscam([
      "--camera",
      "door=test",
      "--publish",
      url,
      ...SMALL,
    ]);
    await using one = await startWscam([
      "--camera",
      `mine=${url}/door`,
      ...SMALL,
    ]);
    await using two = await startWscam(["--camera", `${url}/*`, ...SMALL]);
    await using atOrigin = await openViewer(`${origin.ws}?annotations=1`);
    await using atOne = await openViewer(`${one.ws}?annotations=1`);
    await eventually(
      () => atOne.images().length > 0 && atOrigin.images().length > 0,
    );
    const said = { type: "annotate", for: 600 };
    atOrigin.command({ ...said, text: "at the origin" });
    atOne.command({ ...said, text: "at an edge" });
    for (const viewer of [atOrigin, atOne]) {
      const texts = (await annotations(viewer, 2)).map(({ text }) => text);
      assertEquals(texts.toSorted(), ["at an edge", "at the origin"]);
    }
    assertEquals([
      ...new Set(of(atOne, "annotation").map(({ camera }) => camera)),
    ], ["mine"]);
    await using atTwo = await openViewer(`${two.ws}?annotations=1&camera=door`);
    const late = await annotations(atTwo, 2);
    assertEquals(late.map(({ text }) => text).toSorted(), [
      "at an edge",
      "at the origin",
    ]);
    await eventually(() => atTwo.images().length > 0);
    // The picture is known by its time everywhere.
    const { timestamp } = atTwo.images()[0] ?? {};
    atTwo.command({ ...said, timestamp });
    assertEquals((await annotations(atOrigin, 3))[2]?.timestamp, timestamp);
  },
);

testWith(
  ["nats-server"],
  "a broker that allows no annotations passes pictures on all the same",
  async () => {
    await using nats = await startNats(
      `authorization { users = [{ user: all, password: all,
      permissions: { publish: ["wscam.*.frame", "wscam.*.status", "wscam.*.want", "$SYS.>"],
        subscribe: ["wscam.*.frame", "wscam.*.status", "wscam.*.want", "_INBOX.>"] } }] }`,
    );
    const url = `nats://all:all@${nats.host}`;
    await using origin = await startWscam([
      "--camera",
      "door=test",
      "--publish",
      url,
      ...SMALL,
    ]);
    await using edge = await startWscam(["--camera", `${url}/door`, ...SMALL]);
    await using viewer = await openViewer(`${edge.ws}?annotations=1`);
    await using other = await openViewer(`${origin.ws}?annotations=1`);
    await eventually(() => viewer.images().length > 3);
    viewer.command({ type: "annotate", text: "here", for: 60 });
    assertEquals((await annotations(viewer, 1))[0]?.text, "here");
    const before = viewer.images().length;
    await eventually(() => viewer.images().length > before + 10);
    assertEquals([viewer.errors(), of(other, "annotation")], [[], []]);
    assertMatch(
      edge.output.stderr,
      /does not allow this user to (publish on|listen to) wscam.door.annotation/,
    );
  },
);
