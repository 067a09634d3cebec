import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { isInitialisation, readFragment } from "../../../lib/h264/read_fragment.ts";
import type { State } from "../../../lib/server/state.ts";
import { decode } from "../../h264/video.ts";
import { control } from "../../testutil/client/controlled.ts";
import { eventually } from "../../testutil/eventually.ts";
import { linkTo, startLocked } from "../../program/access/locked.ts";
import { openViewer, type TestViewer } from "../../testutil/client/messages.ts";
import { startNats } from "../../testutil/relay/nats.ts";
import { testWith } from "../../testutil/needs.ts";
import { edge, publisher, stateOf } from "../../testutil/relay/relayed.ts";
import { startWscam, type Wscam } from "../../testutil/program/wscam.ts";

type Fragment = NonNullable<ReturnType<typeof readFragment>>;

function pictures({ files }: TestViewer): Fragment[] {
  return files.flatMap((file) => readFragment(file) ?? []);
}

async function renditionsOf({ url }: Wscam): Promise<(readonly [string | undefined, boolean])[]> {
  const { cameras: [camera] } = await (await fetch(`${url}/state`)).json() as State;
  return camera?.renditions.map(({ codec, encoded }) => [codec, encoded > 0] as const) ?? [];
}

testWith(["ffmpeg"], "a share link shows one camera's H.264 until it ends", async () => {
  await using server = await startLocked();
  const link = await linkTo("door", 10);
  const viewer = await openViewer(`${server.ws}/?share=${link}&format=h264`);
  const response = await fetch(`${server.url}/stream.mp4?share=${link}`);
  assertEquals([response.status, response.headers.get("content-type")], [200, "video/mp4"]);
  const other = await fetch(`${server.url}/stream.mp4?share=${link}&camera=attic`);
  assertEquals([other.status, await other.text()], [
    403,
    "This link shows only camera 'door'\n",
  ]);
  const nobody = await fetch(`${server.url}/stream.mp4`);
  await nobody.body?.cancel();
  assertEquals(nobody.status, 401);
  // Both end with the link.
  const decoded = await decode(await response.bytes());
  assertEquals([decoded.width, decoded.height, decoded.complaints], [320, 240, ""]);
  assertGreater(decoded.frames, 3);
  assertEquals(await viewer.closed, { code: 4401, reason: "This link has ended" });
  assertGreater(pictures(viewer).length, 3);
  const replayed = await fetch(`${server.url}/stream.mp4?share=${link}`);
  assertEquals([replayed.status, await replayed.text()], [403, "This link has ended\n"]);
  assert(!server.output.stderr.includes(link));
});

testWith(
  ["ffmpeg", "nats-server"],
  "an edge encodes the H.264 of a camera that comes through NATS",
  async () => {
    await using nats = await startNats();
    await using origin = await publisher(nats);
    await using far = await edge(nats);
    await using video = await openViewer(`${far.ws}/?format=h264`);
    await eventually(() => pictures(video).length > 20);
    await using jpeg = await openViewer(far.ws);
    await using late = await openViewer(`${far.ws}/?format=h264`);
    await eventually(() => jpeg.images().length > 3 && pictures(late).length > 10);
    assertEquals(pictures(late)[0]?.isKey, true);
    const decoded = await decode(await new Blob(video.files).bytes());
    assertEquals([decoded.width, decoded.height, decoded.complaints], [160, 120, ""]);
    // The times are those of the camera: the same picture has the same in both forms.
    const times = new Set(pictures(video).map(({ timestamp }) => timestamp.toFixed(3)));
    assert(jpeg.images().some(({ timestamp }) => times.has(timestamp.toFixed(3))));
    assertEquals(await renditionsOf(far), [["jpeg", false], ["h264", true]]);
    assertEquals((await renditionsOf(origin)).some(([codec]) => codec === "h264"), false);
    const all = [video, late, jpeg];
    assertEquals(all.flatMap((viewer) => viewer.errors()), []);
    for (const each of all) each.socket.close();
    await eventually(async () => await stateOf(origin) === "closed");
  },
);

testWith(["ffmpeg"], "H.264 comes at the rate that remote control has set", async () => {
  await using server = await startWscam(["--camera", "test", "-r", "160x120", "--fps", "5"]);
  await using before = await openViewer(`${server.ws}/?format=h264`);
  await eventually(() => pictures(before).length > 3);
  await control(before, { fps: 25 });
  await using viewer = await openViewer(`${server.ws}/?format=h264`);
  await using slower = await openViewer(`${server.ws}/?format=h264&fps=12`);
  for (const [each, fps] of [[viewer, 25], [before, 25], [slower, 12]] as const) {
    const first = pictures(each).length;
    await eventually(() => pictures(each).length > first + 30);
    const [{ decodeTime: begun } = { decodeTime: 0 }, ...more] = pictures(each).slice(first);
    // A busy machine drops some pictures and delays some, but not so many that it would look like
    // the old rate.
    const rate = more.length * 90_000 / ((more.at(-1)?.decodeTime ?? 0) - begun);
    assertLess(rate, fps * 1.5);
    assertGreater(rate, 5.5);
  }
  // An encoder with a new rate starts over.
  const beginnings = before.files.filter(isInitialisation);
  assertEquals(beginnings.length, 2);
  assertEquals([before, viewer, slower].flatMap((each) => each.errors()), []);
});
