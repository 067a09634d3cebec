import { launchBrowser } from "./testutil/browser.ts";
import { eventually } from "../testutil/eventually.ts";
import { testWith } from "../testutil/needs.ts";
import { startWscam } from "../testutil/program/wscam.ts";

/** Three other files may keep the machine busy. */
const PATIENCE = { within: 90_000 };

testWith(["chromium"], "/stream works in a browser's <img>", async () => {
  await using server = await startWscam(["--camera", "test"]);
  await using browser = await launchBrowser();
  const { page } = await browser.open(`${server.url}/cameras`);
  await page.evaluate(`void document.body.append(
    Object.assign(new Image(), { id: "stream", src: "/?action=stream&width=160" }))`);
  const look = (): Promise<string> =>
    page.evaluate<string>(`(() => {
      const image = document.getElementById("stream");
      const canvas = new OffscreenCanvas(160, 120);
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      return image.naturalWidth + " " + context.getImageData(0, 0, 160, 120).data.join();
    })()`);
  const first = await eventually(async () => {
    const seen = await look();
    return seen.startsWith("160 ") ? seen : undefined;
  }, PATIENCE);
  await eventually(async () => await look() !== first, { ...PATIENCE, what: "the next picture" });
});
