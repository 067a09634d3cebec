import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { type ViewerPage } from "../../testutil/browser.ts";
import { testInBrowser } from "../../testutil/in_browser.ts";
import { eventually } from "../../../testutil/eventually.ts";
import { startWscam } from "../../../testutil/program/wscam.ts";

const CAMERAS = ["--camera", "door=test", "--fps", "5"];
const DESKTOP = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** How much larger the picture is than its frame, and where. */
async function placeOf({ page }: ViewerPage): Promise<{ scale: number; x: number; y: number }> {
  return await page.evaluate(`(() => {
    const frame = document.getElementById("view").figure.getBoundingClientRect();
    const picture = document.getElementById("view").layer.getBoundingClientRect();
    const scale = picture.width / frame.width;
    return { scale, x: picture.x - frame.x, y: picture.y - frame.y };
  })()`);
}

/** The picture leaves no part of its frame empty. */
async function assertCovers(viewer: ViewerPage): Promise<void> {
  const box = async (id: string) => await viewer.page.locator(id).boundingBox();
  const [frame, picture] = [await box("#view figure"), await box("#view .layer")];
  assert(frame && picture);
  assert(picture.x <= frame.x + 1 && picture.y <= frame.y + 1);
  assert(picture.x + picture.width >= frame.x + frame.width - 1);
  assert(picture.y + picture.height >= frame.y + frame.height - 1);
}

testInBrowser("the page, and a picture that is looked at closely", { serve: CAMERAS }, {
  "the page's picture comes closer with the wheel, and is dragged": async ({ browser, server }) => {
    await using viewer = await browser.open(server.url, DESKTOP);
    const { page } = viewer;
    await viewer.untilState("live");
    const frame = await page.locator("#view figure").boundingBox();
    assert(frame);
    const [x, y] = [frame.x + frame.width / 4, frame.y + frame.height / 4];
    await page.mouse.move(x, y);
    for (let i = 0; i < 5; i++) await page.mouse.wheel(0, -100);
    const { scale, ...corner } = await eventually(async () => {
      const place = await placeOf(viewer);
      return place.scale > 1.5 ? place : undefined;
    });
    // The point under the pointer stays there.
    assertAlmostEquals(corner.x, frame.width / 4 * (1 - scale), 2);
    assertAlmostEquals(corner.y, frame.height / 4 * (1 - scale), 2);
    await page.getByRole("button", { name: /^Zoomed [\d.]+ times/ }).waitFor();
    await page.mouse.down();
    await page.mouse.move(x - 60, y - 40, { steps: 4 });
    await page.mouse.up();
    const moved = await placeOf(viewer);
    assertAlmostEquals(moved.x, corner.x - 60, 2);
    assertAlmostEquals(moved.y, corner.y - 40, 2);
    await page.mouse.down();
    await page.mouse.move(x + 3000, y + 3000, { steps: 4 });
    await page.mouse.up();
    await assertCovers(viewer);
    await page.mouse.dblclick(x, y);
    assertEquals((await placeOf(viewer)).scale, 1);
    assert(await page.locator("#zoom").isHidden());
    await page.keyboard.press("+");
    await page.keyboard.press("ArrowLeft");
    await assertCovers(viewer);
    assert((await placeOf(viewer)).scale > 1);
    await page.keyboard.press("0");
    assertEquals((await placeOf(viewer)).scale, 1);
    assertEquals(viewer.complaints, []);
  },
  "the page's picture comes closer with two fingers, and with two taps": async (
    { browser, server },
  ) => {
    await using viewer = await browser.open(server.url, PHONE);
    const { page } = viewer;
    await viewer.untilState("live");
    let timestamp = Date.now() / 1000;
    const touch = await page.context().newCDPSession(page);
    const send = async (type: string, ...points: [number, number][]): Promise<void> => {
      const touchPoints = points.map(([x, y], id) => ({ x, y, id }));
      // As quick as a hand, however busy the machine is.
      timestamp += 0.05;
      await touch.send("Input.dispatchTouchEvent", {
        type: type as "touchStart",
        touchPoints,
        timestamp,
      });
    };
    await send("touchStart", [150, 400], [240, 400]);
    for (const spread of [20, 40, 60]) {
      await send("touchMove", [150 - spread, 400], [
        240 + spread,
        400,
      ]);
    }
    await send("touchEnd");
    const { scale } = await placeOf(viewer);
    assertAlmostEquals(scale, 210 / 90, 0.3);
    await assertCovers(viewer);
    await page.locator("#zoom").tap();
    assertEquals((await placeOf(viewer)).scale, 1);
    for (let i = 0; i < 2; i++) {
      await send("touchStart", [200, 420]);
      await send("touchEnd");
    }
    assertAlmostEquals((await placeOf(viewer)).scale, 2.5, 0.01);
    assertEquals(await page.evaluate("visualViewport.scale"), 1, "the page itself stays as it is");
  },
  "the picture's time stands on it for those who want that": async ({ browser, server }) => {
    await using viewer = await browser.open(server.url, { ...DESKTOP, locale: "zh-CN" });
    const { page } = viewer;
    await viewer.untilState("live");
    assert(await page.locator("#time").isHidden());
    await page.keyboard.press("t");
    const text = await viewer.untilText("time", /^\d{4}年\d{1,2}月\d{1,2}日 \d\d:\d\d:\d\d$/);
    await eventually(async () => await viewer.text("time") !== text);
    await page.reload();
    await viewer.untilText("time", /^\d{4}年/);
    await page.keyboard.press("t");
    await page.locator("#time").waitFor({ state: "hidden" });
  },
  "the page asks for the token, takes it, and keeps it in a cookie": async ({ browser }) => {
    const env = { WSCAM_TOKEN: "the right one" };
    await using server = await startWscam(CAMERAS, { env });
    await using viewer = await browser.open(`${server.url}/?token=the+right+one`, DESKTOP);
    const { page } = viewer;
    await viewer.untilState("live");
    await page.context().clearCookies();
    await page.keyboard.press("c");
    await page.keyboard.press("c");
    await viewer.untilText("notice-title", /^This camera needs a token$/);
    await page.getByRole("textbox", { name: "Token" }).fill("a wrong one");
    await page.getByRole("button", { name: "Open" }).click();
    await viewer.untilText("notice-title", /^That is not the token$/);
    await page.getByRole("textbox", { name: "Token" }).fill("the right one");
    await page.getByRole("button", { name: "Open" }).click();
    await viewer.untilState("live");
    await eventually(async () => (await page.context().cookies()).length === 1);
    await page.goto(server.url);
    await viewer.untilState("live");
  },
});
