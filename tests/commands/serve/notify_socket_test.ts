import { assert, assertEquals } from "@std/assert";
import { openNotifySocket } from "../../../lib/commands/serve/notify_socket.ts";
import { receiveDatagrams } from "../../testutil/system/datagrams.ts";
import { eventually } from "../../testutil/eventually.ts";
import { testWith } from "../../testutil/needs.ts";

const TEXT = "READY=1\nSTATUS=ü, 1 camera live";

testWith(
  ["systemd", "python3-websockets"],
  "openNotifySocket() sends to paths and names",
  async (t) => {
    const dir = await Deno.makeTempDir();
    for (const address of [`${dir}/notify`, `@wscam-${crypto.randomUUID()}`]) {
      await t.step(address.startsWith("@") ? "an abstract name" : "a path", async () => {
        await using receiver = await receiveDatagrams(address);
        using socket = openNotifySocket(address);
        assert(socket.send(TEXT));
        assert(socket.send("STOPPING=1"));
        await eventually(() => receiver.messages.length === 2);
        assertEquals(receiver.messages, [TEXT, "STOPPING=1"]);
      });
    }
    await Deno.remove(dir, { recursive: true });
  },
);

testWith(["systemd"], "openNotifySocket() says when nobody receives, and goes on", () => {
  using socket = openNotifySocket("/no/such/socket");
  assertEquals(socket.send("READY=1"), false);
  assertEquals(socket.send("WATCHDOG=1"), false);
});

testWith(
  ["systemd", "python3-websockets"],
  "openNotifySocket() doesn't wait for a receiver that takes nothing",
  async () => {
    const address = `@wscam-${crypto.randomUUID()}`;
    await using receiver = await receiveDatagrams(address);
    Deno.kill(receiver.pid, "SIGSTOP");
    using socket = openNotifySocket(address);
    let sent = 0;
    while (socket.send("WATCHDOG=1") && sent < 100_000) sent++;
    assert(sent < 100_000, "the system's queue is not endless");
    assertEquals(receiver.messages, []);
  },
);
