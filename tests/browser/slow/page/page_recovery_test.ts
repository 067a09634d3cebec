import { assert, assertMatch } from "@std/assert";
import { launchBrowser, type ViewerPage } from "../../testutil/browser.ts";
import { assertPictureMoves } from "../../testutil/browser_checks.ts";
import { testWith } from "../../../testutil/needs.ts";
import { together } from "../../../testutil/together.ts";
import { startWscam, type Wscam } from "../../../testutil/program/wscam.ts";
import { findFixedPort } from "../../../testutil/network/fixed_port.ts";
import { CAMERAS } from "../../testutil/page_bench.ts";

testWith(
  ["chromium"],
  "the page offers the cameras that are there in place of one that isn't",
  async () => {
    await using server = await startWscam(["--camera", "door=test"]);
    await using browser = await launchBrowser();
    const viewer = await browser.open(`${server.url}/?camera=attic`);
    await viewer.untilText("state", /^Camera attic is not there$/);
    await viewer.page.locator("#camera").selectOption("door");
    await viewer.untilState("live");
  },
);

testWith(
  ["chromium"],
  "the page shows a live picture again after the server was stopped and started",
  async (t) => {
    await using browser = await launchBrowser();
    const stopAndStart = (signal: Deno.Signal) => async (): Promise<void> => {
      const first = await startWscam(CAMERAS, { port: await findFixedPort() });
      const viewer = await openLive(browser, first);
      await first.end(signal);
      await viewer.untilState("reconnecting");
      await viewer.page.locator("#stale").waitFor();
      await viewer.untilText("stale", /^Picture is ([2-9]|\d\d) s old$/);
      await viewer.untilText("state", /^Connection lost$/);
      await viewer.untilText("notice-doing", /^Trying again in \d s$/);
      assert(await viewer.page.locator("#picture").isVisible(), "the last picture must stay");
      await using _second = await startWscam(CAMERAS, { port: first.port });
      await viewer.untilState("live");
      await viewer.page.locator("#stale").waitFor({ state: "hidden" });
      await assertPictureMoves(viewer);
      for (const complaint of viewer.complaints) {
        // The list of cameras may just be on its way.
        assertMatch(complaint, /^WebSocket connection to .* failed: |: net::ERR_CONNECTION_/);
      }
    };
    await together(t, { SIGTERM: stopAndStart("SIGTERM"), SIGKILL: stopAndStart("SIGKILL") });
  },
);

async function openLive(
  browser: Awaited<ReturnType<typeof launchBrowser>>,
  server: Wscam,
): Promise<ViewerPage> {
  try {
    const viewer = await browser.open(server.url);
    await viewer.untilState("live");
    return viewer;
  } catch (error) {
    await server.end();
    throw error;
  }
}
