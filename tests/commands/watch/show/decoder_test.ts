import { assertEquals, assertLess, assertRejects } from "@std/assert";
import { Decoder, type Pixels } from "../../../../lib/commands/watch/show/decoder.ts";
import { encodeJpeg } from "../../../../lib/jpeg/imagescript/encode_jpeg.ts";
import { type CheckedJpeg, checkJpeg } from "../../../../lib/jpeg/check_jpeg.ts";
import { testWith } from "../../../testutil/needs.ts";

const LEFT = [200, 30, 60];
const RIGHT = [10, 120, 240];

/** Left half of one colour, right half of another. */
async function halves(width: number, height: number): Promise<CheckedJpeg> {
  const data = Uint8Array.from({ length: width * height * 4 }, (_, i) => {
    const colour = (i >> 2) % width < width / 2 ? LEFT : RIGHT;
    return colour[i & 3] ?? 255;
  });
  return checkJpeg(await encodeJpeg({ data, width, height }, 90));
}

function assertColour({ data, width }: Pixels, [x, y]: [number, number], wanted: number[]): void {
  const at = (y * width + x) * 4;
  const got = [...data.subarray(at, at + 3)];
  for (const [i, value] of wanted.entries()) {
    assertLess(Math.abs((got[i] ?? NaN) - value), 12, `(${x}, ${y}) is ${got}, not ${wanted}`);
  }
}

testWith(["ffmpeg"], "Decoder gives pixels in the size that is wanted", async (t) => {
  await using decoder = new Decoder("ffmpeg");
  const pictures = [await halves(640, 480), await halves(8, 9), await halves(334, 17)];
  for (const picture of pictures) {
    for (const size of [{ width: 80, height: 46 }, { width: 2, height: 2 }, picture]) {
      const { width, height } = size;
      await t.step(`${picture.width}x${picture.height} to ${width}x${height}`, async () => {
        await decoder.decode(picture, { width, height }, (pixels) => {
          assertEquals([pixels.width, pixels.height], [width, height]);
          assertEquals(pixels.data.length, width * height * 4);
          assertColour(pixels, [0, height >> 1], LEFT);
          assertColour(pixels, [width - 1, height >> 1], RIGHT);
        });
      });
    }
  }
});

testWith(["ffmpeg"], "Decoder says so of a damaged picture, and decodes the next one", async () => {
  await using decoder = new Decoder("ffmpeg");
  const whole = await halves(64, 48);
  const size = { width: 16, height: 12 };
  const draw = ({ data }: Pixels): number => data.length;
  const cut = whole.jpeg.slice(0, whole.jpeg.length >> 1);
  await assertRejects(() => decoder.decode({ ...whole, jpeg: cut }, size, draw), Error, "damaged");
  assertEquals(await decoder.decode(whole, size, draw), 16 * 12 * 4);
});

Deno.test("Decoder says what to install where there isn't ffmpeg", async () => {
  await using decoder = new Decoder("/no/such/ffmpeg");
  const whole = await halves(64, 48);
  const size = { width: 16, height: 12 };
  await assertRejects(
    () => decoder.decode(whole, size, () => {}),
    Error,
    "Cannot show pictures: it needs ffmpeg",
  );
});
