import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { frames, snapshot } from "../../lib/client/frames.ts";
import { view } from "../../lib/client/viewer.ts";
import { jpegSize } from "../../lib/jpeg/jpeg_size.ts";
import { eventually } from "../testutil/eventually.ts";
import { startViewed } from "./picture_server.ts";
import { startWscam } from "../testutil/program/wscam.ts";

const TOKEN = "a token of some length";

Deno.test("frames() gives the newest picture, however long the loop takes", async () => {
  await using server = await startViewed();
  const seen: number[] = [];
  for await (const { jpeg, timestamp, sequence, age } of frames(server.ws, { width: 32 })) {
    assertEquals(jpegSize(jpeg), { width: 32, height: 24 });
    assert(age < 10, `${age} s old`);
    assert(Math.abs(timestamp - Date.now() / 1000) < 10);
    seen.push(sequence ?? 0);
    if (seen.length === 4) break;
    const { captured } = server.served.camera.counters;
    await eventually(() => server.served.camera.counters.captured >= captured + 5);
  }
  // Two or more pass each time.
  assert((seen[3] ?? 0) - (seen[0] ?? 0) > 6, `${seen}`);
});

Deno.test("frames() ends with its signal, and shows its token", async () => {
  await using server = await startWscam(["--camera", "test"], { env: { WSCAM_TOKEN: TOKEN } });
  const end = new AbortController();
  let count = 0;
  for await (const _ of frames(server.ws, { token: TOKEN, signal: end.signal })) {
    if (++count === 3) end.abort();
  }
  assertEquals(count, 3);
});

Deno.test("view() gives commands to control a camera, and to say what is seen in it", async () => {
  await using server = await startWscam(["--camera", "door=test"]);
  const said: unknown[] = [];
  const listener = new WebSocket(`${server.ws}/?annotations=1`);
  listener.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === "annotation") said.push(message.boxes);
  };
  const boxes = [{ x: 0.1, y: 0.2, width: 0.3, height: 0.4, label: "cat" }];
  const end = new AbortController();
  let quality: unknown;
  for await (const event of view(server.ws, end.signal)) {
    if (event.type !== "connected") continue;
    const { settings } = await event.commands.control("door", { quality: 55 });
    quality = (settings as Record<string, unknown>)["quality"];
    await event.commands.annotate({ boxes, for: 30 });
    await eventually(() => said.length > 0);
    end.abort();
  }
  assertEquals([quality, said[0]], [55, boxes]);
  const closed = new Promise((resolve) => listener.onclose = resolve);
  listener.close();
  await closed;
});

Deno.test("snapshot() gives one picture, or says why there is none", async () => {
  await using server = await startViewed();
  const { jpeg } = await snapshot(server.ws, { width: 40 });
  assertEquals(jpegSize(jpeg)?.width, 40);
  const refused = snapshot(server.ws, { camera: "attic", timeout: 1 });
  const { message } = await assertRejects(() => refused, Error);
  assertMatch(message, /^Cannot take a snapshot: .*attic/);
});
