import { type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { findChromium } from "../../../scripts/needs/find_chromium.ts";
import { eventually } from "../../testutil/eventually.ts";

/** A real browser without a window. */
export interface TestBrowser extends AsyncDisposable {
  /** Opens the page like a first-time visitor. */
  open(url: string, options?: BrowserContextOptions): Promise<ViewerPage>;
}

/** The page's words for its connection. */
export type ViewerState = "idle" | "connecting" | "waiting" | "live" | "reconnecting" | "refused";

/** The page in a real browser; one that is not closed goes on showing pictures until the browser ends. */
export interface ViewerPage extends AsyncDisposable {
  /** For everything that a user does. */
  readonly page: Page;
  /** The browser's complaints so far: errors, warnings, breaches of the page's policy. */
  readonly complaints: string[];
  /** Every address that the page asked for so far. */
  readonly requests: string[];
  /** The text of an element now. */
  text(id: string): Promise<string>;
  /** Waits until an element's text is as expected. */
  untilText(id: string, wanted: RegExp): Promise<string>;
  /** Waits until the page says so. */
  untilState(state: ViewerState): Promise<void>;
  /** The pixels of the screen where the picture is. */
  look(): Promise<PixelGrid>;
}

/** A picture scaled down to few pixels, row by row, each as red, green and blue. */
export interface PixelGrid {
  readonly width: number;
  readonly height: number;
  at(x: number, y: number): readonly [number, number, number];
}

/** Keeps the browser from calling home, which delays it where nothing answers. */
const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** Tests share two cores with others. */
const PATIENCE_MS = 60_000;
const GRID = { width: 64, height: 48 };

export interface LaunchOptions {
  /** More of its own flags. @default {[]} */
  flags?: readonly string[];
}

/**
 * Starts a browser of the Chromium family, with an empty profile.
 *
 * @throws {Error} if there is none
 */
export async function launchBrowser({ flags = [] }: LaunchOptions = {}): Promise<TestBrowser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error("Cannot start browser: Chromium isn't there");
  const isRoot = Deno.build.os !== "windows" && Deno.uid() === 0;
  const browser = await chromium.launch({
    executablePath,
    args: [...FLAGS, ...flags],
    // It refuses to run as root otherwise.
    chromiumSandbox: !isRoot,
    timeout: PATIENCE_MS,
    // Without one, names of files lose every letter that isn't ASCII.
    env: { ...Deno.env.toObject(), LC_ALL: "C.UTF-8" },
  });
  return {
    async open(url, options = {}) {
      const context = await browser.newContext({
        locale: "en-US",
        reducedMotion: "reduce",
        ...options,
      });
      context.setDefaultTimeout(PATIENCE_MS);
      const viewer = createViewerPage(await context.newPage());
      await viewer.page.goto(url);
      return viewer;
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

function createViewerPage(page: Page): ViewerPage {
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  page.on("websocket", (socket) => requests.push(socket.url()));
  const text = (id: string): Promise<string> => page.locator(`#${id}`).innerText();
  return {
    page,
    complaints,
    requests,
    text,
    async untilText(id, wanted) {
      let last = "";
      await eventually(async () => wanted.test(last = await text(id)), {
        within: PATIENCE_MS,
        what: `#${id} to read ${wanted}`,
      }).catch((cause) => {
        throw new Error(`#${id} reads ${JSON.stringify(last)}, not ${wanted}`, { cause });
      });
      return last;
    },
    async untilState(state) {
      await eventually(
        async () => await page.evaluate<string>("document.body.dataset.state") === state,
        { within: PATIENCE_MS, what: `the page to be ${state}` },
      );
    },
    look: () => look(page),
    [Symbol.asyncDispose]: () => page.context().close(),
  };
}

/** The browser reads its own screenshot, for it knows how to. */
async function look(page: Page): Promise<PixelGrid> {
  const png = await page.locator("#view figure").screenshot();
  const { width, height } = GRID;
  const pixels = await page.evaluate<number[]>(`(async () => {
    const bytes = Uint8Array.from(atob("${png.toString("base64")}"), (char) => char.charCodeAt(0));
    const canvas = new OffscreenCanvas(${width}, ${height});
    const context = canvas.getContext("2d");
    context.drawImage(await createImageBitmap(new Blob([bytes])), 0, 0, ${width}, ${height});
    return Array.from(context.getImageData(0, 0, ${width}, ${height}).data);
  })()`);
  return {
    ...GRID,
    at(x, y) {
      const [red = 0, green = 0, blue = 0] = pixels.slice(4 * (y * width + x));
      return [red, green, blue];
    },
  };
}

/** The number of pixels in which two grids differ clearly. */
export function countChanges(before: PixelGrid, after: PixelGrid): number {
  const points = Array.from({ length: before.width * before.height }, (_, i) => i);
  return points.filter((i) => {
    const [x, y] = [i % before.width, Math.floor(i / before.width)];
    const old = before.at(x, y);
    return after.at(x, y).some((value, channel) => Math.abs(value - (old[channel] ?? 0)) > 60);
  }).length;
}
