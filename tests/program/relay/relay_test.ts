import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer, type TestViewer } from "../../testutil/client/messages.ts";
import { startNats } from "../../testutil/relay/nats.ts";
import { testWith } from "../../testutil/needs.ts";
import { ownMemoryOf } from "../../testutil/system/processes.ts";
import {
  camerasOf,
  edge,
  moreImages,
  publisher,
  RECOVERY,
  stateOf,
} from "../../testutil/relay/relayed.ts";
import { startSlowLine } from "../../testutil/network/slow_line.ts";
import { together } from "../../testutil/together.ts";

function ageOfLast(viewer: TestViewer): number {
  return Date.now() / 1000 - (viewer.images().at(-1)?.timestamp ?? 0);
}

testWith(
  ["nats-server"],
  "a camera is shown by two edges, and open only while one has viewers",
  async () => {
    await using nats = await startNats();
    await using origin = await publisher(nats, "front door=test");
    await using one = await edge(nats, "front%20door");
    await using two = await edge(nats, "front%20door");
    await eventually(() => one.output.stderr.includes("Connected to nats://"));
    await eventually(() => two.output.stderr.includes("Connected to nats://"));
    assertEquals(await stateOf(origin), "closed");
    await using first = await openViewer(one.ws);
    await eventually(() => first.images().length > 0);
    {
      await using second = await openViewer(two.ws);
      await eventually(() => second.images().length > 3);
      assertEquals(await stateOf(origin), "live");
      const [camera] = await camerasOf(two);
      assertEquals([camera?.name, camera?.state, camera?.resolution], [
        "front door",
        "live",
        "160x120",
      ]);
      assertEquals(camera?.source, `nats://${nats.host}/front door`);
      assertEquals([first.errors(), second.errors()], [[], []]);
    }
    await moreImages(first);
    assertEquals(await stateOf(origin), "live", "one edge still has a viewer");
    first.socket.close();
    await eventually(async () => await stateOf(origin) === "closed");
    await using again = await openViewer(two.ws);
    await eventually(() => again.images().length > 0);
  },
);

testWith(["nats-server"], "an edge", async (t) => {
  await together(t, {
    "that was killed doesn't keep the camera open": killedEdge,
    "that was stopped for 5 s shows the newest picture": stoppedEdge,
    "on a slow line shows fewer pictures, not older ones": edgeOnSlowLine,
    "tells its viewers a publisher's reason, once": edgeOfFailedCamera,
  });
});

async function killedEdge(): Promise<void> {
  await using nats = await startNats();
  await using origin = await publisher(nats);
  const dying = await edge(nats);
  const lost = await openViewer(dying.ws);
  await eventually(() => lost.images().length > 0);
  await dying.end("SIGKILL");
  await lost.closed;
  await eventually(async () => await stateOf(origin) === "closed");
}

async function stoppedEdge(): Promise<void> {
  await using nats = await startNats();
  await using _origin = await publisher(nats);
  await using slow = await edge(nats);
  await using viewer = await openViewer(slow.ws);
  await eventually(() => viewer.images().length > 3);
  Deno.kill(slow.pid, "SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const before = viewer.images().length;
  Deno.kill(slow.pid, "SIGCONT");
  await eventually(() => viewer.images().length > before + 5 && ageOfLast(viewer) < 2, RECOVERY);
  const old = viewer.images().slice(before).filter(({ timestamp }, _, all) =>
    (all.at(-1)?.timestamp ?? 0) - timestamp > 2.5
  );
  assertLess(old.length, 10, "of some 100 that waited");
}

async function edgeOnSlowLine(): Promise<void> {
  await using nats = await startNats();
  // Some 200 KB a second.
  const large = ["--resolution", "320x240"];
  await using _origin = await publisher(nats, "door=test", ...large);
  await using line = startSlowLine(nats.port, 50_000);
  await using slow = await edge(line);
  await using viewer = await openViewer(slow.ws);
  await eventually(() => viewer.images().length > 3);
  // By then, a picture that has waited for its turn is 4 s old, and each that follows is older.
  await new Promise((resolve) => setTimeout(resolve, 6000));
  await eventually(() => ageOfLast(viewer) < 2, { what: "a new picture" });
  assertEquals(viewer.errors(), []);
  assertEquals(slow.output.stderr.match(/come late/g)?.length, 1, "said once");
}

async function edgeOfFailedCamera(): Promise<void> {
  await using nats = await startNats();
  await using origin = await publisher(nats, "door=/no/such.mp4");
  await using relayed = await edge(nats);
  await using viewer = await openViewer(relayed.ws);
  await eventually(() => viewer.errors().length > 0);
  assertMatch(
    viewer.errors()[0]?.message ?? "",
    /^Camera door isn't there: \/no\/such.mp4 does not exist, trying again every 5 s$/,
  );
  await eventually(async () => {
    const { cameras: [camera] } = await (await fetch(`${origin.url}/state`)).json();
    return camera.restarts >= 2;
  });
  assertEquals(viewer.errors().length, 1, "however often it is tried");
}

testWith(
  ["nats-server"],
  "viewers stay while broker, publisher and another edge are killed",
  async (t) => {
    await using nats = await startNats();
    let origin = await publisher(nats);
    await using staying = await edge(nats);
    await using viewer = await openViewer(staying.ws);
    await eventually(() => viewer.images().length > 3);
    let isClosed = false;
    void viewer.closed.then(() => isClosed = true);

    await t.step("the broker, for a while", async () => {
      const errors = viewer.errors().length;
      await nats.end("SIGKILL");
      await eventually(() => viewer.errors().length > errors);
      assertMatch(
        viewer.errors().at(-1)?.message ?? "",
        /^Camera door can't be reached: nats:\/\/127.0.0.1:\d+ has ended the connection/,
      );
      const memory = ownMemoryOf(origin.pid);
      await new Promise((resolve) => setTimeout(resolve, 3000));
      assertLess(ownMemoryOf(origin.pid) - memory, 60e6);
      await nats.start();
      await moreImages(viewer);
      assertEquals(viewer.errors().length, errors + 1, "told once");
    });

    await t.step("another edge", async () => {
      const errors = viewer.errors().length;
      const other = await edge(nats);
      const dying = await openViewer(other.ws);
      await eventually(() => dying.images().length > 0);
      await other.end("SIGKILL");
      await dying.closed;
      await moreImages(viewer);
      assertEquals(viewer.errors().length, errors);
    });

    await t.step("the publisher", async () => {
      const errors = viewer.errors().length;
      await origin.end("SIGKILL");
      origin = await publisher(nats);
      await moreImages(viewer);
      assert(viewer.errors().length <= errors + 1, "told once at most");
    });

    await t.step("the publisher, in good order", async () => {
      const errors = viewer.errors().length;
      await origin.end();
      await eventually(() => viewer.errors().length > errors);
      assertMatch(
        viewer.errors().at(-1)?.message ?? "",
        /isn't there: no wscam publishes 'door' on nats:/,
      );
      origin = await publisher(nats);
      await moreImages(viewer);
      assertEquals(viewer.errors().length, errors + 1, "told once");
    });
    assertEquals(isClosed, false);
    await origin.end();
  },
);
