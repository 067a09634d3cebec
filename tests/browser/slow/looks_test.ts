import { assertEquals } from "@std/assert";
import { launchBrowser } from "../testutil/browser.ts";
import { testWith } from "../../testutil/needs.ts";
import { faultsOf, LOOKS, openScene, SCENES } from "../testutil/page_looks.ts";
import { startPageStates } from "../testutil/page_states.ts";

/** The number of pages that are open at once. */
const TOGETHER = 3;

/**
 * Each state in another size, colour and language: `deno task looks` looks at all in all of them, and keeps the
 * pictures.
 */
testWith(["chromium"], "the page is whole and legible in every state", async () => {
  await using states = await startPageStates();
  await using browser = await launchBrowser();
  const left = SCENES.map((scene, i) => ({ scene, look: LOOKS[7 * i % LOOKS.length] ?? {} }));
  const faults: string[] = [];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const viewer = await openScene(browser, states, next);
      await viewer.page.screenshot();
      const where = `${next.scene.name} ${"name" in next.look ? next.look.name : ""}`;
      faults.push(...(await faultsOf(viewer)).map((fault) => `${where}: ${fault}`));
      await viewer.page.context().close();
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, work));
  assertEquals(faults, []);
});
