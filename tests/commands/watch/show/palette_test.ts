import { assert, assertEquals } from "@std/assert";
import { nearestOf256 } from "../../../../lib/commands/watch/show/palette.ts";
import { createRandom } from "../../../testutil/random.ts";

/** The colours 16 to 255 as xterm has them (256colres.pl). */
const PALETTE = Array.from({ length: 240 }, (_, i) => {
  if (i >= 216) return [8 + 10 * (i - 216), 8 + 10 * (i - 216), 8 + 10 * (i - 216)];
  return [Math.floor(i / 36), Math.floor(i / 6) % 6, i % 6].map((level) =>
    level === 0 ? 0 : 55 + 40 * level
  );
});

function distance(rgb: number, code: number): number {
  const [red = 0, green = 0, blue = 0] = PALETTE[code - 16] ?? [Infinity];
  return (red - (rgb >> 16)) ** 2 + (green - (rgb >> 8 & 0xff)) ** 2 + (blue - (rgb & 0xff)) ** 2;
}

Deno.test("nearestOf256() finds every colour of the palette itself", () => {
  for (const [i, [red = 0, green = 0, blue = 0]] of PALETTE.entries()) {
    const rgb = red << 16 | green << 8 | blue;
    assertEquals(distance(rgb, nearestOf256(rgb)), 0, `colour ${i + 16}`);
  }
});

Deno.test("nearestOf256() finds no colour that is farther than another", () => {
  const random = createRandom(8);
  for (let i = 0; i < 5000; i++) {
    const rgb = random.below(0x1000000);
    const best = Math.min(...PALETTE.map((_, i) => distance(rgb, i + 16)));
    const found = nearestOf256(rgb);
    assert(distance(rgb, found) <= best, `${rgb.toString(16)}: ${found}`);
  }
});
