import { assert, assertEquals, assertMatch } from "@std/assert";
import { receiveDatagrams } from "../../testutil/system/datagrams.ts";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { testWith } from "../../testutil/needs.ts";
import { startVcam } from "../../testutil/camera/vcam.ts";
import { childrenOf } from "../../testutil/system/processes.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

testWith(
  ["vcam", "ffmpeg", "python3-websockets"],
  "serve() tells the service manager how it is, also while a camera is unplugged",
  async () => {
    const address = `@wscam-${crypto.randomUUID()}`;
    await using manager = await receiveDatagrams(address);
    await using vcam = await startVcam({ fps: 10 });
    const env = { ...vcam.env, NOTIFY_SOCKET: address, WATCHDOG_USEC: "500000" };
    const pings = (): number => manager.messages.filter((each) => each === "WATCHDOG=1").length;
    const status = (): string =>
      manager.messages.findLast((each) => each.includes("STATUS=")) ?? "";
    {
      await using server = await startWscam(["--camera", vcam.path], { env });
      await eventually(() => manager.messages.length > 0);
      assertEquals(manager.messages[0], "READY=1\nSTATUS=0 cameras live, 0 viewers");
      {
        await using viewer = await openViewer(server.ws);
        await eventually(() => viewer.images().length > 0);
        await eventually(() => status().endsWith("STATUS=1 camera live, 1 viewer"));
        const [child = 0] = await childrenOf(server.pid);
        const inherited = await Deno.readTextFile(`/proc/${child}/environ`);
        assert(!/NOTIFY_SOCKET|WATCHDOG/.test(inherited), "a child could speak in our name");
        await vcam.fault("unplugged");
        await eventually(
          () => /camera \/dev\/video\d+ (was unplugged|isn't there)/.test(status()),
        );
        const before = pings();
        await eventually(() => pings() >= before + 8);
      }
      assertEquals((await server.end()).code, 0);
    }
    assertEquals(manager.messages.filter((each) => each === "STOPPING=1").length, 1);
    assertMatch(manager.messages.at(-1) ?? "", /^STOPPING=1$/);
  },
);

testWith(
  ["python3-websockets"],
  "serve() sends no watchdog messages where none are asked for",
  async () => {
    const address = `@wscam-${crypto.randomUUID()}`;
    await using manager = await receiveDatagrams(address);
    const env = { NOTIFY_SOCKET: address, WATCHDOG_USEC: "100000", WATCHDOG_PID: "1" };
    {
      await using server = await startWscam(["--camera", "test"], { env });
      await using viewer = await openViewer(server.ws);
      await eventually(() => manager.messages.some((each) => each.includes("1 camera live")));
      assert(viewer.errors().length === 0);
    }
    await eventually(() => manager.messages.includes("STOPPING=1"));
    assert(!manager.messages.includes("WATCHDOG=1"));
  },
);
