import { assert, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import { countChanges, type ViewerPage } from "./browser.ts";
import { eventually } from "../../testutil/eventually.ts";
import type { Wscam } from "../../testutil/program/wscam.ts";

/** Everything but what may be wider or higher than the window by design. */
const CONTROLS = [
  "#elsewhere",
  "#camera",
  "#state",
  "#size",
  "#snapshot",
  "#fullscreen",
  "#settings",
];

/**
 * The test picture's 75 % colour bars, at their place on the screen. If a busy machine has delayed
 * the picture, it is darker, until the next one comes.
 */
export async function assertColourBars({ look }: ViewerPage): Promise<void> {
  const bars = [0xbfbfbf, 0xbfbf00, 0x00bfbf, 0x00bf00, 0xbf00bf, 0xbf0000, 0x0000bf];
  let seen: (readonly [number, number, number])[] = [];
  await eventually(async () => {
    const grid = await look();
    seen = bars.map((_, i) => grid.at(Math.floor(grid.width * (i + 0.5) / bars.length), 4));
    return bars.every((rgb, i) =>
      [16, 8, 0].every((shift, channel) =>
        Math.abs((seen[i]?.[channel] ?? 0) - (rgb >> shift & 0xff)) <= 40
      )
    );
  }).catch((cause) => {
    throw new Error(`the bars are ${seen.join(" | ")}`, { cause });
  });
}

/** The picture's pixels on the screen must change, more than once. */
export async function assertPictureMoves({ look }: ViewerPage): Promise<void> {
  let last = await look();
  for (let i = 0; i < 2; i++) {
    last = await eventually(async () => {
      const now = await look();
      return countChanges(last, now) >= 10 ? now : undefined;
    }, { what: "the picture to change" });
  }
}

/** Nothing sticks out of the window, and everything that one needs is in it. */
export async function assertFits({ page }: ViewerPage): Promise<void> {
  // A phone's innerWidth grows with what sticks out.
  const window = page.viewportSize();
  assert(window !== null);
  const root = "document.documentElement";
  assertLessOrEqual(await page.evaluate<number>(`${root}.scrollWidth`), window.width);
  assertLessOrEqual(await page.evaluate<number>(`${root}.scrollHeight`), window.height);
  for (const selector of CONTROLS) {
    const box = await page.locator(selector).boundingBox();
    assert(box !== null, `${selector} must be seen`);
    const { x, y, width, height } = box;
    const where = `${selector} is at ${x}, ${y}, ${width} by ${height}`;
    assertGreaterOrEqual(Math.min(x, y), 0, where);
    assertLessOrEqual(x + width, window.width + 0.5, where);
    assertLessOrEqual(y + height, window.height + 0.5, where);
  }
}

/** Waits until each of a server's cameras has this many viewers. */
export async function eventuallyWatched(
  { url }: Wscam,
  wanted: Readonly<Record<string, number>>,
): Promise<void> {
  await eventually(async () => {
    const list: { name: string; viewers: number }[] = await (await fetch(`${url}/cameras`)).json();
    return list.every(({ name, viewers }) => viewers === (wanted[name] ?? viewers));
  }, { what: `viewers to be ${JSON.stringify(wanted)}` });
}

/** A browser without a window hides no page; to the page it is the same. */
export async function hide({ page }: ViewerPage, isHidden = true): Promise<void> {
  await page.evaluate(`{
    Object.defineProperty(document, "hidden", { configurable: true, get: () => ${isHidden} });
    document.dispatchEvent(new Event("visibilitychange"));
  }`);
}
