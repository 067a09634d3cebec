import { assert, assertEquals, assertGreater, assertLess, assertRejects } from "@std/assert";
import { checkJpeg } from "../../../lib/jpeg/check_jpeg.ts";
import { decodeJpeg, type Pixels } from "../../../lib/encoder/imagescript/decode_jpeg.ts";
import { type Bitmap, encodeJpeg } from "../../../lib/encoder/imagescript/encode_jpeg.ts";
import { drawBitmap } from "../../jpeg/jpegs.ts";
import { createRandom } from "../../testutil/random.ts";

/** Left half of one colour, right half of another. */
function halves(width: number, height: number): Bitmap {
  const data = Uint8Array.from({ length: width * height * 4 }, (_, i) => {
    const isLeft = (i >> 2) % width < width / 2;
    return [...isLeft ? [200, 30, 60] : [10, 120, 240], 255][i & 3] ?? 0;
  });
  return { data, width, height };
}

function assertColour({ data, width }: Pixels, [x, y]: [number, number], wanted: number[]): void {
  const at = (y * width + x) * 3;
  const got = [...data.subarray(at, at + 3)];
  for (const [i, value] of wanted.entries()) {
    assertLess(Math.abs((got[i] ?? NaN) - value), 12, `(${x}, ${y}) is ${got}, not ${wanted}`);
  }
}

Deno.test("decodeJpeg() decodes to the smallest size that is large enough", async (t) => {
  const checked = checkJpeg(await encodeJpeg(halves(640, 480), 90));
  const cases = [
    [[640, 480], [640, 480]],
    [[321, 10], [640, 480]],
    [[320, 240], [320, 240]],
    [[10, 200], [320, 240]],
    [[100, 100], [160, 120]],
    [[61, 46], [80, 60]],
    [[1, 1], [80, 60]],
    [[0, 0], [80, 60]],
    [[5000, 5000], [640, 480]],
    [[1e9, 1e9], [640, 480]],
  ] as const;
  for (const [[width, height], [gotWidth, gotHeight]] of cases) {
    await t.step(`${width}x${height}`, async () => {
      const pixels = await decodeJpeg(checked, { width, height });
      assertEquals([pixels.width, pixels.height], [gotWidth, gotHeight]);
      assertEquals(pixels.data.length, gotWidth * gotHeight * 3);
      assertColour(pixels, [gotWidth >> 2, gotHeight >> 1], [200, 30, 60]);
      assertColour(pixels, [3 * gotWidth >> 2, gotHeight >> 1], [10, 120, 240]);
    });
  }
});

Deno.test("decodeJpeg() decodes sizes that are no multiple of a block", async () => {
  for (const [width, height] of [[1, 1], [7, 9], [17, 1], [333, 17]] as const) {
    const checked = checkJpeg(await encodeJpeg(drawBitmap(width, height), 80));
    const pixels = await decodeJpeg(checked, { width, height });
    assertEquals([pixels.width, pixels.height], [width, height]);
    assertEquals(pixels.data.length, width * height * 3);
  }
});

Deno.test("decodeJpeg() decodes grey pictures", async () => {
  // 8x8, one component, both tables with a single code: the mean and nothing else.
  const table = (kind: number) => [0xff, 0xc4, 0, 20, kind, 1, ...Array(15).fill(0), 0];
  const jpeg = Uint8Array.from([
    ...[0xff, 0xd8, 0xff, 0xdb, 0, 67, 0, ...Array(64).fill(1)],
    ...[0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0],
    ...table(0),
    ...table(0x10),
    ...[0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x3f],
    ...[0xff, 0xd9],
  ]);
  const pixels = await decodeJpeg(checkJpeg(jpeg), { width: 8, height: 8 });
  assertEquals(pixels, { data: new Uint8Array(8 * 8 * 3).fill(128), width: 8, height: 8 });
});

Deno.test("decodeJpeg() survives broken pictures, and decodes the next one", async () => {
  const random = createRandom(42);
  const jpeg = await encodeJpeg(drawBitmap(48, 32), 80);
  let [decoded, refused] = [0, 0];
  for (let i = 0; i < 1000; i++) {
    const broken = jpeg.slice();
    for (let k = random.below(4); k >= 0; k--) {
      broken[2 + random.below(jpeg.length - 4)] = random.below(256);
    }
    try {
      const checked = checkJpeg(broken);
      const { data, width, height } = await decodeJpeg(checked, { width: 48, height: 32 });
      assertEquals(data.length, width * height * 3);
      decoded++;
    } catch (error) {
      assert(error instanceof Error && error.message.startsWith("Cannot decode picture: "));
      refused++;
    }
  }
  assertGreater(decoded, 50);
  assertGreater(refused, 50);
  const whole = await decodeJpeg(checkJpeg(jpeg), { width: 48, height: 32 });
  assertEquals([whole.width, whole.height], [48, 32]);
});

Deno.test("decodeJpeg() says so when a picture can't be decoded", async () => {
  const jpeg = (await encodeJpeg(drawBitmap(16, 16), 80)).slice();
  // A frame that names a table that isn't there.
  const frame = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0);
  jpeg[frame + 12] = 3;
  await assertRejects(
    () => decodeJpeg(checkJpeg(jpeg), { width: 16, height: 16 }),
    Error,
    "Cannot decode picture: ",
  );
});
