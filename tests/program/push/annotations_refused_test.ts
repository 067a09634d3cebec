import { assert, assertEquals, assertMatch } from "@std/assert";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { createRandom } from "../../testutil/random.ts";
import { startTestServer } from "../../testutil/server/test_server.ts";
import { startWscam, wscamArgs } from "../../testutil/program/wscam.ts";
import { run } from "../../testutil/program/run.ts";
import {
  annotations,
  BOX,
  type Message,
  of,
  pong,
  SMALL,
} from "../../testutil/client/annotations.ts";

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
  const boxes = Array(20).fill({
    x: 0.5,
    y: 0.5,
    width: 0.5,
    height: 0.5,
    label: "x".repeat(100),
  });
  let count = 0;
  // A busy machine may read them so slowly that none comes too fast.
  while (program.errors().length === 0) {
    for (let i = 0; i < 360; i++) program.command({ type: "annotate", id: count++, boxes });
    await eventually(() => of(program, "annotated").length + program.errors().length >= count);
  }
  assertEquals(
    program.errors()[0]?.message,
    "Cannot annotate: at most 120 a second are passed on",
  );
  const passed = of(program, "annotated").length;
  assert(passed >= 120, `${passed}`);
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
  owner.command({ type: "annotate", text: "seen", for: 60 });
  const [told] = await annotations(guest, 1);
  assertEquals(told?.text, "seen");
});
