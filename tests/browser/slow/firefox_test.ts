import { assertEquals } from "@std/assert";
import { CAMERAS, leavesNothing, showsCameras } from "../testutil/element_checks.ts";
import { inFirefox } from "../testutil/element_page.ts";
import { type Firefox, launchFirefox } from "../testutil/firefox.ts";
import { layoutFaultsOf } from "../testutil/page_looks.ts";
import { startPageStates } from "../testutil/page_states.ts";
import { eventually } from "../../testutil/eventually.ts";
import { testWith } from "../../testutil/needs.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

const SCENES = [
  { path: "live/", state: "live", viewport: { width: 1280, height: 800 } },
  { path: "broken/", state: "waiting", viewport: { width: 390, height: 844 } },
  { path: "token/", state: "refused", viewport: { width: 450, height: 700 } },
  { path: "nine/?camera=*", state: "live", viewport: { width: 844, height: 390 } },
];

testWith(["firefox", "ffmpeg"], "Firefox", async (t) => {
  await using firefox = await launchFirefox();
  await t.step("shows pictures and reasons on the page, whole and legible", (t) => {
    return showsPage(firefox, t);
  });
  await using server = await startWscam(CAMERAS);
  const browser = inFirefox(firefox);
  await t.step("shows <wscam-view> in a page of another port", (t) => {
    return showsCameras({ server, browser, t });
  });
  await t.step("keeps nothing of a <wscam-view> that is gone", (t) => {
    return leavesNothing({ server, browser, t });
  });
});

async function showsPage(firefox: Firefox, t: Deno.TestContext): Promise<void> {
  await using states = await startPageStates();
  for (const { path, state, viewport } of SCENES) {
    await t.step(path, async () => {
      const page = await firefox.open(`${states.url}/${path}`);
      await page.resize(viewport);
      const read = () => page.evaluate("document.body.dataset.state");
      await eventually(async () => await read() === state, { what: state });
      const isPainted = `new Promise((done) => requestAnimationFrame(() => done(true)))`;
      assertEquals(await page.evaluate(isPainted), true);
      assertEquals(await layoutFaultsOf((script) => page.evaluate(script)), []);
      await page.close();
    });
  }
}
