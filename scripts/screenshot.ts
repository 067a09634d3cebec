/**
 * Makes the README's pictures of the viewer page, with the real program and a real browser:
 * `deno run -A scripts/screenshot.ts`.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- what it wrote is its output
import type { BrowserContextOptions } from "playwright-core";
import { launchBrowser, type TestBrowser } from "../tests/testutil/browser.ts";
import { startWscam } from "../tests/testutil/wscam.ts";

/** One for each theme of the page. */
const PICTURES: Readonly<Record<string, BrowserContextOptions>> = {
  "page-desktop.png": { viewport: { width: 1280, height: 800 }, colorScheme: "light" },
  "page-phone.png": {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    colorScheme: "dark",
  },
};
const CAMERAS = ["--camera", "front door=test", "--camera", "garden=test"];
/** The address in the picture is the one that a reader will type. */
const PORT = 8765;
const DOCS = new URL("../docs/", import.meta.url);

/** Writes the pictures to `docs/`. */
export async function takeScreenshots(): Promise<void> {
  await Deno.mkdir(DOCS, { recursive: true });
  await using _server = await startWscam(CAMERAS, { port: PORT });
  await using browser = await launchBrowser();
  for (const [name, options] of Object.entries(PICTURES)) {
    const picture = await takeScreenshot(browser, options);
    await Deno.writeFile(new URL(name, DOCS), picture);
    console.log(`docs/${name}: ${Math.ceil(picture.length / 1024)} KB`);
  }
}

async function takeScreenshot(
  browser: TestBrowser,
  options: BrowserContextOptions,
): Promise<Uint8Array> {
  const viewer = await browser.open(`http://localhost:${PORT}`, options);
  await viewer.untilState("live");
  // The camera's first pictures come at no steady rate.
  await viewer.untilText("fps", /^10\.0$/);
  await viewer.untilText("age", /^[1-4]\d ms$/);
  return await viewer.page.screenshot();
}

if (import.meta.main) await takeScreenshots();
