import { assert, assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import { type ViewerPage } from "../../testutil/browser.ts";
import { testInBrowser } from "../../testutil/in_browser.ts";
import { eventuallyWatched } from "../../testutil/browser_checks.ts";
import { findFixedPort } from "../../../testutil/network/fixed_port.ts";
import { CAMERAS, DESKTOP } from "../../testutil/page_bench.ts";
import { eventually } from "../../../testutil/eventually.ts";
import { startWscam, type Wscam } from "../../../testutil/program/wscam.ts";

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

testInBrowser("the page's grid", { serve: CAMERAS }, {
  "the page shows all cameras side by side, each on its own": async ({ browser, server }) => {
    await using viewer = await browser.open(server.url, DESKTOP);
    const { page } = viewer;
    await viewer.untilState("live");
    await page.locator("#camera").selectOption({ label: "All cameras" });
    await viewer.untilText("state", /^2 of 2 cameras live$/);
    assertEquals(new URL(page.url()).searchParams.get("camera"), "*");
    await eventuallyWatched(server, { door: 1, 前门: 1 });
    assertEquals(await page.title(), "All cameras – wscam");
    for (const name of ["door Live", "前门 Live"]) {
      await page.getByRole("button", { name, exact: true }).waitFor();
    }
    // Two tiles of 600 pixels or so: no more than that is sent, and not at the camera's rate.
    await eventually(async () => {
      const viewers = await viewersOf(server);
      return viewers.length === 2 && viewers.every(({ width }) => width === 640);
    });
    await eventually(async () => {
      const widths = await page.evaluate<number[]>(
        `Array.from(document.querySelectorAll(".tile wscam-view"), ({ shadowRoot }) =>
        shadowRoot.getElementById("picture").naturalWidth)`,
      );
      return widths.join() === "640,640";
    }, { what: "pictures on both tiles" });
    await assertTilesFill(viewer);
    await page.getByRole("button", { name: "前门 Live" }).click();
    await viewer.untilState("live");
    await eventuallyWatched(server, { door: 0, 前门: 1 });
    assertEquals(new URL(page.url()).searchParams.get("camera"), "前门");
    assertEquals(await page.title(), "前门 – wscam");
    await viewer.untilText("size", /^640×480$/);
    await page.keyboard.press("a");
    await viewer.untilText("state", /^2 of 2 cameras live$/);
    assertEquals(viewer.complaints, []);
  },
  "the page's grid can be shared, and asks for what it can show": async ({ browser, server }) => {
    await using viewer = await browser.open(`${server.url}/?camera=*&fps=2`, PHONE);
    await viewer.untilText("state", /^2 of 2 cameras live$/);
    await eventually(async () => {
      const viewers = await viewersOf(server);
      return viewers.length === 2 && viewers.every(({ width, fps }) => width === 480 && fps < 3);
    }, { what: "small pictures at a low rate" });
    await viewer.page.locator("#settings").tap();
    await viewer.page.getByRole("slider", { name: "Quality" }).press("Home");
    await eventually(async () => {
      const viewers = await viewersOf(server);
      return viewers.length === 2 && viewers.every(({ quality }) => quality === 5);
    });
    await eventually(() => new URL(viewer.page.url()).searchParams.get("quality") === "5");
    assert(await viewer.page.locator("#remote").isHidden());
    await viewer.page.locator("#close").tap();
    await viewer.page.getByRole("button", { name: "door Live" }).tap();
    await eventuallyWatched(server, { door: 1, 前门: 0 });
    assertEquals(viewer.complaints, []);
  },
  "the page's grid says which camera is missing, and why": async ({ browser }) => {
    await using server = await startWscam([...CAMERAS, "--camera", "gone=/dev/video99"]);
    await using viewer = await browser.open(`${server.url}/?camera=*`, DESKTOP);
    await viewer.untilText("state", /^2 of 3 cameras live$/);
    await viewer.page.getByRole("button", { name: /^gone Camera gone is not there/ })
      .waitFor();
    assertEquals(await viewer.page.locator(".tile[data-state=waiting]").count(), 1);
  },
  "the page's grid asks for no pictures of tiles that are out of sight": async ({ browser }) => {
    const many = Array.from({ length: 8 }, (_, i) => ["--camera", `c${i}=test`]).flat();
    await using server = await startWscam([...many, "--fps", "5"]);
    await using viewer = await browser.open(`${server.url}/?camera=*&fps=1&width=160`, PHONE);
    await viewer.untilText("state", /cameras live$/);
    await eventuallyWatched(server, { c0: 1, c7: 0 });
    await viewer.page.locator(".tile").last().scrollIntoViewIfNeeded();
    await eventuallyWatched(server, { c0: 0, c7: 1 });
  },
  "the page's grid comes back with the server": async ({ browser }) => {
    const first = await startWscam(CAMERAS, { port: await findFixedPort() });
    await using viewer = await browser.open(`${first.url}/?camera=*`, DESKTOP);
    await viewer.untilText("state", /^2 of 2 cameras live$/);
    await first.end();
    await viewer.untilState("reconnecting");
    await viewer.untilText("state", /^0 of 2 cameras live$/);
    // It has one more now.
    await using _second = await startWscam([...CAMERAS, "--camera", "yard=test"], {
      port: first.port,
    });
    await viewer.untilText("state", /^3 of 3 cameras live$/);
  },
});

async function viewersOf(
  { url }: Wscam,
): Promise<{ width: number | null; quality: number | null; fps: number }[]> {
  return (await (await fetch(`${url}/state`)).json()).viewers;
}

/** The tiles are as large as there is room for, and nothing scrolls. */
async function assertTilesFill({ page }: ViewerPage): Promise<void> {
  const grid = await page.locator("#grid").boundingBox();
  const tiles = await Promise.all(
    (await page.locator(".tile").all()).map((tile) => tile.boundingBox()),
  );
  const [left, right] = tiles;
  assert(grid && left && right);
  assertGreater(left.width + right.width, 0.9 * grid.width);
  assertLessOrEqual(left.height, grid.height);
  assertEquals(left.y, right.y);
}
