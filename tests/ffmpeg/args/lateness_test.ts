import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { lateFilter, latePackets, MARK, packetTimes } from "../../../lib/ffmpeg/args/lateness.ts";
import { testWith } from "../../testutil/needs.ts";

/** Numbers that ffmpeg printed, of pictures that went on and of those that were skipped. */
interface Printed {
  passed: number[];
  late: number[];
  packet: number[];
}

/** Has ffmpeg draw 20 pictures a second, as fast as it can, and gives what it prints on lines of their own. */
async function run(args: readonly string[], { seconds = 3, pace = "" } = {}): Promise<Printed> {
  const source = `testsrc=size=64x48:rate=20:duration=${seconds}${pace}`;
  const { stderr } = await new Deno.Command("ffmpeg", {
    args: [
      "-hide_banner",
      "-nostats",
      "-loglevel",
      // Numbers that are the same as the last are to be printed too, as for cameras.
      "repeat+warning",
      "-f",
      "lavfi",
      "-i",
      source,
      ...args,
    ],
    stdin: "null",
  }).output();
  const numbers = new TextDecoder().decode(stderr).split("\n")
    .filter((line) => /^-?\d+\.\d{6}$/.test(line)).map(Number);
  return {
    passed: numbers.filter((value) => value < MARK.least),
    late: numbers.filter((value) => value >= MARK.late && value < MARK.forgiven),
    packet: numbers.filter((value) => value >= MARK.packet && value < MARK.late),
  };
}

const PASS = ["-c:v", "rawvideo", "-f", "null", "-"];
const COPY = ["-map", "0:v:0", "-c:v", "copy"];
const VERSION = { major: 5, minor: 1 };

testWith(
  ["ffmpeg"],
  "lateFilter() passes what comes as fast as it was taken, or faster",
  async () => {
    const live = await run(["-vf", lateFilter(), ...PASS], { seconds: 1.5, pace: ",realtime" });
    assertEquals(live.passed.length + live.late.length, 30);
    // Only where the machine has stood still for half a second.
    assertLess(live.late.length, 10);
    const quick = await run(["-vf", lateFilter(), ...PASS]);
    assertEquals([quick.passed.length, quick.late.length], [60, 0]);
  },
);

testWith(["ffmpeg"], "lateFilter() passes all where times stand still, or step back", async () => {
  for (const times of ["setpts=0", "setpts='if(lt(N,20),N,N-20)/20/TB'"]) {
    const { passed, late } = await run(["-vf", `${times},${lateFilter()}`, ...PASS]);
    assertEquals([passed.length, late.length], [60, 0], times);
  }
});

testWith(["ffmpeg"], "lateFilter() gives in where times are slower than the pictures", async () => {
  // Told to be 25 a second, as those of a stream without times are, and come at 20.
  const { passed, late } = await run([
    "-vf",
    `realtime,setpts=N/25/TB,${lateFilter()}`,
    ...PASS,
  ], { seconds: 6 });
  assertEquals(passed.length + late.length, 120);
  assert(late.length <= 40, `${late.length} were skipped`);
});

testWith(["ffmpeg"], "latePackets() and packetTimes() tell the same of packets", async () => {
  const copied = await run([...COPY, ...latePackets(VERSION), "-f", "null", "-"]);
  assertEquals([copied.passed.length, copied.late.length], [60, 0]);
  for (const isHeld of [true, false]) {
    const { packet } = await run([...PASS, ...packetTimes(VERSION, isHeld)]);
    assertGreater(packet.length, 0);
  }
  assertEquals(latePackets({ major: 4, minor: 3 }), []);
  assertEquals(packetTimes({ major: 4, minor: 3 }, true), []);
});
