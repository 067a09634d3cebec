import { assertAlmostEquals, assertEquals } from "@std/assert";
import { StreamTimes } from "../../lib/ffmpeg/stream_times.ts";

/** Takes the line that ffmpeg prints for a picture that goes on. */
function passed(times: StreamTimes, time: number, least: number): void {
  times.take(time.toFixed(6));
  times.take((1e12 + least).toFixed(6));
}

function late(times: StreamTimes, seconds: number): void {
  times.take((3e12 + seconds).toFixed(6));
}

Deno.test("StreamTimes.stamp() tells when a picture was taken", async (t) => {
  const times = new StreamTimes({ onHopeless: () => {} });
  await t.step("from its time in the stream and the least delay", async () => {
    passed(times, 5, 1000);
    passed(times, 5.1, 1000);
    assertAlmostEquals(await times.stamp(1005.3) ?? 0, 1005, 0.001);
    assertAlmostEquals(await times.stamp(1005.4) ?? 0, 1005.1, 0.001);
  });
  await t.step("never later than it came", async () => {
    passed(times, 6, 1001);
    assertEquals(await times.stamp(1006.5), 1006.5);
  });
  await t.step("from the packets' delay, where pictures are held back", async () => {
    times.take((2e12 + 999.5).toFixed(6));
    passed(times, 7, 1000);
    assertAlmostEquals(await times.stamp(1007.1) ?? 0, 1006.5, 0.001);
  });
  await t.step("and nothing where it waited too long in between", async () => {
    passed(times, 8, 1000);
    assertEquals(await times.stamp(1010), undefined);
  });
});

Deno.test("StreamTimes.stamp() waits for a time that comes after its picture", async () => {
  const times = new StreamTimes({ onHopeless: () => {} });
  const stamp = times.stamp(1005.5);
  passed(times, 5, 1000);
  assertAlmostEquals(await stamp ?? 0, 1005, 0.001);
});

Deno.test("StreamTimes.stamp() does without a time that doesn't come, and takes none for another", async () => {
  const times = new StreamTimes({ onHopeless: () => {} });
  assertEquals(await times.stamp(1005.5), 1005.5);
  passed(times, 5, 1000);
  passed(times, 6, 1000);
  assertAlmostEquals(await times.stamp(1006.5) ?? 0, 1006, 0.001);
});

Deno.test("StreamTimes.take() takes only what is meant for it", () => {
  const times = new StreamTimes({ onHopeless: () => {} });
  for (const line of ["", "5.1", "x 1.000000", "1.000000 x", "[h264 @ 0x5] error 1.000000"]) {
    assertEquals(times.take(line), false, line);
  }
  assertEquals(times.take("-0.080000"), true);
});

Deno.test("StreamTimes tells when opening anew is quicker", async (t) => {
  const cases: Record<string, [openSeconds: number, lates: number[], isHopeless: boolean]> = {
    "it makes up ten seconds a second": [2, [18, 17, 14, 11, 8, 5, 2], false],
    "it makes up less than two seconds a second": [2, [18, 17.6, 17.2, 16.8, 16.4], true],
    "opening takes long": [20, [18, 17.6, 17.2, 16.8, 16.4], false],
    "it isn't much": [2, [1.9, 1.9, 1.9, 1.9, 1.9], false],
    "it gets ever later": [2, [3, 3.1, 3.2, 3.3, 3.4], true],
  };
  for (const [name, [openSeconds, lates, isHopeless]] of Object.entries(cases)) {
    await t.step(name, () => {
      let told = false;
      let now = 0;
      const onHopeless = () => void (told = true);
      const times = new StreamTimes({ onHopeless, openSeconds, now: () => now });
      for (const seconds of lates) {
        late(times, seconds);
        now += 200;
      }
      assertEquals(told, isHopeless);
    });
  }
  await t.step("it is late again and again, and never makes up for it", () => {
    let told = 0;
    const times = new StreamTimes({ onHopeless: () => void told++, now: () => 0 });
    for (let i = 0; i < 3; i++) times.take((4e12 + 0.6).toFixed(6));
    assertEquals(told, 0);
    times.take((4e12 + 0.6).toFixed(6));
    assertEquals(told, 1);
  });
});
