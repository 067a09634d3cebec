import { assertEquals } from "@std/assert";
import { eventually } from "../../testutil/eventually.ts";
import { temporaryDirectory } from "../../testutil/files.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { startNats } from "../../testutil/relay/nats.ts";
import { testWith } from "../../testutil/needs.ts";
import { startWscam, type Wscam } from "../../testutil/program/wscam.ts";

const SMALL = "resolution: 64x48\nfps: 20\nlinger: 0.5\n";

async function untilCameras({ url }: Wscam, ...expected: string[]): Promise<void> {
  await eventually(async () => {
    const cameras: { name: string }[] = await (await fetch(`${url}/cameras`)).json();
    return cameras.map(({ name }) => name).join() === expected.join();
  });
}

async function assertShows(server: Wscam, camera: string): Promise<void> {
  await using viewer = await openViewer(`${server.ws}/?camera=${camera}`);
  await eventually(() => viewer.images().length > 2);
}

testWith(
  ["nats-server"],
  "cameras that come through NATS follow the files on both sides",
  async (t) => {
    await using nats = await startNats();
    await using folder = await temporaryDirectory();
    const [here, there] = [`${folder.path}/edge.yaml`, `${folder.path}/origin.yaml`];
    const published = `${SMALL}publish: nats://${nats.host}\n`;
    await Deno.writeTextFile(there, `${published}cameras: {door: test}\n`);
    await Deno.writeTextFile(here, `${SMALL}cameras:\n  own: test\n  all: nats://${nats.host}/*\n`);
    await using origin = await startWscam(["--config", there]);
    await using edge = await startWscam(["--config", here]);
    await untilCameras(edge, "own", "door");
    await using watching = await openViewer(`${edge.ws}/?camera=own`);
    await eventually(() => watching.images().length > 0);

    await t.step("a camera that is added there is published, and comes here", async () => {
      await Deno.writeTextFile(there, `${published}cameras: {door: test, yard: test}\n`);
      await untilCameras(edge, "own", "door", "yard");
      await assertShows(edge, "yard");
    });
    await t.step("what a broker has brought stays when others change here", async () => {
      const file = `${SMALL}cameras:\n  own: test\n  next: test\n  all: nats://${nats.host}/*\n`;
      await Deno.writeTextFile(here, file);
      await untilCameras(edge, "own", "next", "door", "yard");
      await assertShows(edge, "door");
    });
    await t.step("one that is named here takes the place of one that was brought", async () => {
      const file = `${SMALL}cameras:\n  own: test\n  door: test\n  all: nats://${nats.host}/*\n`;
      await Deno.writeTextFile(here, file);
      await untilCameras(edge, "own", "door", "yard");
    });
    await t.step("a broker whose cameras are no longer wanted is left", async () => {
      await Deno.writeTextFile(here, `${SMALL}cameras:\n  own: test\n`);
      await untilCameras(edge, "own");
    });
    await t.step("one camera of it is shown again, by another name", async () => {
      const file = `${SMALL}cameras:\n  own: test\n  garden: nats://${nats.host}/yard\n`;
      await Deno.writeTextFile(here, file);
      await untilCameras(edge, "own", "garden");
      await assertShows(edge, "garden");
    });
    await t.step("a camera of the same broker joins it", async () => {
      const file =
        `${SMALL}cameras:\n  own: test\n  garden: nats://${nats.host}/yard\n  gate: nats://${nats.host}/door\n`;
      await Deno.writeTextFile(here, file);
      await untilCameras(edge, "own", "garden", "gate");
      await assertShows(edge, "gate");
    });
    await t.step("nothing is published any more when that is taken out there", async () => {
      await using viewer = await openViewer(`${edge.ws}/?camera=garden`);
      await eventually(() => viewer.images().length > 2);
      await Deno.writeTextFile(there, `${SMALL}cameras: {door: test, yard: test}\n`);
      await eventually(() => viewer.errors().length > 0);
      await untilCameras(origin, "door", "yard");
    });
    assertEquals(watching.errors(), [], "the camera that never changed went on");
  },
);
