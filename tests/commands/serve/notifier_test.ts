import { assertEquals, assertMatch } from "@std/assert";
import { startNotifier } from "../../../lib/commands/serve/notifier.ts";
import { createLogger } from "../../../lib/log.ts";
import { Cameras } from "../../../lib/stream/cameras.ts";
import { ServedCamera } from "../../../lib/stream/served_camera.ts";
import { createFakeSource } from "../../camera/fake_source.ts";
import { receiveDatagrams } from "../../testutil/system/datagrams.ts";
import { eventually } from "../../testutil/eventually.ts";
import { testWith } from "../../testutil/needs.ts";

testWith(
  ["systemd", "python3-websockets"],
  "startNotifier() keeps silent while a camera is stuck, and says so once",
  async () => {
    const socket = `@wscam-${crypto.randomUUID()}`;
    await using manager = await receiveDatagrams(socket);
    const pings = ({ messages } = manager): number =>
      messages.filter((each) => each === "WATCHDOG=1").length;
    const source = createFakeSource();
    const served = new ServedCamera(source, {
      name: "0",
      description: "fake",
      fps: 1e9,
      frozenMs: 1e9,
    });
    const lines: string[] = [];
    const log = createLogger({ write: (line) => lines.push(line) });
    let clock = 0;
    const now = (): number => clock;
    {
      // A camera that comes later is watched like any other.
      const cameras = new Cameras();
      using _ = startNotifier(cameras, { socket, watchdogMs: 200, log, now });
      cameras.add(served);
      served.camera.subscribe({ onFrame: () => {}, onStatus: () => {} });
      await eventually(() => source.runs.length === 1);
      source.run.frame();
      await eventually(() => served.camera.status.state === "live" && pings() > 2);
      clock += 20_000;
      await eventually(() => lines.length > 0);
      let before: number;
      {
        // While a healthy camera goes on, this one is silent.
        const other = `@wscam-${crypto.randomUUID()}`;
        await using well = await receiveDatagrams(other);
        using _ = startNotifier(new Cameras(), { socket: other, watchdogMs: 200, log, now });
        // By then, those that it sent before have come.
        await eventually(() => pings(well) > 5);
        before = pings();
        await eventually(() => pings(well) > 10);
      }
      assertEquals(pings(), before);
      assertEquals(lines.length, 1);
      assertMatch(lines[0] ?? "", /error Camera 0 is stuck: it is live, .+; waiting to be started/);
      source.run.frame();
      await eventually(() => pings() > before + 2);
    }
    await served.camera.close();
    await eventually(() => manager.messages.includes("STOPPING=1"));
  },
);
