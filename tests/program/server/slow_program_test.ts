import { assertGreater, assertLess } from "@std/assert";
import { PYTHON } from "../../../scripts/needs/python.ts";
import { testWith } from "../../testutil/needs.ts";
import { run } from "../../testutil/program/run.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

/** The program of docs/opencv.md, whose work on a picture takes half a second; it prints how old each one was. */
const PROGRAM = `
import asyncio, json, sys, time, websockets

async def main():
    async with websockets.connect(sys.argv[1], max_size=None) as websocket:
        count = 0
        async for text in websocket:
            message = json.loads(text)
            if message["type"] == "image":
                print(time.time() - message["timestamp"], flush=True)
                time.sleep(0.5)
                count += 1
                if count == 16: break

asyncio.run(main())
`;

testWith(
  ["python3-websockets"],
  "a program whose work takes longer than a picture sees new ones",
  async () => {
    await using server = await startWscam(["--camera", "test", "--fps", "20", "-r", "320x240"]);
    const { stdout } = await run(PYTHON, ["-c", PROGRAM, server.ws]);
    const ages = stdout.trim().split("\n").map(Number);
    assertGreater(ages.length, 10);
    // Without asking whether it reads, each picture would be 450 ms older than the one before.
    assertLess(Math.min(...ages.slice(-6)), 2.5);
  },
);
