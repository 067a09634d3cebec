import { assertEquals } from "@std/assert";
import { fit } from "../../../../lib/commands/watch/show/fit.ts";

Deno.test("fit() fills the width or the height, and stands in the middle", async (t) => {
  const cases = [
    ["as wide as the area", [160, 90], [80, 30], { columns: 80, rows: 23, left: 0, top: 3 }],
    ["as high as the area", [640, 480], [80, 23], { columns: 61, rows: 23, left: 9, top: 0 }],
    ["exactly", [80, 46], [80, 23], { columns: 80, rows: 23, left: 0, top: 0 }],
    ["upright", [480, 640], [80, 20], { columns: 30, rows: 20, left: 25, top: 0 }],
    ["smaller than the area", [2, 2], [80, 24], { columns: 48, rows: 24, left: 16, top: 0 }],
    ["a line across", [65_535, 1], [80, 23], { columns: 80, rows: 1, left: 0, top: 11 }],
    ["a line down", [1, 65_535], [80, 23], { columns: 1, rows: 23, left: 39, top: 0 }],
    ["one cell", [640, 480], [1, 1], { columns: 1, rows: 1, left: 0, top: 0 }],
  ] as const;
  for (const [name, [width, height], [columns, rows], place] of cases) {
    await t.step(name, () => assertEquals(fit({ width, height }, { columns, rows }), place));
  }
});
