import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Cameras } from "../../lib/stream/cameras.ts";
import { ServedCamera } from "../../lib/stream/served_camera.ts";
import { createFakeSource } from "../camera/fake_source.ts";

function create(name: string, onClose = () => {}): ServedCamera {
  return new ServedCamera(createFakeSource(), { name, description: "fake", fps: 1, onClose });
}

function namesOf({ all }: { all: readonly ServedCamera[] }): string {
  return all.map(({ name }) => name).join();
}

Deno.test("Cameras keeps its order, and closes what leaves", async () => {
  const closed: string[] = [];
  const own = (name: string): ServedCamera => create(name, () => closed.push(name));
  await using cameras = new Cameras([own("door"), own("attic")]);
  cameras.add(own("hall"));
  assertEquals([namesOf(cameras), cameras.get("attic")?.name], ["door,attic,hall", "attic"]);
  await cameras.replace("attic", own("loft"));
  assertEquals([namesOf(cameras), closed], ["door,loft,hall", ["attic"]]);
  await cameras.remove("door");
  await cameras.remove("nobody");
  assertEquals([namesOf(cameras), closed], ["loft,hall", ["attic", "door"]]);
  assertEquals([cameras.get("door"), cameras.get("attic")], [undefined, undefined]);
  await cameras.close();
  assertEquals(closed, ["attic", "door", "loft", "hall"]);
});

Deno.test("Cameras refuses two of one name, and stays as it was", async () => {
  await using cameras = new Cameras([create("door"), create("attic")]);
  await using twin = create("door");
  const rule = "each needs a name of its own, got 'door', 'attic', 'door'";
  assertThrows(() => cameras.add(twin), RangeError, rule);
  await assertRejects(() => cameras.replace("attic", twin), RangeError, "each needs a name");
  assertEquals(namesOf(cameras), "door,attic");
});

Deno.test("Cameras tells of a whole change at once", async () => {
  await using cameras = new Cameras([create("door"), create("attic")]);
  const seen: string[] = [];
  const stop = cameras.observe(() => seen.push(namesOf(cameras)));
  const [door] = cameras.all;
  await cameras.arrange([create("hall"), ...(door ? [door] : [])]);
  stop();
  await cameras.remove("hall");
  assertEquals(seen, ["hall,door"]);
});

Deno.test("Cameras.each() begins and ends with each camera, and with what takes its place", async () => {
  await using cameras = new Cameras([create("door")]);
  const log: string[] = [];
  const stop = cameras.each(({ name }) => {
    log.push(`+${name}`);
    return () => log.push(`-${name}`);
  });
  cameras.add(create("attic"));
  await cameras.replace("door", create("door"));
  await cameras.remove("attic");
  assertEquals(log, ["+door", "+attic", "-door", "+door", "-attic"]);
  stop();
  cameras.add(create("hall"));
  assertEquals(log.slice(5), ["-door"]);
});

Deno.test("Cameras.seenBy() shows a guest one camera, whenever it comes", async () => {
  await using cameras = new Cameras([create("door")]);
  assertEquals(cameras.seenBy(undefined), cameras);
  const guest = cameras.seenBy("attic");
  let changes = 0;
  const stop = guest.observe(() => changes++);
  assertEquals([namesOf(guest), guest.get("door")], ["", undefined]);
  cameras.add(create("attic"));
  assertEquals([namesOf(guest), guest.get("attic")?.name, changes], ["attic", "attic", 1]);
  stop();
});
