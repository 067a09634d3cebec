import { assertEquals } from "@std/assert";
import { eventually } from "../testutil/eventually.ts";
import { launchFirefox } from "./testutil/firefox.ts";
import { testWith } from "../testutil/needs.ts";
import { layoutFaultsOf } from "./testutil/page_looks.ts";
import { startPageStates } from "./testutil/page_states.ts";

const SCENES = [
  { path: "live/", state: "live", viewport: { width: 1280, height: 800 } },
  { path: "broken/", state: "waiting", viewport: { width: 390, height: 844 } },
  { path: "token/", state: "refused", viewport: { width: 450, height: 700 } },
  { path: "nine/?camera=*", state: "live", viewport: { width: 844, height: 390 } },
];

testWith(
  ["firefox"],
  "the page shows pictures and reasons in Firefox, whole and legible",
  async (t) => {
    await using states = await startPageStates();
    await using browser = await launchFirefox();
    for (const { path, state, viewport } of SCENES) {
      await t.step(path, async () => {
        const page = await browser.open(`${states.url}/${path}`);
        await page.resize(viewport);
        const read = () => page.evaluate("document.body.dataset.state");
        await eventually(async () => await read() === state, { within: 60_000, what: state });
        const isPainted = `new Promise((done) => requestAnimationFrame(() => done(true)))`;
        assertEquals(await page.evaluate(isPainted), true);
        assertEquals(await layoutFaultsOf((script) => page.evaluate(script)), []);
      });
    }
  },
);
