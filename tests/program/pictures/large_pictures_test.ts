import { assertEquals, assertGreater, assertLess, assertStringIncludes } from "@std/assert";
import { PYTHON } from "../../../scripts/needs/python.ts";
import type { Source } from "../../../lib/camera/source.ts";
import { sleep } from "../../../lib/time/sleep.ts";
import { openViewer } from "../../testutil/client/messages.ts";
import { eventually } from "../../testutil/eventually.ts";
import { testWith } from "../../testutil/needs.ts";
import { noise } from "../../testutil/picture/noise.ts";
import { run } from "../../testutil/program/run.ts";
import { startTestServer } from "../../testutil/server/test_server.ts";

const SIZE = { width: 1280, height: 720 };
const MIB = 1024 * 1024;

/** A picture in which no two pixels are alike. */
const NOISE: Source = {
  async *frames({ pool, signal }) {
    const pixels = noise(SIZE);
    while (!signal.aborted) {
      const buffer = new Uint8Array(pool.take(pixels.length));
      buffer.set(pixels);
      yield pool.frame(buffer, { ...SIZE, timestamp: Date.now() / 1000 });
      await sleep(200, signal);
    }
  },
};

/**
 * The client from the Python service's README, without 'max_size'. It prints the length of the
 * longest text. When it breaks off, it waits for the server's close without reading: for 1 s here
 * instead of 20.
 */
const PROGRAM = `
import asyncio, json, sys, websockets

async def main():
    async with websockets.connect(sys.argv[1], close_timeout=1) as websocket:
        count, longest = 0, 0
        async for text in websocket:
            if json.loads(text)["type"] == "image":
                count, longest = count + 1, max(longest, len(text))
                if count == 5: break
        print(longest)

asyncio.run(main())
`;

testWith(
  ["python3-websockets", "ffmpeg"],
  "a client that takes no more than 1 MiB gets pictures of a busy camera, and keeps its connection",
  async () => {
    await using server = await startTestServer({ source: NOISE });
    const { stdout, stderr } = await run(PYTHON, ["-c", PROGRAM, server.ws]);
    assertEquals(stderr, "");
    assertGreater(Number(stdout), 100_000);
    assertLess(Number(stdout), MIB + 1);
    assertEquals(server.logged.filter((line) => line.includes("over 1 MiB")).length, 1);
  },
);

testWith(["ffmpeg"], "a client that asks for something gets it, however large", async () => {
  await using server = await startTestServer({ source: NOISE });
  await using plain = await openViewer(server.ws);
  await using asking = await openViewer(`${server.ws}/?quality=80`);
  await eventually(() => plain.images().length > 1 && asking.images().length > 1);
  const longest = (viewer: typeof plain) =>
    Math.max(...viewer.images().map((image) => JSON.stringify(image).length));
  assertLess(longest(plain), MIB);
  assertGreater(longest(asking), MIB);
});

testWith(
  ["python3-websockets"],
  "the log says what to do when a picture was too large for a client",
  async () => {
    await using server = await startTestServer({ source: NOISE });
    const { stderr } = await run(PYTHON, ["-c", PROGRAM, `${server.ws}/?quality=80`]);
    assertStringIncludes(stderr, "1009");
    await eventually(() => server.logged.some((line) => /\(1009\).*max_size=None/.test(line)));
  },
);
