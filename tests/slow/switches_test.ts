import { assert, assertEquals, assertLess } from "@std/assert";
import { readFragment } from "../../lib/h264/read_fragment.ts";
import { eventually } from "../testutil/eventually.ts";
import { openViewer, type TestViewer } from "../testutil/client/messages.ts";
import { testWith } from "../testutil/needs.ts";
import { childrenOf, ownMemoryOf } from "../testutil/system/processes.ts";
import { startWscam, type Wscam } from "../testutil/program/wscam.ts";

const SWITCHES = 1000;
/** A viewer's changes of format are paced: more of them go on beside each other. */
const VIEWERS = 8;
/** The program's memory after each kind of work. */
const WARM = 80;
const MOST_GROWN = 24e6;

/** The traces that a switch could leave behind. */
async function leftovers({ pid, url }: Wscam): Promise<Record<string, number>> {
  const { viewers, cameras: [camera] } = await (await fetch(`${url}/state`)).json();
  return {
    viewers: viewers.length,
    renditions: camera.renditions.length,
    children: (await childrenOf(pid, { deep: true })).length,
    descriptors: Array.from(Deno.readDirSync(`/proc/${pid}/fd`)).length,
  };
}

/** Switches, and waits for a picture of the new kind. */
async function switchTo(viewer: TestViewer, format: "h264" | "binary", id: number): Promise<void> {
  viewer.files.length = 0;
  viewer.messages.length = 0;
  viewer.command({ type: "configure", id, format });
  const isOfIt = (file: Uint8Array): boolean =>
    (readFragment(file) !== undefined) === (format === "h264");
  const what = `a picture as ${format}`;
  await eventually(() => viewer.files.some(isOfIt), { what });
  await eventually(() => viewer.messages.some((each) => "id" in each && each.id === id), { what });
  assertEquals(viewer.errors(), []);
}

testWith(
  ["ffmpeg"],
  `${SWITCHES} switches between JPEG and H.264 leave nothing behind`,
  async () => {
    if (Deno.build.os !== "linux") return;
    const size = ["--resolution", "160x120", "--fps", "20"];
    await using server = await startWscam(["--camera", "test", ...size]);
    // It keeps both renditions running, as others that watch do.
    await using jpeg = await openViewer(`${server.ws}/?format=binary`);
    await using video = await openViewer(`${server.ws}/?format=h264`);
    const all = await Promise.all(
      Array.from({ length: VIEWERS }, () => openViewer(`${server.ws}/?format=binary&ack=1`)),
    );
    const drop = setInterval(() => jpeg.files.length = video.files.length = 0, 1000);
    const each = async (viewer: TestViewer, count: number): Promise<void> => {
      for (let i = 0; i < count; i++) await switchTo(viewer, i % 2 ? "binary" : "h264", i);
    };
    const rounds = async (count: number): Promise<void> => {
      await Promise.all(all.map((viewer) => each(viewer, count / VIEWERS)));
    };
    try {
      await rounds(WARM);
      const [before, resident] = [await leftovers(server), ownMemoryOf(server.pid)];
      await rounds(SWITCHES - WARM);
      await eventually(async () => {
        const after = await leftovers(server);
        return Object.entries(before).every(([name, count]) => (after[name] ?? 0) <= count);
      }, { what: "as little as before" });
      assertLess(ownMemoryOf(server.pid) - resident, MOST_GROWN);
      assert(jpeg.files.length + video.files.length > 0);
      assertEquals([...jpeg.errors(), ...video.errors()], []);
    } finally {
      clearInterval(drop);
      for (const viewer of all) await viewer[Symbol.asyncDispose]();
    }
  },
);
