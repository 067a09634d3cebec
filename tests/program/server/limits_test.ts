import { assertLess } from "@std/assert";
import { expectPictures, testAttacks } from "./attack.ts";
import type { TestViewer } from "../../testutil/client/messages.ts";
import { eventually } from "../../testutil/eventually.ts";
import { HOSTILITIES, openStalled } from "../../testutil/attack/hostile.ts";
import { ownMemoryOf } from "../../testutil/system/processes.ts";
import { openRaw } from "../../testutil/client/raw_socket.ts";
import { OPCODE, websocketFrame } from "../../testutil/client/websocket_frame.ts";
import { startWscam, type Wscam } from "../../testutil/program/wscam.ts";

/** The sweeper, `/proc` and the tests' own resets are there on Linux. */
const ignore = Deno.build.os !== "linux";
const MEGABYTE = 1e6;

testAttacks("hostile clients", [
  ...HOSTILITIES.map(({ name, strike, lost }) => ({
    name,
    lost,
    strike: ({ port }: Wscam) => strike(port),
  })),
  { name: "500 viewers that never read", strike: manyThatNeverRead },
]);

async function manyThatNeverRead(server: Wscam, witness: TestViewer): Promise<void> {
  const before = ownMemoryOf(server.pid);
  using _stalled = await openStalled(server.port, 500);
  await eventually(async () => {
    const [camera] = await (await fetch(`${server.url}/cameras`)).json();
    return camera.viewers === 501;
  });
  await expectPictures(witness);
  assertLess(ownMemoryOf(server.pid) - before, 150 * MEGABYTE);
}

Deno.test("serve() takes a command that comes in fragments", { ignore }, async () => {
  await using server = await startWscam(["--camera", "0", "--ffmpeg", "/no/ffmpeg"]);
  using raw = await openRaw(server.port);
  await raw.shake();
  const { continuation } = OPCODE;
  await raw.write(websocketFrame('{"type":', { isLast: false }));
  await raw.write(websocketFrame("hello", { opcode: OPCODE.ping }));
  await raw.write(websocketFrame('"ping","id"', { opcode: continuation, isLast: false }));
  await raw.write(websocketFrame(':"猫"}', { opcode: continuation }));
  let text = "";
  const decoder = new TextDecoder();
  await eventually(async () => {
    text += decoder.decode(await raw.readSome(), { stream: true });
    return text.includes('{"type":"pong","id":"猫"');
  });
});
