import { assert, assertEquals, assertLess } from "@std/assert";
import { type ViewerPage } from "../../testutil/browser.ts";
import { testInBrowser } from "../../testutil/in_browser.ts";
import { assertFits } from "../../testutil/browser_checks.ts";
import { eventually } from "../../../testutil/eventually.ts";
import { answerPing, startFakeServer } from "../../../testutil/server/fake_server.ts";
import { startWscam, type Wscam } from "../../../testutil/program/wscam.ts";

const CAMERAS = ["--camera", "door=test"];
const PHONE = { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true };

testInBrowser("the page, and what is set for its viewer", { serve: CAMERAS }, {
  "the page's settings change this viewer's pictures, and stand in its address": async (
    { browser, server },
  ) => {
    await using viewer = await browser.open(`${server.url}/?camera=door`);
    await viewer.untilState("live");
    await viewer.page.getByRole("button", { name: "Settings (O)" }).click();
    await setSlider(viewer, "Width", 320);
    await viewer.untilText("size", /^320×240$/);
    await setSlider(viewer, "Quality", 30);
    await setSlider(viewer, "Frame rate", 3);
    await eventuallyViewed(server, { width: 320, quality: 30 });
    await viewer.untilText("fps", /^[1-3]\.\d$/);
    await eventually(() => viewer.page.url().includes("fps=3"));
    const { searchParams } = new URL(viewer.page.url());
    assertEquals(Object.fromEntries(searchParams), {
      camera: "door",
      fps: "3",
      quality: "30",
      width: "320",
    });
    await viewer.page.getByRole("button", { name: "Width: the camera’s own" }).click();
    await viewer.untilText("size", /^640×480$/);
    await eventually(() => !viewer.page.url().includes("width"));
    assertEquals(viewer.complaints, []);
  },
  "the page's address shares its settings with another screen": async ({ browser, server }) => {
    await using viewer = await browser.open(`${server.url}/?width=160&quality=40&fps=5`);
    await viewer.untilState("live");
    await viewer.untilText("size", /^160×120$/);
    await eventuallyViewed(server, { width: 160, quality: 40 });
    await viewer.page.keyboard.press("o");
    assertEquals(await slider(viewer, "Width").getAttribute("aria-valuetext"), "160 px");
    assertEquals(await slider(viewer, "Frame rate").getAttribute("aria-valuetext"), "5 fps");
    assertEquals(await slider(viewer, "Quality").getAttribute("aria-valuetext"), "40");
    // Nonsense is not passed on: the server would complain of it in place of a picture.
    await using odd = await browser.open(`${server.url}/?width=wide&quality=101&fps=-1`);
    await odd.untilState("live");
    await odd.untilText("size", /^640×480$/);
    assert(!odd.requests.some((request) => /^ws:.*(width|quality|fps)=/.test(request)));
  },
  "the page's settings are used with the keys alone": async ({ browser, server }) => {
    await using viewer = await browser.open(server.url);
    const { page } = viewer;
    await viewer.untilState("live");
    await page.keyboard.press("o");
    await page.getByRole("complementary", { name: "Settings" }).waitFor();
    assertEquals(await page.evaluate("document.activeElement.id"), "close");
    for (let i = 0; i < 6; i++) await page.keyboard.press("Tab");
    assertEquals(await page.evaluate("document.activeElement.id"), "own-width");
    await page.keyboard.press("Home");
    await viewer.untilText("size", /^160×120$/);
    await page.keyboard.press("ArrowRight");
    await viewer.untilText("size", /^240×180$/);
    await page.keyboard.press("Escape");
    assert(await page.locator("#panel").isHidden());
    assertEquals(await page.evaluate("document.activeElement.id"), "settings");
  },
  "the page's chart shows the last minute, and says it in words": async ({ browser, server }) => {
    await using viewer = await browser.open(server.url);
    await viewer.untilState("live");
    await viewer.page.keyboard.press("o");
    const chart = viewer.page.getByRole("img", {
      name: /^In the last minute: [\d–]+ pictures per second, [\d–]+ ms old$/,
    });
    await chart.waitFor();
    const painted = () =>
      viewer.page.evaluate<number>(`(() => {
      const { data } = document.getElementById("chart").getContext("2d").getImageData(0, 0, 300, 90);
      let blue = 0;
      for (let i = 0; i < data.length; i += 4) blue += data[i + 2] > data[i] + 60 ? 1 : 0;
      return blue;
    })()`);
    await eventually(async () => await painted() > 20, { what: "a line" });
    await viewer.page.keyboard.press("c");
    await viewer.untilState("idle");
    assertEquals(viewer.complaints, []);
  },
  "the page says why the server refuses a setting, and takes it back": async ({ browser }) => {
    await using server = await startFakeServer({
      answer: (command) =>
        command.type === "configure"
          ? { type: "error", message: "Cannot configure: too many renditions" }
          : answerPing(command),
    });
    await using viewer = await browser.open(server.url);
    await viewer.untilState("live");
    await viewer.page.keyboard.press("o");
    await eventually(() => server.of("ping").length > 1);
    await slider(viewer, "Width").press("Home");
    await viewer.page.getByText("Cannot configure: too many renditions").waitFor();
    assertEquals(
      await slider(viewer, "Width").getAttribute("aria-valuetext"),
      "Camera’s own",
    );
    assert(!viewer.page.url().includes("width"));
    await viewer.untilState("live");
  },
  "the page keeps what was set last when the server answers what was set before": async (
    { browser },
  ) => {
    const answers: (() => void)[] = [];
    await using server = await startFakeServer({
      answer(command) {
        if (command.type !== "configure") return answerPing(command);
        const { promise, resolve } = Promise.withResolvers<object>();
        answers.push(() => resolve({ ...command, type: "configured" }));
        return promise;
      },
    });
    await using viewer = await browser.open(server.url);
    await viewer.untilState("live");
    await viewer.page.keyboard.press("o");
    await eventually(() => server.of("ping").length > 1);
    await slider(viewer, "Width").press("Home");
    await eventually(() => answers.length === 1);
    await slider(viewer, "Quality").press("Home");
    answers[0]?.();
    await eventually(() => answers.length === 2);
    answers[1]?.();
    await eventually(() => viewer.page.url().includes("quality=5"));
    assert(viewer.page.url().includes("width=160"));
  },
  "the page tells the server what was set before it was known to listen": async ({ browser }) => {
    let listens = false;
    await using server = await startFakeServer({
      answer: (command) => {
        const { type: _, ...fields } = command;
        if (command.type === "configure") return { ...fields, type: "configured" };
        return listens ? answerPing(command) : undefined;
      },
    });
    await using viewer = await browser.open(server.url);
    await viewer.untilState("live");
    await viewer.page.keyboard.press("o");
    await slider(viewer, "Width").press("Home");
    await eventually(() => viewer.page.url().includes("width=160"));
    assertEquals(server.of("configure"), []);
    listens = true;
    await eventually(() => server.of("configure").at(-1)?.width === 160);
  },
  "the page's settings are a sheet on a phone, and touched": async ({ browser }) => {
    await using server = await startWscam([...CAMERAS, "--camera", "yard=test"]);
    await using viewer = await browser.open(server.url, PHONE);
    await viewer.untilState("live");
    await viewer.page.locator("#settings").tap();
    const panel = await viewer.page.locator("#panel").boundingBox();
    const picture = await viewer.page.locator("#picture").boundingBox();
    assert(panel !== null && picture !== null);
    assertEquals(Math.round(panel.y + panel.height), PHONE.viewport.height);
    assertEquals(panel.width, PHONE.viewport.width);
    assertLess(picture.y, panel.y - 150, "most of the picture must be seen");
    const targets = viewer.page.locator("#panel :is(button, input, select):visible");
    for (const target of await targets.all()) {
      const box = await target.boundingBox();
      assert(box !== null && box.height >= 44, await target.getAttribute("id") ?? "a button");
    }
    const track = await slider(viewer, "Width").boundingBox();
    assert(track !== null);
    await slider(viewer, "Width").scrollIntoViewIfNeeded();
    await slider(viewer, "Width").tap({ position: { x: 4, y: track.height / 2 } });
    // There is no room for it below such a narrow picture, but it is kept all the same.
    const size = viewer.page.locator("#size");
    await eventually(async () => await size.textContent() === "160×120");
    await viewer.page.locator("#close").tap();
    await assertFits(viewer);
  },
});

function slider({ page }: ViewerPage, name: string): ReturnType<typeof page.getByRole> {
  // The camera itself has sliders of the same names.
  return page.getByRole("group", { name: "This viewer" }).getByRole("slider", { name });
}

/** Moves a slider by keys until it says a number. */
async function setSlider(viewer: ViewerPage, name: string, wanted: number): Promise<void> {
  const target = slider(viewer, name);
  await target.press("Home");
  for (let i = 0; i < 30; i++) {
    // Not "Camera's own".
    const text = await eventually(async () => {
      return (await target.getAttribute("aria-valuetext"))?.match(/\d.*/)?.[0];
    });
    if (Number.parseFloat(text) === wanted) return;
    await target.press("ArrowRight");
  }
  throw new Error(`${name} has no ${wanted}`);
}

async function eventuallyViewed(
  { url }: Wscam,
  wanted: Readonly<Record<string, number>>,
): Promise<void> {
  await eventually(async () => {
    const { viewers } = await (await fetch(`${url}/state`)).json();
    return viewers.length === 1 &&
      Object.entries(wanted).every(([name, value]) => viewers[0][name] === value);
  }, { what: `a viewer with ${JSON.stringify(wanted)}` });
}
