import { assertEquals } from "@std/assert";
import { eventually } from "../testutil/eventually.ts";
import { openViewer } from "../testutil/client/messages.ts";
import { startWscam } from "../testutil/program/wscam.ts";
import { memoryOf } from "../testutil/system/processes.ts";

/** Less than this of the program is in use while nobody watches, and more by far during its start. */
const RESTING_BYTES = 30e6;

Deno.test({
  name: "a server lets go of the program's pages after its start, and when viewers have left",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using server = await startWscam(["--camera", "test", "--resolution", "160x120"]);
    const rests = (): Promise<boolean> =>
      eventually(() => memoryOf(server.pid).files < RESTING_BYTES, {
        what: () => `pages of files, now ${memoryOf(server.pid).files} bytes`,
      });
    await rests();
    {
      await using viewer = await openViewer(server.ws);
      await eventually(() => viewer.images().length > 10);
    }
    await rests();
    assertEquals((await fetch(`${server.url}/healthz`).then((it) => it.json())).ok, true);
  },
});
