import { assertGreater, assertLess } from "@std/assert";
import { fileURLToPath } from "node:url";
import type { State } from "../../lib/server/state.ts";
import { comeAndGo } from "../testutil/client/come_and_go.ts";
import { eventually } from "../testutil/eventually.ts";
import { openViewer } from "../testutil/client/messages.ts";
import { openRaw } from "../testutil/client/raw_socket.ts";
import { ownMemoryOf } from "../testutil/system/processes.ts";
import { startWscam, type Wscam } from "../testutil/program/wscam.ts";

const MEGABYTE = 1e6;
const isLinux = Deno.build.os === "linux";

Deno.test("memory is flat over 10,000 frames", async () => {
  // In a process of its own: other tests run in this one.
  const program = fileURLToPath(new URL("./many_frames.ts", import.meta.url));
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--config", config, program, "10000"],
    stdin: "null",
  }).output();
  const { frames, grown } = JSON.parse(new TextDecoder().decode(stdout));
  assertGreater(frames, 10_000);
  assertLess(grown, 30 * MEGABYTE);
});

Deno.test({
  name: "memory and descriptors are flat over 1,000 viewers that come and go",
  ignore: !isLinux,
  fn: async () => {
    await using server = await startWscam([
      "--camera",
      "test",
      "--fps",
      "60",
      "--resolution",
      "160x120",
    ]);
    const descriptors = (): number => [...Deno.readDirSync(`/proc/${server.pid}/fd`)].length;
    await comeAndGo(200, server);
    const cameras = async () => (await (await fetch(`${server.url}/cameras`)).json())[0].viewers;
    await eventually(async () => await cameras() === 0);
    const before = { resident: ownMemoryOf(server.pid), descriptors: descriptors() };
    await comeAndGo(1000, server);
    await eventually(async () => await cameras() === 0);
    await eventually(() => descriptors() <= before.descriptors + 2);
    assertLess(ownMemoryOf(server.pid) - before.resident, 40 * MEGABYTE);
  },
});

Deno.test({
  name: "a hundred viewers that never read cost a bounded amount, and slow nobody",
  ignore: !isLinux,
  fn: async () => {
    await using server = await startWscam(["--camera", "test", "--fps", "30"]);
    await using reader = await openViewer(server.ws);
    await eventually(() => reader.images().length > 0);
    const before = ownMemoryOf(server.pid);
    const stalled = await Promise.all(Array.from({ length: 100 }, async () => {
      const raw = await openRaw(server.port);
      await raw.shake();
      return raw;
    }));
    const [had, taken] = [reader.images().length, await capturedBy(server)];
    await eventually(() => reader.images().length > had + 60);
    // A server that waited for the stalled ones would send next to nothing until it disconnects them.
    const share = (reader.images().length - had) / (await capturedBy(server) - taken);
    assertGreater(share, 0.2, "of the camera's pictures");
    assertLess(ownMemoryOf(server.pid) - before, 100 * MEGABYTE);
    for (const raw of stalled) raw[Symbol.dispose]();
  },
});

/** The number of frames that the camera has given, however busy the machine is. */
async function capturedBy({ url }: Wscam): Promise<number> {
  const { cameras: [camera] }: State = await (await fetch(`${url}/state`)).json();
  return camera?.frames ?? NaN;
}
