import { assertEquals } from "@std/assert";
import { nearestTo } from "../../lib/stream/nearest.ts";

const OWN = { quality: 80, width: 1280 };

function widths(...all: (number | null)[]): { quality: null; width: number | null }[] {
  return all.map((width) => ({ quality: null, width }));
}

Deno.test("nearestTo() finds the width that is most like the one asked for", () => {
  const all = widths(null, 160, 320, 640);
  const nearest = (width: number | null) => nearestTo({ quality: null, width }, all, OWN)?.width;
  assertEquals([100, 200, 300, 500, 1000, 5000, null].map(nearest), [
    160,
    160,
    320,
    640,
    null,
    null,
    null,
  ]);
});

Deno.test("nearestTo() weighs quality against width", () => {
  const all = [{ quality: 20, width: 640 }, { quality: 75, width: 600 }, {
    quality: null,
    width: null,
  }];
  assertEquals(nearestTo({ quality: 80, width: 640 }, all, OWN), all[1]);
  assertEquals(nearestTo({ quality: 10, width: 640 }, all, OWN), all[0]);
});

Deno.test("nearestTo() finds nothing where there is nothing", () => {
  assertEquals(nearestTo({ quality: 70, width: null }, [], OWN), undefined);
});
