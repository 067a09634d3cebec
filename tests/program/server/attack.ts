import { assertEquals } from "@std/assert";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer, type TestViewer } from "../../testutil/client/messages.ts";
import { residentOf } from "../../testutil/system/processes.ts";
import { type StartOptions, startWscam, type Wscam } from "../../testutil/program/wscam.ts";

/** The sweeper, `/proc` and the tests' own resets are there on Linux. */
const isLinux = Deno.build.os === "linux";

/** A camera that costs little. */
export const CAMERA = ["--camera", "test", "--resolution", "160x120", "--fps", "20"];
const MEGABYTE = 1e6;

function descriptorsOf(pid: number): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}

/** Pictures go on for somebody who has watched all along. */
export async function expectPictures(witness: TestViewer): Promise<void> {
  const before = witness.images().length;
  await eventually(() => witness.images().length > before + 10, {
    what: "ten pictures for the viewer that watches",
  });
  assertEquals(witness.socket.readyState, WebSocket.OPEN);
  assertEquals(witness.errors(), []);
}

/** Options of {@linkcode attack}. */
export interface AttackOptions extends StartOptions {
  /** The number of descriptors that may stay. @default {3} */
  lost?: number;
}

/** Registers a test that attacks a server that somebody watches; nothing of it may stay. */
export function attack(
  name: string,
  fn: (server: Wscam, witness: TestViewer) => Promise<void>,
  { lost = 3, ...options }: AttackOptions = {},
): void {
  Deno.test({
    name: `serve() outlives ${name}`,
    ignore: !isLinux,
    fn: async () => {
      await using server = await startWscam(CAMERA, options);
      await using witness = await openViewer(server.ws);
      await expectPictures(witness);
      const before = { resident: residentOf(server.pid), descriptors: descriptorsOf(server.pid) };
      await fn(server, witness);
      await expectPictures(witness);
      await eventually(() => descriptorsOf(server.pid) <= before.descriptors + lost, {
        what: `descriptors back at ${before.descriptors}`,
      });
      await eventually(() => residentOf(server.pid) < before.resident + 60 * MEGABYTE, {
        what: `memory back at ${before.resident}`,
      });
    },
  });
}
