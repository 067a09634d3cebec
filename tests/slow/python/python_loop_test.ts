import { assertEquals, assertLess } from "@std/assert";
import { fileURLToPath } from "node:url";
import { PYTHON } from "../../../scripts/needs/python.ts";
import { startServerProcess } from "../../../scripts/release/server_process.ts";
import { eventually } from "../../testutil/eventually.ts";
import { testWith } from "../../testutil/needs.ts";
import { startNetwork } from "../../testutil/network/network.ts";
import { startVcam } from "../../testutil/camera/vcam.ts";
import { wscamArgs } from "../../testutil/program/wscam.ts";

const SOURCE = fileURLToPath(new URL("../../../clients/python/src", import.meta.url));
/** A loop that works for 0.7 s on each picture, and has no word for what goes wrong. */
const LOOP = `
import sys, time, wscam
for frame in wscam.frames(sys.argv[1]):
    print(time.time() - frame.timestamp, flush=True)
    time.sleep(0.7)
`;
const PORT = 8765;
const CUT_MS = 30_000;
/**
 * A picture is a twentieth of a second old; the last one before the network went has waited for the loop, 0.7 s, and on a
 * busy machine longer. One from before a cut of 6 s would be older than that.
 */
const OLD_S = 3;

testWith(
  ["vcam", "ffmpeg", "network", "python3-websockets"],
  "a slow loop in Python goes on through whatever happens, and never sees the past",
  async (t) => {
    await using vcam = await startVcam();
    await using network = await startNetwork();
    const start = async () => {
      const options = ["--camera", vcam.path, "--fps", "30", "--port", String(PORT)];
      const server = run(network.onServer, Deno.execPath(), wscamArgs(...options), vcam.env);
      await eventually(() => server.output.stdout.includes(`:${PORT}`));
      return server;
    };
    let server = await start();
    const url = `ws://${network.address}:${PORT}`;
    const env = { PYTHONPATH: SOURCE, PYTHONDONTWRITEBYTECODE: "1" };
    await using loop = run(network.onClient, PYTHON, ["-u", "-c", LOOP, url], env);
    const ages = (): number[] => loop.output.stdout.trim().split("\n").filter(Boolean).map(Number);
    /** The loop has five pictures more, all of them new. */
    const goesOn = async (): Promise<void> => {
      const before = ages().length;
      await eventually(() => ages().length >= before + 5, {
        what: `five pictures more (${loop.output.stderr} ${server.output.stderr})`,
      });
      assertLess(Math.max(...ages()), OLD_S, ages().join());
    };
    await goesOn();
    const troubles: [name: string, strike: () => Promise<void>][] = [
      ["the server is started again", async () => {
        assertEquals((await server.end()).code, 0);
        server = await start();
      }],
      ["the server is killed, and comes back later", async () => {
        await server.end("SIGKILL");
        await pass(5000);
        server = await start();
      }],
      ["the camera is unplugged", async () => {
        await vcam.fault("unplugged");
        await pass(8000);
        await vcam.fault("none");
      }],
      ["the network is cut", async () => {
        await network.cut();
        await pass(CUT_MS);
        await network.join();
      }],
      ["the network is cut for a moment", async () => {
        await network.cut();
        await pass(6000);
        await network.join();
      }],
    ];
    try {
      for (const [name, strike] of troubles) {
        await t.step(name, async () => {
          await strike();
          await goesOn();
        });
      }
    } finally {
      await server.end();
    }
    await loop.end("SIGKILL");
  },
);

function run(
  within: readonly string[],
  program: string,
  args: readonly string[],
  env: Record<string, string>,
) {
  const [command = "", ...first] = within;
  return startServerProcess({ command, args: [...first, program, ...args], options: { env } });
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
