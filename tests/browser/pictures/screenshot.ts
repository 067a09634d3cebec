/**
 * Makes the README's pictures of the page, with the real program and a real browser:
 * `deno run -A --config tests/deno.json tests/browser/pictures/screenshot.ts`.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- what it wrote is its output
import type { BrowserContextOptions } from "playwright-core";
import { launchBrowser, type TestBrowser, type ViewerPage } from "../testutil/browser.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

/** One screenshot: how the page is opened, and what is done before. */
interface Picture extends BrowserContextOptions {
  /** The page's query. */
  query?: string;
  /** Brings the page into the wanted state. */
  prepare?: (viewer: ViewerPage) => Promise<void>;
}

const DESKTOP = { viewport: { width: 1280, height: 800 } };
/** Room for what can be set of this viewer, and of the camera. */
const TALL = { viewport: { width: 1280, height: 1160 } };
const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};
/** Both themes of the page, and what there is besides the picture. */
const PICTURES: Readonly<Record<string, Picture>> = {
  "page-phone.png": { ...PHONE, colorScheme: "dark", prepare: untilSteady },
  "page-settings.png": {
    ...TALL,
    colorScheme: "light",
    query: "?width=480&fps=8",
    prepare: openSettings,
  },
  "page-grid.png": { ...DESKTOP, colorScheme: "dark", query: "?camera=*", prepare: untilAllLive },
};
const CAMERAS = ["front door", "garden", "garage", "workshop"]
  .flatMap((name) => ["--camera", `${name}=test`]);
/** The address in the picture is the one that a reader will type. */
const PORT = 8765;
const DOCS = new URL("../../../docs/", import.meta.url);
/** The part of the chart that is filled. */
const CHART_MS = 60_000;

/** Writes the pictures to `docs/`. */
async function takeScreenshots(): Promise<void> {
  await Deno.mkdir(DOCS, { recursive: true });
  await using _server = await startWscam(CAMERAS, { port: PORT });
  await using browser = await launchBrowser();
  for (const [name, picture] of Object.entries(PICTURES)) {
    const bytes = await takeScreenshot(browser, picture);
    await Deno.writeFile(new URL(name, DOCS), bytes);
    console.log(`docs/${name}: ${Math.ceil(bytes.length / 1024)} KB`);
  }
}

async function takeScreenshot(
  browser: TestBrowser,
  { query = "", prepare, ...options }: Picture,
): Promise<Uint8Array> {
  const viewer = await browser.open(`http://localhost:${PORT}/${query}`, options);
  await viewer.untilState("live");
  await prepare?.(viewer);
  const bytes = await viewer.page.screenshot();
  await viewer.page.context().close();
  return bytes;
}

/** The camera's first pictures come at no steady rate. */
async function untilSteady(viewer: ViewerPage): Promise<void> {
  await viewer.untilText("fps", /^10\.0$/);
  await viewer.untilText("age", /^\d\d ms$/);
}

async function openSettings({ page, untilText }: ViewerPage): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, CHART_MS));
  await page.locator("#settings").click();
  await page.locator("#remote .row").first().waitFor();
  await page.mouse.move(0, 0);
  await untilText("age", /^\d\d ms$/);
}

async function untilAllLive({ untilText }: ViewerPage): Promise<void> {
  await untilText("state", /^4 of 4 cameras live$/);
}

if (import.meta.main) await takeScreenshots();
