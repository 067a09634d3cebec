import axe from "axe-core";
import type { BrowserContextOptions } from "playwright-core";
import type { TestBrowser, ViewerPage } from "./browser.ts";
import findFaults from "./page_faults.js" with { type: "text" };
import type { PageStates } from "./page_states.ts";

/** One way to look at the page. */
export interface Look extends BrowserContextOptions {
  /** For a file's name. */
  name: string;
}

const SIZES = {
  "1280x800": { viewport: { width: 1280, height: 800 } },
  "390x844": { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  "320x568": { viewport: { width: 320, height: 568 }, isMobile: true, hasTouch: true },
  "2560x1440": { viewport: { width: 2560, height: 1440 } },
  "844x390": { viewport: { width: 844, height: 390 }, isMobile: true, hasTouch: true },
};

/** Every way: each size of window, light and dark, in English and in Chinese. */
export const LOOKS: readonly Look[] = ["en-US", "zh-CN"].flatMap((locale) =>
  (["light", "dark"] as const).flatMap((colorScheme) =>
    Object.entries(SIZES).map(([size, options]) => ({
      ...options,
      name: `${size}-${colorScheme}-${locale.slice(0, 2)}`,
      colorScheme,
      locale,
    }))
  )
);

/** A state of the page, and how to get there. */
export interface Scene {
  /** For a file's name. */
  name: string;
  /** The address, below that of {@linkcode PageStates}. */
  path: string;
  /** The page's own words for its state then. @default {none, for a page of words alone} */
  state?: string;
  /** Whether nobody answers. */
  isOffline?: boolean;
  /** The contents of the browser's storage. */
  preferences?: string;
  /** Does what is left. */
  act?: (viewer: ViewerPage) => Promise<void>;
}

const PRESS = (...keys: string[]) => async ({ page }: ViewerPage): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};

/** Everything that the page can look like. */
export const SCENES: readonly Scene[] = [
  { name: "live", path: "live/", state: "live" },
  {
    name: "time-zoomed",
    path: "live/",
    state: "live",
    preferences: '{"time":true}',
    act: PRESS("+", "+", "ArrowRight"),
  },
  {
    name: "address",
    path: "live/",
    state: "live",
    act: ({ page }) => page.locator("#elsewhere").click(),
  },
  { name: "settings", path: "two/", state: "live", act: PRESS("o") },
  { name: "full", path: "live/", state: "live", act: PRESS("f") },
  { name: "idle", path: "live/", state: "live", act: PRESS("c") },
  {
    name: "annotated",
    path: "annotated/",
    state: "live",
    act: ({ page }) => page.getByRole("img", { name: /Katze/ }).waitFor(),
  },
  {
    // No H.264 comes, which it says.
    name: "format",
    path: "live/?format=h264",
    state: "live",
    act: ({ page }) => page.locator("#note").waitFor(),
  },
  { name: "two", path: "two/", state: "live" },
  { name: "portrait", path: "portrait/", state: "live" },
  { name: "wide", path: "wide/", state: "live" },
  { name: "waiting", path: "waiting/", state: "waiting" },
  { name: "failed", path: "failed/", state: "waiting" },
  { name: "failed-settings", path: "failed/", state: "waiting", act: PRESS("o") },
  { name: "trying", path: "trying/", state: "waiting" },
  { name: "missing", path: "missing/", state: "waiting" },
  { name: "stale", path: "stale/", state: "waiting", act: untilOld },
  { name: "broken", path: "broken/", state: "waiting", act: untilOld },
  { name: "offline", path: "full/", state: "reconnecting", isOffline: true },
  { name: "token", path: "token/", state: "refused" },
  { name: "ended", path: "ended/", state: "refused" },
  { name: "refused", path: "refused/", state: "refused" },
  { name: "full-seats", path: "full/", state: "refused" },
  { name: "guesses", path: "guesses/", state: "refused" },
  { name: "five", path: "five/?camera=*", state: "partly", act: untilOldTile },
  { name: "nine", path: "nine/?camera=*", state: "live" },
  ...["token", "ended", "refused", "guesses", "nothing"].map((name) => ({
    name: `visit-${name}`,
    path: `visit/${name}`,
  })),
];

const PATIENCE_MS = 60_000;

async function untilOld({ page }: ViewerPage): Promise<void> {
  await page.locator("#stale").waitFor();
  await page.locator("#notice-title").waitFor();
}

async function untilOldTile({ page }: ViewerPage): Promise<void> {
  await page.locator(".tile .badge:not([hidden])").first().waitFor();
  await page.locator(".tile[data-state=live]").first().waitFor();
}

/** Opens the page in a state; closes with its context. */
export async function openScene(
  browser: TestBrowser,
  { url }: PageStates,
  { scene, look }: { scene: Scene; look: Omit<Look, "name"> },
): Promise<ViewerPage> {
  const viewer = await browser.open("about:blank", look);
  const { page } = viewer;
  if (scene.isOffline) await page.route("**/cameras*", (route) => route.abort());
  if (scene.preferences !== undefined) {
    const text = JSON.stringify(scene.preferences);
    await page.addInitScript(`localStorage.setItem("wscam.preferences", ${text})`);
  }
  await page.goto(`${url}/${scene.path}`);
  if (scene.state !== undefined) {
    await page.locator(`body[data-state=${scene.state}]`).waitFor({ timeout: PATIENCE_MS });
  }
  // Reasons come after the first words.
  if (/^(failed|trying)/.test(scene.name)) await page.locator("#notice-doing").waitFor();
  await scene.act?.(viewer);
  // A change is drawn with the next frame.
  await page.evaluate(
    "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
  );
  return viewer;
}

/** Elements that stick out of the window, are cut, or lie on something else. */
export async function layoutFaultsOf(
  evaluate: (script: string) => Promise<unknown>,
): Promise<string[]> {
  // As a text, for not every browser's protocol hands over lists.
  return JSON.parse(
    String(await evaluate(`JSON.stringify(${findFaults.trim().replace(/;$/, "")})`)),
  );
}

/** The faults of a page's looks: overflow, overlap, contrast, and everything else that axe finds. */
export async function faultsOf({ page }: ViewerPage): Promise<string[]> {
  const faults = await layoutFaultsOf((script) => page.evaluate(script));
  await page.evaluate(axe.source);
  const found = await page.evaluate<string[]>(`axe.run().then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
      id + ": " + html.slice(0, 120) + " " + (failureSummary ?? "").slice(0, 300))))`);
  return [...faults, ...found];
}
