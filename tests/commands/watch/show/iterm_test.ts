import { assertEquals } from "@std/assert";
import { drawIterm } from "../../../../lib/commands/watch/show/iterm.ts";

Deno.test("drawIterm() sends the file itself, with its length and its place in cells", () => {
  assertEquals(
    drawIterm(Uint8Array.of(0xff, 0xd8, 0xff, 0xd9), { columns: 61, rows: 23, left: 9, top: 2 }),
    "\x1b[3;10H\x1b]1337;File=size=4;width=61;height=23;preserveAspectRatio=1;" +
      "doNotMoveCursor=1;inline=1:/9j/2Q==\x07",
  );
});
