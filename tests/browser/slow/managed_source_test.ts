import { assert, assertEquals } from "@std/assert";
import { launchBrowser, type ViewerPage } from "../testutil/browser.ts";
import { assertColourBars, assertPictureMoves, hide } from "../testutil/browser_checks.ts";
import { startSite } from "../testutil/element_page.ts";
import { eventually } from "../../testutil/eventually.ts";
import { testWith } from "../../testutil/needs.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

const SHIM = new URL("../testutil/managed_source.js", import.meta.url);
const IPHONE = {
  viewport: { width: 390, height: 844 },
  userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 " +
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
};
const VIDEO = `document.querySelector("wscam-view").shadowRoot.querySelector("video")`;

async function until({ page }: ViewerPage, condition: string): Promise<void> {
  await eventually(() => page.evaluate<boolean>(`Boolean(${condition})`), {
    within: 60_000,
    what: condition,
  });
}

testWith(
  ["chromium", "ffmpeg"],
  "H.264 plays where there is only a ManagedMediaSource",
  async (t) => {
    await using server = await startWscam(["--camera", "door=test", "--fps", "30"]);
    await using browser = await launchBrowser();
    const viewer = await browser.open("about:blank", IPHONE);
    await viewer.page.addInitScript(await Deno.readTextFile(SHIM));
    await t.step("on the page", async () => {
      await viewer.page.goto(`${server.url}/?format=h264`);
      assertEquals(await viewer.page.evaluate("typeof MediaSource"), "undefined");
      await viewer.untilState("live");
      await until(viewer, `!${VIDEO}.hidden && ${VIDEO}.videoWidth === 640`);
      await assertColourBars(viewer);
      await assertPictureMoves(viewer);
      // It first wants no data for a while, and then more: the picture goes on.
      await until(viewer, "managed.started && managed.ended");
      const begun = await viewer.page.evaluate<number>(`${VIDEO}.currentTime`);
      await until(viewer, `${VIDEO}.currentTime > ${begun} + 3`);
      await until(viewer, `${VIDEO}.buffered.end(0) - ${VIDEO}.currentTime < 0.6`);
      assert(await viewer.page.evaluate(`${VIDEO}.playbackRate === 1`), "Safari would rebuffer");
    });
    await t.step("and is live when somebody comes back", async () => {
      await hide(viewer);
      await viewer.page.evaluate(`${VIDEO}.pause()`);
      const shown = await viewer.page.evaluate<number>(`${VIDEO}.currentTime`);
      await until(viewer, `${VIDEO}.buffered.end(0) > ${shown} + 2`);
      await hide(viewer, false);
      await until(viewer, `${VIDEO}.buffered.end(0) - ${VIDEO}.currentTime < 0.6`);
      await viewer.untilState("live");
      assertEquals(viewer.complaints, []);
    });
    await t.step("in <wscam-view>", async () => {
      const view =
        `<wscam-view src="${server.ws}" format="h264" style="width: 320px"></wscam-view>`;
      await using site = startSite(view, `${server.url}/wscam.js`);
      await viewer.page.goto(site.url);
      await until(viewer, `!${VIDEO}.hidden && ${VIDEO}.videoWidth === 640`);
      await until(viewer, `document.querySelector("wscam-view").state === "live"`);
    });
  },
);
