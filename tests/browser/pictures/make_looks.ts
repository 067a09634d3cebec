/**
 * Takes screenshots of the page in every state, size, colour scheme and language, and reports what
 * is wrong with them: `deno task looks [FOLDER [STATE]...]`.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- what it found is its output
import { launchBrowser } from "../testutil/browser.ts";
import { faultsOf, LOOKS, openScene, SCENES } from "../testutil/page_looks.ts";
import { startPageStates } from "../testutil/page_states.ts";

/** Returns how many faults there are. */
async function takeLooks(folder: string, names: readonly string[]): Promise<number> {
  await Deno.mkdir(folder, { recursive: true });
  await using states = await startPageStates();
  await using browser = await launchBrowser();
  let count = 0;
  for (const scene of SCENES.filter(({ name }) => names.length === 0 || names.includes(name))) {
    for (const look of LOOKS) {
      const viewer = await openScene(browser, states, { scene, look });
      await viewer.page.screenshot({ path: `${folder}/${scene.name}-${look.name}.png` });
      for (const fault of await faultsOf(viewer)) {
        count++;
        console.log(`${scene.name} ${look.name}: ${fault}`);
      }
      await viewer.page.context().close();
    }
  }
  console.log(`${folder}: ${count} faults`);
  return count;
}

if (import.meta.main) {
  const [folder = "dist/looks", ...names] = Deno.args;
  if (await takeLooks(folder, names) > 0) Deno.exit(1);
}
