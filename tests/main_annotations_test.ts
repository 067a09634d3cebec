import { assert, assertEquals, assertMatch } from "@std/assert";
import { eventually } from "./testutil/eventually.ts";
import { openViewer, type TestViewer } from "./testutil/messages.ts";
import { startNats } from "./testutil/nats.ts";
import { testWith } from "./testutil/needs.ts";
import { createRandom } from "./testutil/random.ts";
import { startTestServer } from "./testutil/test_server.ts";
import { startWscam, wscamArgs } from "./testutil/wscam.ts";
import { run } from "./testutil/run.ts";

const BOX = {
  x: 0.1,
  y: 0.2,
  width: 0.3,
  height: 0.4,
  label: "cat",
  score: 0.93,
};
const SMALL = ["--resolution", "160x120", "--fps", "20"];

type Message = Record<string, unknown>;

function of(viewer: TestViewer, type: string): Message[] {
  const messages = viewer.messages as unknown as Message[];
  return messages.filter((each) => each.type === type);
}

async function annotations(
  viewer: TestViewer,
  count: number,
): Promise<Message[]> {
  const what = `${count} annotations`;
  await eventually(() => of(viewer, "annotation").length >= count, {
    within: 20_000,
    what,
  });
  return of(viewer, "annotation");
}

/** Waits until it has been answered: then all before that has been done. */
async function pong(viewer: TestViewer): Promise<void> {
  const before = of(viewer, "pong").length;
  viewer.command({ type: "ping" });
  await eventually(() => of(viewer, "pong").length > before);
}

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
    for: 30,
  });
  const [{ from, ...told } = {}] = await annotations(asking, 1);
  assertEquals(told, {
    type: "annotation",
    camera: "test",
    timestamp,
    boxes: [BOX],
    text: "1 cat",
    for: 30,
  });
  assertMatch(String(from), /^[\w-]+$/);
  assertEquals(of(program, "annotated"), [{ type: "annotated", id: 1 }]);
  // Who asks later gets what lasts still, once.
  later.command({ type: "configure", annotations: true });
  const [{ for: left, ...rest } = {}] = await annotations(later, 1);
  const { for: _, ...same } = told;
  assertEquals(rest, { ...same, from });
  assert(Number(left) <= 30 && Number(left) > 0);
  // A second word, and who asks no more is told no more.
  later.command({ type: "configure", annotations: false });
  await pong(later);
  program.command({ type: "annotate" });
  const [, second] = await annotations(asking, 2);
  assertEquals([second?.from, second?.boxes, second?.text, second?.for], [
    from,
    [],
    "",
    1,
  ]);
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
  viewer.command({ type: "annotate", text: "now" });
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

Deno.test("what is no annotation is answered with what is wrong, and goes to nobody", async () => {
  await using server = await startTestServer();
  await using viewer = await openViewer(`${server.ws}?annotations=1`);
  const cases: [Message, string][] = [
    [{ camera: "attic" }, "field 'camera' must be one of 'test', got 'attic'"],
    [{ camera: 1 }, "field 'camera' must be a camera's name, got 1"],
    [
      { boxes: [{ ...BOX, width: 2 }] },
      "field 'boxes[0].width' must be a number from 0 to 1, got 2",
    ],
    [
      { confidence: 1 },
      "fields must be 'timestamp', 'boxes', 'text', 'for', got 'confidence'",
    ],
  ];
  for (const [i, [fields]] of cases.entries()) {
    viewer.command({ type: "annotate", id: i, ...fields });
  }
  await eventually(() => viewer.errors().length === cases.length);
  assertEquals(
    viewer.errors().map(({ id, message }) => [id, message]),
    cases.map(([, wrong], i) => [i, `Cannot annotate: ${wrong}`]),
  );
  assertEquals(of(viewer, "annotation"), []);
});

Deno.test("annotations that come too fast are refused, and viewers get the others", async () => {
  await using server = await startTestServer();
  await using program = await openViewer(server.ws);
  await using viewer = await openViewer(`${server.ws}?annotations=1`);
  await pong(viewer);
  const boxes = Array(200).fill({
    x: 0.5,
    y: 0.5,
    width: 0.5,
    height: 0.5,
    label: "x".repeat(100),
  });
  for (let i = 0; i < 240; i++) {
    program.command({ type: "annotate", id: i, boxes });
  }
  await eventually(
    () => of(program, "annotated").length + program.errors().length >= 240,
    {
      within: 20_000,
    },
  );
  assertEquals(
    program.errors()[0]?.message,
    "Cannot annotate: at most 120 a second are passed on",
  );
  const passed = of(program, "annotated").length;
  assert(passed >= 120 && passed < 240, `${passed}`);
  // Pictures go on.
  const before = viewer.images().length;
  await eventually(() => viewer.images().length > before + 5);
  program.command({ type: "configure" });
  await eventually(() => of(program, "configured").length === 1);
});

Deno.test("fuzzed annotations change nothing for others", async () => {
  await using server = await startTestServer();
  await using viewer = await openViewer(`${server.ws}?annotations=1`);
  await using plain = await openViewer(server.ws);
  await pong(viewer);
  const values = [
    null,
    true,
    -1,
    0,
    0.5,
    1,
    2,
    1e308,
    "",
    "\u0000",
    "x".repeat(2000),
    [],
    {},
    [BOX],
  ];
  const names = [
    "boxes",
    "text",
    "for",
    "timestamp",
    "camera",
    "id",
    "__proto__",
    "x",
  ] as const;
  for (let seed = 1; seed <= 60; seed++) {
    const random = createRandom(seed);
    await using program = await openViewer(server.ws);
    for (let i = 0; i < 8; i++) {
      const pick = (): [string, unknown] => [
        random.pick(names),
        random.pick(values as unknown as [unknown, ...unknown[]]),
      ];
      const box = { ...BOX, ...Object.fromEntries([pick()]) };
      program.command({
        type: "annotate",
        boxes: [box, random.pick(values as [unknown, ...unknown[]])],
        ...Object.fromEntries([pick(), pick()]),
      });
    }
    await pong(program);
  }
  for (const { boxes, text, for: lasts } of of(viewer, "annotation")) {
    assert(
      Array.isArray(boxes) && typeof text === "string" && Number(lasts) >= 0,
    );
    for (const { x, y, width, height } of boxes) {
      for (const each of [x, y, width, height]) assert(each >= 0 && each <= 1);
    }
  }
  const before = plain.images().length;
  await eventually(() => plain.images().length > before + 3);
  assertEquals([...new Set(plain.messages.map(({ type }) => type))], ["image"]);
});

Deno.test("annotate needs the right to control", async () => {
  const token = "open sesame";
  await using server = await startWscam([
    "--camera",
    "door=test",
    ...SMALL,
    "--token",
    token,
  ]);
  const asked = [
    "share",
    "--token",
    token,
    "--camera",
    "door",
    "--url",
    server.url,
  ];
  const { stdout } = await run(Deno.execPath(), wscamArgs(...asked));
  const link = new URL(stdout.trim()).searchParams.get("share") ?? "";
  const guestUrl = `${server.ws}?annotations=1&share=${encodeURIComponent(link)}`;
  await using guest = await openViewer(guestUrl);
  await using owner = await openViewer(
    `${server.ws}?token=${encodeURIComponent(token)}`,
  );
  await eventually(() => guest.images().length > 0);
  guest.command({ type: "annotate", id: 1, text: "ha" });
  await eventually(() => guest.errors().length > 0);
  assertMatch(
    guest.errors()[0]?.message ?? "",
    /^Cannot annotate: you may only watch/,
  );
  owner.command({ type: "annotate", text: "seen" });
  const [told] = await annotations(guest, 1);
  assertEquals(told?.text, "seen");
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
      {
        within: 20_000,
      },
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
    await eventually(() => atTwo.images().length > 0, { within: 20_000 });
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
    await eventually(() => viewer.images().length > 3, { within: 20_000 });
    viewer.command({ type: "annotate", text: "here" });
    assertEquals((await annotations(viewer, 1))[0]?.text, "here");
    const before = viewer.images().length;
    await eventually(() => viewer.images().length > before + 10, {
      within: 20_000,
    });
    assertEquals([viewer.errors(), of(other, "annotation")], [[], []]);
    assertMatch(
      edge.output.stderr,
      /does not allow us to (publish on|listen to) wscam.door.annotation/,
    );
  },
);
