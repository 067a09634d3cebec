import { assertEquals } from "@std/assert";
import { eventually } from "../../testutil/eventually.ts";
import { openViewer, type TestViewer } from "../../testutil/client/messages.ts";
import { ownMemoryOf } from "../../testutil/system/processes.ts";
import { type StartOptions, startWscam, type Wscam } from "../../testutil/program/wscam.ts";

/** The sweeper, `/proc` and the tests' own resets are there on Linux. */
const isLinux = Deno.build.os === "linux";

/** A camera that costs little. */
export const CAMERA = ["--camera", "test", "--resolution", "160x120", "--fps", "20"];
const MEGABYTE = 1e6;

function descriptorsOf(pid: number): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}

/** A permanent viewer keeps getting pictures. */
export async function expectPictures(witness: TestViewer): Promise<void> {
  const before = witness.images().length;
  await eventually(() => witness.images().length > before + 10, {
    what: "ten pictures for the viewer that watches",
  });
  assertEquals(witness.socket.readyState, WebSocket.OPEN);
  assertEquals(witness.errors(), []);
}

/** Something that a server must outlive. */
export interface Attack {
  /** Its name, which follows "serve() outlives". */
  name: string;
  /** Does it. */
  strike: (server: Wscam, witness: TestViewer) => Promise<void>;
  /** The number of descriptors that may stay. @default {3} */
  lost?: number | undefined;
}

/** Registers a test of a server that is attacked while somebody watches; nothing of any attack may stay. */
export function testAttacks(
  name: string,
  attacks: readonly Attack[],
  options: StartOptions = {},
): void {
  Deno.test({
    name: `serve() outlives ${name}`,
    ignore: !isLinux,
    fn: async (t) => {
      await using server = await startWscam(CAMERA, options);
      await using witness = await openViewer(server.ws);
      await expectPictures(witness);
      for (const attack of attacks) {
        await t.step(attack.name, () => endure(attack, server, witness));
      }
    },
  });
}

async function endure(
  { strike, lost = 3 }: Attack,
  server: Wscam,
  witness: TestViewer,
): Promise<void> {
  const before = { resident: ownMemoryOf(server.pid), descriptors: descriptorsOf(server.pid) };
  await strike(server, witness);
  await expectPictures(witness);
  await eventually(() => descriptorsOf(server.pid) <= before.descriptors + lost, {
    what: `descriptors back at ${before.descriptors}`,
  });
  await eventually(() => ownMemoryOf(server.pid) < before.resident + 60 * MEGABYTE, {
    what: `memory back at ${before.resident}`,
  });
}
