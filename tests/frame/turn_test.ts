import { assertEquals } from "@std/assert";
import type { Flip, Rotation } from "../../lib/frame/orientation.ts";
import { turn } from "../../lib/frame/turn.ts";

/** Three columns, two rows. */
const PICTURE = Uint32Array.of(1, 2, 3, 4, 5, 6);

Deno.test("turn() turns clockwise, then mirrors", async (t) => {
  const cases: [Rotation, Flip | undefined, number[]][] = [
    ["0", undefined, [1, 2, 3, 4, 5, 6]],
    ["90", undefined, [4, 1, 5, 2, 6, 3]],
    ["180", undefined, [6, 5, 4, 3, 2, 1]],
    ["270", undefined, [3, 6, 2, 5, 1, 4]],
    ["0", "h", [3, 2, 1, 6, 5, 4]],
    ["0", "v", [4, 5, 6, 1, 2, 3]],
    ["0", "hv", [6, 5, 4, 3, 2, 1]],
    ["90", "h", [1, 4, 2, 5, 3, 6]],
    ["270", "v", [1, 4, 2, 5, 3, 6]],
    ["180", "hv", [1, 2, 3, 4, 5, 6]],
  ];
  for (const [rotate, flip, expected] of cases) {
    await t.step(`${rotate} ${flip ?? ""}`, () => {
      const turned = new Uint32Array(PICTURE.length);
      turn(PICTURE, turned, { width: 3, height: 2, rotate, flip });
      assertEquals([...turned], expected);
    });
  }
});
