import { assertAlmostEquals, assertEquals } from "@std/assert";
import { UnitTimes } from "../../../../lib/camera/ffmpeg/video/unit_times.ts";

Deno.test("UnitTimes takes the least delay that was seen", () => {
  const times = new UnitTimes();
  const delays = [0.3, 0.05, 0.2, 0.05, 0.6];
  const ages = delays.map((delay, i) => {
    const arrived = 1000 + i + delay;
    return arrived - times.next(i, arrived);
  });
  assertEquals(ages.map((age) => Math.round(age * 100) / 100), [0, 0, 0.15, 0, 0.55]);
});

Deno.test("UnitTimes begins anew when the stream's times do, and follows clocks that drift", () => {
  const times = new UnitTimes();
  for (let i = 0; i < 10; i++) times.next(i, 1000 + i);
  assertAlmostEquals(times.next(0, 1010), 1010);
  assertAlmostEquals(times.next(1, 1011), 1011);
  const drifting = new UnitTimes();
  let age = 0;
  for (let i = 0; i < 1000; i++) age = 1000 + i * 1.0005 - drifting.next(i, 1000 + i * 1.0005);
  assertAlmostEquals(age, 0, 0.01);
});

Deno.test("UnitTimes takes a picture whose time is repeated for one that was captured as it came", () => {
  const times = new UnitTimes();
  // The camera's times step back by a second, and ffmpeg gives the last until they are past it.
  const shown = [0, 0.1, 0.2, ...Array<number>(10).fill(0.2), 0.3, 0.4, 0.5];
  const ages = shown.map((each, i) => {
    const arrived = 1000 + i / 10;
    return Math.round(10 * (arrived - times.next(each, arrived))) / 10;
  });
  assertEquals(ages, shown.map(() => 0));
});
