/**
 * Makes the README's animation of the page, with the real program, a real browser and ffmpeg:
 * `deno run -A --config tests/deno.json tests/browser/pictures/animate.ts`.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- what it wrote is its output
import { fileURLToPath } from "node:url";
import { launchBrowser, type ViewerPage } from "../testutil/browser.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

const OUT = fileURLToPath(new URL("../../../docs/page.webp", import.meta.url));
const VIEWPORT = { width: 960, height: 640 };
const CAMERAS = ["--camera", "front door=test", "--camera", "garden=test"];
/** The address in the picture is the one that a reader will type. */
const PORT = 8765;
const FPS = 8;
const SECONDS = 5;
const MAX_BYTES = 1.5e6;

/**
 * Writes the animation.
 *
 * @throws {Error} If ffmpeg fails, or what it makes is larger than a README should load.
 */
async function animate(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "wscam-animate-" });
  try {
    await record(folder);
    await encode(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  const { size } = await Deno.stat(OUT);
  console.log(`docs/page.webp: ${Math.ceil(size / 1024)} KB`);
  if (size > MAX_BYTES) throw new Error(`The animation must be at most ${MAX_BYTES} bytes`);
}

async function record(folder: string): Promise<void> {
  await using _server = await startWscam([...CAMERAS, "--fps", "20"], { port: PORT });
  await using browser = await launchBrowser();
  const options = { viewport: VIEWPORT, colorScheme: "light" } as const;
  const viewer = await browser.open(`http://localhost:${PORT}`, options);
  await viewer.untilState("live");
  await viewer.untilText("fps", /^(19|20)\.\d$/);
  await takePictures(viewer, folder);
}

/** Each at its time, so that the clock in the picture runs as clocks do. */
async function takePictures({ page }: ViewerPage, folder: string): Promise<void> {
  const start = performance.now();
  for (let i = 0; i < FPS * SECONDS; i++) {
    const wait = start + i * 1000 / FPS - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const picture = await page.screenshot({ type: "png" });
    await Deno.writeFile(`${folder}/${String(i).padStart(3, "0")}.png`, picture);
  }
}

async function encode(folder: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("ffmpeg", {
    args: [
      "-v",
      "error",
      "-y",
      "-framerate",
      String(FPS),
      "-i",
      `${folder}/%03d.png`,
      "-c:v",
      "libwebp_anim",
      "-quality",
      "60",
      "-loop",
      "0",
      OUT,
    ],
    stdin: "null",
  }).output();
  if (!success) throw new Error(`Cannot encode: ${new TextDecoder().decode(stderr).trim()}`);
}

if (import.meta.main) await animate();
