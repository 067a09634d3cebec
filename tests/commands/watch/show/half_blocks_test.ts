import { assertEquals } from "@std/assert";
import { createHalfBlocks } from "../../../../lib/commands/watch/show/half_blocks.ts";
import type { Pixels } from "../../../../lib/commands/watch/show/decoder.ts";

const [RED, GREEN, BLUE, WHITE] = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]] as const;

/** Rows of colours. */
function pixels(...rows: (readonly number[])[][]): Pixels {
  const data = Uint8Array.from(rows.flat().flatMap((colour) => [...colour, 255]));
  return { data, width: rows[0]?.length ?? 0, height: rows.length };
}

Deno.test("createHalfBlocks() writes the upper pixel as text and the lower one as ground", () => {
  const blocks = createHalfBlocks("24 bits");
  const place = { columns: 1, rows: 1, left: 4, top: 2 };
  assertEquals(
    blocks.draw(pixels([RED], [BLUE]), place),
    "\x1b[3;5H\x1b[38;2;255;0;0;48;2;0;0;255m▀\x1b[0m",
  );
});

Deno.test("createHalfBlocks() sets a colour only where it changes", () => {
  const blocks = createHalfBlocks("24 bits");
  const picture = pixels([RED, RED, GREEN], [BLUE, BLUE, BLUE], [WHITE, GREEN, GREEN], [
    WHITE,
    BLUE,
    WHITE,
  ]);
  assertEquals(
    blocks.draw(picture, { columns: 3, rows: 2, left: 0, top: 0 }),
    "\x1b[1;1H\x1b[38;2;255;0;0;48;2;0;0;255m▀▀\x1b[38;2;0;255;0m▀" +
      "\x1b[2;1H\x1b[38;2;255;255;255;48;2;255;255;255m▀" +
      "\x1b[38;2;0;255;0;48;2;0;0;255m▀\x1b[48;2;255;255;255m▀\x1b[0m",
  );
});

Deno.test("createHalfBlocks() writes only cells that differ from the picture before", () => {
  const blocks = createHalfBlocks("24 bits");
  const place = { columns: 3, rows: 2, left: 10, top: 5 };
  const grey = [9, 9, 9];
  const row = [grey, grey, grey];
  blocks.draw(pixels(row, row, row, row), place);
  assertEquals(blocks.draw(pixels(row, row, row, row), place), "");
  assertEquals(
    blocks.draw(pixels(row, [RED, grey, RED], row, row), place),
    "\x1b[6;11H\x1b[38;2;9;9;9;48;2;255;0;0m▀\x1b[6;13H▀\x1b[0m",
  );
  assertEquals(
    blocks.draw(pixels(row, row, [grey, RED, grey], row), place),
    "\x1b[6;11H\x1b[38;2;9;9;9;48;2;9;9;9m▀\x1b[6;13H▀" +
      "\x1b[7;12H\x1b[38;2;255;0;0m▀\x1b[0m",
  );
  blocks.forget();
  assertEquals(blocks.draw(pixels(row, row, row, row), place).match(/▀/g)?.length, 6);
});

Deno.test("createHalfBlocks() takes the nearest of 256 colours", () => {
  const blocks = createHalfBlocks("256");
  const place = { columns: 1, rows: 1, left: 0, top: 0 };
  const text = "\x1b[1;1H\x1b[38;5;196;48;5;244m▀\x1b[0m";
  assertEquals(blocks.draw(pixels([RED], [[127, 128, 129]]), place), text);
  assertEquals(blocks.draw(pixels([[254, 1, 1]], [[128, 128, 128]]), place), "", "no difference");
});
