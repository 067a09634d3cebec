import { assertEquals, assertMatch } from "@std/assert";
import { Directory } from "../../lib/relay/directory.ts";
import { followCameras } from "../../lib/relay/follow_cameras.ts";
import { bytesOf } from "../../lib/relay/broker/messages.ts";
import { subjectsOf } from "../../lib/relay/subjects.ts";
import { Cameras } from "../../lib/stream/cameras.ts";
import { ServedCamera } from "../../lib/stream/served_camera.ts";
import { createFakeSource } from "../camera/fake_source.ts";
import { join } from "../stream/join.ts";
import { createFakeBroker, createFakeLog } from "./fake_broker.ts";
import { FakeTime } from "./fake_time.ts";

const opened: ServedCamera[] = [];

function open(name: string): ServedCamera {
  const served = new ServedCamera(createFakeSource(), { name, description: name, fps: 1 });
  opened.push(served);
  return served;
}

function isOwn(instance?: string): boolean {
  return instance === "ours";
}

Deno.test("followCameras() leaves out names that a page or a log can't show", async () => {
  using time = new FakeTime();
  const broker = createFakeBroker();
  const { lines, log } = createFakeLog();
  using directory = new Directory(broker, { log });
  const cameras = new Cameras();
  const stop = followCameras(directory, { cameras, open, log, isOwn });
  for (const name of ["*", "a\nb", "\u001b[31m", "Küche 2.OG", "**"]) {
    const live = { instance: "a", since: 1, host: "pi", state: "live" } as const;
    broker.deliver(subjectsOf(name).status, bytesOf(live));
  }
  time.tick(2000);
  assertEquals(cameras.all.map(({ name }) => name), ["Küche 2.OG", "**"]);
  const refused = lines.filter((line) => line.includes("left out"));
  assertEquals(refused.length, 3, "each is said once");
  assertMatch(
    refused[0] ?? "",
    /^Camera '\*' of nats:\/\/fake:4222 is left out: a camera can't have/,
  );
  stop();
  await Promise.all(opened.map(({ camera }) => camera.close()));
});

Deno.test("followCameras() adds and removes cameras, and leaves others alone", async () => {
  using time = new FakeTime();
  const broker = createFakeBroker();
  const { lines, log } = createFakeLog();
  using directory = new Directory(broker, { log });
  const cameras = new Cameras([open("own")]);
  const closed: string[] = [];
  cameras.each(({ name }) => () => closed.push(name));
  const stop = followCameras(directory, { cameras, open, log, isOwn });
  const say = (camera: string, state: "live" | "gone"): void =>
    broker.deliver(
      subjectsOf(camera).status,
      bytesOf({ instance: "a", since: 1, host: "pi", state }),
    );
  const names = (): string => cameras.all.map(({ name }) => name).join();
  say("door", "live");
  say("own", "live");
  say("hall", "live");
  assertEquals(names(), "own,door,hall");
  assertEquals(lines.filter((line) => /'own' of nats:\S+ is left out/.test(line)).length, 1);
  const leave = join(cameras.all[1]);
  say("door", "gone");
  say("hall", "gone");
  say("own", "gone");
  assertEquals([names(), closed], ["own,door", ["hall"]]);
  const leaveSmall = join(cameras.all[1], { quality: null, width: 32 });
  leave();
  time.tick(1000);
  assertEquals([names(), closed], ["own,door", ["hall"]], "somebody has smaller pictures of it");
  leaveSmall();
  time.tick(1000);
  assertEquals([names(), closed], ["own", ["hall", "door"]]);
  assertMatch(lines.at(-1) ?? "", /door has disappeared/);
  stop();
  say("later", "live");
  time.tick(1000);
  assertEquals(names(), "own");
  await Promise.all(opened.map(({ camera }) => camera.close()));
});

Deno.test("followCameras() says nothing of a camera that was asked for by its name as well", () => {
  using time = new FakeTime();
  const broker = createFakeBroker();
  const { lines, log } = createFakeLog();
  using directory = new Directory(broker, { log });
  const description = `${broker.name}/door`;
  const door = new ServedCamera(createFakeSource(), { name: "door", description, fps: 1 });
  const cameras = new Cameras([door]);
  const stop = followCameras(directory, { cameras, open, log, isOwn });
  const live = { instance: "a", since: 1, host: "pi", state: "live" } as const;
  broker.deliver(subjectsOf("door").status, bytesOf(live));
  time.tick(2000);
  assertEquals([cameras.all, lines], [[door], []]);
  stop();
});

Deno.test("followCameras() says nothing of cameras that we publish ourselves, until another one does", () => {
  using time = new FakeTime();
  const broker = createFakeBroker();
  const { lines, log } = createFakeLog();
  using directory = new Directory(broker, { log });
  const cameras = new Cameras([open("own")]);
  const stop = followCameras(directory, { cameras, open, log, isOwn });
  const say = (instance: string, since: number): void => {
    const live = { instance, since, host: "pi", state: "live" } as const;
    broker.deliver(subjectsOf("own").status, bytesOf(live));
  };
  say("ours", 5);
  time.tick(2000);
  assertEquals([cameras.all.length, lines], [1, []]);
  say("another", 4);
  time.tick(1000);
  assertEquals(lines.filter((line) => line.includes("left out")).length, 1);
  stop();
});
