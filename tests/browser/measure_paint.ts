/**
 * Measures how old pictures in H.264 are when a browser paints them, of a virtual camera of 1280x720 at 30 a second that
 * draws the time into each: `deno run -A --config tests/deno.json tests/browser/measure_paint.ts [SECONDS] [BROWSER]`.
 * Prints a row a minute.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- tables are its output
import { BROWSERS } from "./testutil/element_page.ts";
import { startVcam } from "../testutil/camera/vcam.ts";
import { startWscam } from "../testutil/program/wscam.ts";
import { cell } from "../bench/table.ts";

const [seconds = "600", name = "chromium"] = Deno.args;
const EVERY_S = Math.min(60, Number(seconds));
const SIZE = { width: 1280, height: 720, fps: 30 };

/** Reads the time of every third painted picture: 64 squares of 16 pixels, as `captureTime()` in vcam.ts does. */
const WATCH = `(() => {
  const video = document.querySelector("wscam-view").shadowRoot.querySelector("video");
  const context = new OffscreenCanvas(128, 128).getContext("2d", { willReadFrequently: true });
  const seen = globalThis.seen = { ages: [], painted: 0 };
  const read = () => {
    context.drawImage(video, 0, 0, 128, 128, 0, 0, 128, 128);
    const { data } = context.getImageData(0, 0, 128, 128);
    let micros = 0n;
    for (let bit = 0; bit < 64; bit++) {
      const [x, y] = [bit % 8 * 16 + 8, Math.floor(bit / 8) * 16 + 8];
      micros = micros << 1n | (data[4 * (y * 128 + x)] > 127 ? 1n : 0n);
    }
    return Number(micros) / 1000;
  };
  let calls = 0;
  let before;
  const next = (_, { expectedDisplayTime, presentedFrames }) => {
    const paintedAt = Date.now() + Math.max(0, expectedDisplayTime - performance.now());
    // Firefox calls for four of five.
    seen.painted += presentedFrames - (before ?? presentedFrames);
    before = presentedFrames;
    if (++calls % 3 === 0) seen.ages.push(paintedAt - read());
    video.requestVideoFrameCallback(next);
  };
  video.requestVideoFrameCallback(next);
})()`;

const TAKE = `(() => {
  const { ages, painted } = seen;
  Object.assign(seen, { ages: [], painted: 0 });
  const video = document.querySelector("wscam-view").shadowRoot.querySelector("video");
  const heap = performance.memory?.usedJSHeapSize ?? NaN;
  const kept = video.buffered.end(0) - video.buffered.start(0);
  return JSON.stringify({ ages, painted, heap, kept });
})()`;

const launch = BROWSERS.find(([each]) => each === name)?.[1];
if (launch === undefined) {
  console.error("Usage: measure_paint.ts [SECONDS] [chromium|firefox]");
  Deno.exit(2);
}
await using camera = await startVcam({ ...SIZE, formats: ["MJPG"] });
const args = ["--camera", camera.path, "--resolution", "1280x720", "--fps", "30"];
await using server = await startWscam(args, { env: camera.env });
await using browser = await launch();
const page = await browser.open(`${server.url}/?format=h264`);
await page.until(`document.body.dataset.state === "live"`);
await page.until(`!document.querySelector("wscam-view").shadowRoot.querySelector("video").hidden`);
await page.evaluate(WATCH);
console.log("| minute | painted a second | age p50, ms | p95 | JavaScript's heap, MB | kept, s |");
console.log("| ------ | ---------------- | ----------- | --- | --------------------- | ------- |");
for (let i = 1; i * EVERY_S <= Number(seconds); i++) {
  await new Promise((resolve) => setTimeout(resolve, EVERY_S * 1000));
  await page.collect?.();
  const taken = await page.evaluate(TAKE);
  const { ages, painted, heap, kept } = JSON.parse(String(taken)) as {
    ages: number[];
    painted: number;
    heap: number | null;
    kept: number;
  };
  const sorted = ages.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor(part * (sorted.length - 1))] ?? NaN;
  const numbers = [painted / EVERY_S, at(0.5), at(0.95), (heap ?? NaN) / 1e6, kept];
  console.log(`| ${[String(i), ...numbers.map((each) => cell(each, 1))].join(" | ")} |`);
}
