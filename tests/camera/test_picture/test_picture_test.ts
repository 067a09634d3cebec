import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
  assertNotEquals,
} from "@std/assert";
import {
  forEachDot,
  GLYPH_ADVANCE,
  GLYPH_HEIGHT,
} from "../../../lib/camera/test_picture/digits.ts";
import { type Frame, FramePool } from "../../../lib/frame/frame.ts";
import {
  createTestPicture,
  type TestPictureOptions,
} from "../../../lib/camera/test_picture/test_picture.ts";
import { eventually } from "../../testutil/eventually.ts";
import { RecordingPool } from "../../ffmpeg/output/bordered_stream.ts";

const CLOCK = "00:00:00.000";

/** The first frames of a pattern; they stay held. */
async function take(count: number, options: TestPictureOptions): Promise<Frame[]> {
  const frames: Frame[] = [];
  const { signal } = new AbortController();
  for await (const frame of createTestPicture(options).frames({ pool: new FramePool(), signal })) {
    frames.push(frame);
    if (frames.length === count) break;
  }
  return frames;
}

async function takeOne(width: number, height: number): Promise<Frame> {
  const [frame] = await take(1, { width, height, fps: 30 });
  assert(frame);
  return frame;
}

function isWhite({ data, width }: Frame, x: number, y: number): boolean {
  const at = (y * width + x) * 4;
  return data[at] === 255 && data[at + 1] === 255 && data[at + 2] === 255;
}

/** The lit dots of one character, as text that can be compared. */
function dotsOf(character: string): string {
  const dots: string[] = [];
  forEachDot(character, (x, y) => dots.push(`${x},${y}`));
  return dots.join(" ");
}

/** Reads text from a picture whose dots have this width in pixels. */
function readText(
  frame: Frame,
  { left, top, dot }: Record<"left" | "top" | "dot", number>,
): string {
  const known = new Map([..."0123456789:."].map((each) => [dotsOf(each), each]));
  return Array.from(CLOCK, (_, i) => {
    const dots: string[] = [];
    for (let y = 0; y < GLYPH_HEIGHT; y++) {
      for (let x = 0; x < GLYPH_ADVANCE; x++) {
        const lit = isWhite(
          frame,
          left + (i * GLYPH_ADVANCE + x) * dot + (dot >> 1),
          top + y * dot + (dot >> 1),
        );
        if (lit) dots.push(`${x},${y}`);
      }
    }
    return known.get(dots.join(" ")) ?? "?";
  }).join("");
}

/** Finds the clock, whatever its size, and reads it. */
function readClock(frame: Frame): string | undefined {
  for (let dot = 12; dot >= 1; dot--) {
    for (let top = 0; top + GLYPH_HEIGHT * dot <= frame.height; top++) {
      for (let left = 0; left + CLOCK.length * GLYPH_ADVANCE * dot <= frame.width; left++) {
        const text = readText(frame, { left, top, dot });
        if (!text.includes("?")) return text;
      }
    }
  }
  return undefined;
}

function localTime(seconds: number): string {
  const date = new Date(Math.round(seconds * 1000));
  const millis = String(date.getMilliseconds()).padStart(3, "0");
  return `${date.toTimeString().slice(0, 8)}.${millis}`;
}

Deno.test("createTestPicture() writes the capture time in local time", async (t) => {
  for (const [width, height] of [[320, 240], [160, 120], [333, 250]] as const) {
    await t.step(`${width}x${height}`, async () => {
      const frame = await takeOne(width, height);
      assertEquals(readClock(frame), localTime(frame.timestamp));
      assertLess(Math.abs(Date.now() / 1000 - frame.timestamp), 60);
    });
  }
});

Deno.test("createTestPicture() writes digits of 14 pixels and more when 320 are wide", async () => {
  const frame = await takeOne(320, 240);
  const rows = new Set<number>();
  for (let y = 0; y < 160; y++) {
    for (let x = 0; x < frame.width; x++) if (isWhite(frame, x, y)) rows.add(y);
  }
  assertGreaterOrEqual(rows.size, 14, "two pixels a dot, or it can't be read by eye");
});

Deno.test("forEachDot() draws every character of a clock, each another way", () => {
  const all = [..."0123456789:."].map(dotsOf);
  assertEquals(new Set(all).size, 12);
  for (const dots of all) assertNotEquals(dots, "");
  assertEquals(dotsOf("x"), "", "others stay empty");
  const moved: number[] = [];
  forEachDot("x1", (x) => moved.push(x));
  assertGreaterOrEqual(Math.min(...moved), GLYPH_ADVANCE);
});

Deno.test("createTestPicture() draws opaque pictures of exactly that size", async (t) => {
  const sizes = [[16, 16], [17, 19], [16, 8192], [8192, 16], [640, 480], [33, 31], [1, 1]] as const;
  for (const [width, height] of sizes) {
    await t.step(`${width}x${height}`, async () => {
      const frame = await takeOne(width, height);
      assertEquals([frame.width, frame.height], [width, height]);
      assertEquals(frame.data.length, width * height * 4);
      assert(frame.data.every((byte, i) => i % 4 !== 3 || byte === 255), "opaque");
    });
  }
});

Deno.test("createTestPicture() shows colour bars in their order", async () => {
  const { data, width } = await takeOne(640, 480);
  const colours = Array.from({ length: 7 }, (_, bar) => {
    const at = (5 * width + Math.floor((bar + 0.5) * width / 7)) * 4;
    return [...data.subarray(at, at + 3)];
  });
  const [on, off] = [0xbf, 0];
  assertEquals(colours, [
    [on, on, on],
    [on, on, off],
    [off, on, on],
    [off, on, off],
    [on, off, on],
    [on, off, off],
    [off, off, on],
  ]);
});

Deno.test("createTestPicture() shows something that moves below the clock", async () => {
  const frames = await take(8, { width: 320, height: 240, fps: 20 });
  const lower = frames.map(({ data, width }) => data.subarray(width * 170 * 4).join());
  assertGreater(new Set(lower).size, 4);
});

Deno.test("createTestPicture() draws on clean ground when buffers are used again", async () => {
  const pool = new RecordingPool();
  const { signal } = new AbortController();
  const source = createTestPicture({ width: 160, height: 120, fps: 100 });
  let count = 0;
  for await (const frame of source.frames({ pool, signal })) {
    assertEquals(readClock(frame), localTime(frame.timestamp));
    frame.release();
    if (++count === 5) break;
  }
  assertEquals(pool.reused, 4);
});

Deno.test("createTestPicture() counts its frames, and their times grow", async () => {
  const frames = await take(5, { width: 16, height: 16, fps: 100 });
  assertEquals(frames.map(({ sequence }) => sequence), [1, 2, 3, 4, 5]);
  for (const [i, { timestamp }] of frames.slice(1).entries()) {
    assertLessOrEqual(frames[i]?.timestamp ?? NaN, timestamp);
  }
});

Deno.test("createTestPicture() keeps about to its rate", async () => {
  const start = performance.now();
  await take(21, { width: 16, height: 16, fps: 40 });
  // 20 intervals of 25 ms; a loaded machine may need longer, and none needs less.
  assertGreater(performance.now() - start, 450);
});

Deno.test("createTestPicture() sends no burst after whoever reads was busy", async () => {
  const { signal } = new AbortController();
  const source = createTestPicture({ width: 16, height: 16, fps: 20 });
  const times: number[] = [];
  for await (const { sequence } of source.frames({ pool: new FramePool(), signal })) {
    times.push(performance.now());
    if (sequence === 1) await new Promise((resolve) => setTimeout(resolve, 400));
    if (sequence === 7) break;
  }
  // Five intervals of 50 ms follow the first late frame; a machine that stands still for a while swallows one or two.
  assertGreater((times.at(-1) ?? 0) - (times[1] ?? 0), 100);
});

Deno.test("createTestPicture() ends when its signal is aborted", async (t) => {
  const source = createTestPicture({ width: 16, height: 16, fps: 0.1 });
  await t.step("already", async () => {
    const frames = source.frames({ pool: new FramePool(), signal: AbortSignal.abort() });
    for await (const _ of frames) throw new Error("no frame was wanted");
  });
  await t.step("while it waits", async () => {
    const abort = new AbortController();
    let seen = 0;
    const ended = (async () => {
      for await (const _ of source.frames({ pool: new FramePool(), signal: abort.signal })) seen++;
    })();
    await eventually(() => seen === 1);
    abort.abort();
    await ended;
    assertEquals(seen, 1);
  });
});
