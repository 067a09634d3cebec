import { assertEquals, assertLess } from "@std/assert";
import { endOfPixels } from "../../lib/jpeg/scan.ts";
import { testWith } from "../testutil/needs.ts";
import { createRandom } from "../testutil/random.ts";
import { concat } from "../ffmpeg/output/bordered_stream.ts";
import { drawJpeg, runFfmpeg } from "./jpegs.ts";

const EOI = Uint8Array.of(0xff, 0xd9);

Deno.test("endOfPixels() finds the end, whatever follows it", async () => {
  for (const [width, height] of [[1, 1], [8, 8], [40, 24], [41, 25]] as const) {
    const jpeg = await drawJpeg(width, height, 1);
    const end = jpeg.length - 2;
    assertEquals(endOfPixels(jpeg), end);
    assertEquals(endOfPixels(jpeg.subarray(0, end)), end);
    assertEquals(endOfPixels(concat([jpeg.subarray(0, end), new Uint8Array(99)])), end);
    for (let cut = 4; cut < end; cut++) {
      const name = `${width}x${height} cut at ${cut}`;
      assertEquals(typeof endOfPixels(concat([jpeg.subarray(0, cut), EOI])), "string", name);
    }
  }
});

testWith(["ffmpeg"], "endOfPixels() reads what ffmpeg writes", async (t) => {
  const variants: Record<string, string[]> = {
    "4:2:0": ["-pix_fmt", "yuvj420p"],
    "4:4:4": ["-pix_fmt", "yuvj444p"],
    "grey": ["-pix_fmt", "gray"],
    "usual tables": ["-huffman", "default"],
    "restart markers": ["-threads", "4", "-thread_type", "slice", "-slices", "4"],
  };
  for (const [name, args] of Object.entries(variants)) {
    await t.step(name, async () => {
      const input = ["-f", "lavfi", "-i", "testsrc2=s=98x66:r=10", "-frames:v", "1"];
      const jpeg = await runFfmpeg([...input, "-c:v", "mjpeg", ...args, "-f", "mjpeg"]);
      assertEquals(endOfPixels(jpeg), jpeg.length - 2);
      assertEquals(endOfPixels(concat([jpeg.subarray(0, jpeg.length >> 1), EOI])), "cut");
    });
  }
});

Deno.test("endOfPixels() ends without throwing, in time, whatever it is given", async () => {
  const jpeg = await drawJpeg(64, 64, 2);
  for (let seed = 1; seed <= 2000; seed++) {
    const random = createRandom(seed);
    const bytes = jpeg.slice();
    for (let i = 0; i < 4; i++) bytes[random.below(bytes.length)] = random.below(256);
    const start = performance.now();
    endOfPixels(bytes);
    assertLess(performance.now() - start, 20_000);
  }
});
