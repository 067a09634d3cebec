import { assert, assertEquals, assertLess, assertMatch, assertNotEquals } from "@std/assert";
import { launchBrowser, type ViewerPage } from "./testutil/browser.ts";
import { assertFits, assertPictureMoves } from "./testutil/browser_checks.ts";
import { eventually } from "./testutil/eventually.ts";
import { answerPing, startFakeServer } from "./testutil/fake_server.ts";
import { savePage } from "./testutil/files.ts";
import { testWith } from "./testutil/needs.ts";
import { startWscam, type Wscam } from "./testutil/wscam.ts";

const CAMERAS = ["--camera", "door=test", "--fps", "20"];
const WITHIN = 60_000;
const PHONE = { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true };

testWith(
  ["chromium"],
  "the page's settings change this viewer's pictures, and stand in its address",
  async () => {
    await using server = await startWscam(CAMERAS);
    await using browser = await launchBrowser();
    const viewer = await browser.open(`${server.url}/?camera=door`);
    await viewer.untilState("live");
    await viewer.page.getByRole("button", { name: "Settings (O)" }).click();
    await setSlider(viewer, "Width, up to", 320);
    await viewer.untilText("size", /^320×240$/);
    await setSlider(viewer, "Quality", 30);
    await setSlider(viewer, "Frame rate, up to", 3);
    await eventuallyViewed(server, { width: 320, quality: 30 });
    await viewer.untilText("fps", /^[1-3]\.\d$/);
    await eventually(() => viewer.page.url().includes("fps=3"), { within: WITHIN });
    const { searchParams } = new URL(viewer.page.url());
    assertEquals(Object.fromEntries(searchParams), {
      ...{ camera: "door", fps: "3", quality: "30", width: "320" },
    });
    await viewer.page.getByRole("button", { name: "Width, up to: the camera’s own" }).click();
    await viewer.untilText("size", /^640×480$/);
    await eventually(() => !viewer.page.url().includes("width"), { within: WITHIN });
    assertEquals(viewer.complaints, []);
  },
);

testWith(["chromium"], "the page's address shares its settings with another screen", async () => {
  await using server = await startWscam(CAMERAS);
  await using browser = await launchBrowser();
  const viewer = await browser.open(`${server.url}/?width=160&quality=40&fps=5`);
  await viewer.untilState("live");
  await viewer.untilText("size", /^160×120$/);
  await eventuallyViewed(server, { width: 160, quality: 40 });
  await viewer.page.keyboard.press("o");
  assertEquals(await slider(viewer, "Width, up to").getAttribute("aria-valuetext"), "160 px");
  assertEquals(await slider(viewer, "Frame rate, up to").getAttribute("aria-valuetext"), "5 fps");
  assertEquals(await slider(viewer, "Quality").getAttribute("aria-valuetext"), "40");
  // What makes no sense is not passed on: the server would complain of it in place of a picture.
  const odd = await browser.open(`${server.url}/?width=wide&quality=101&fps=-1`);
  await odd.untilState("live");
  await odd.untilText("size", /^640×480$/);
  assert(!odd.requests.some((request) => /^ws:.*(width|quality|fps)=/.test(request)));
});

testWith(["chromium"], "the page's settings are used with the keys alone", async () => {
  await using server = await startWscam(CAMERAS);
  await using browser = await launchBrowser();
  const viewer = await browser.open(server.url);
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
});

testWith(["chromium"], "the page's chart shows the last minute, and says it in words", async () => {
  await using server = await startWscam(CAMERAS);
  await using browser = await launchBrowser();
  const viewer = await browser.open(server.url);
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
  await eventually(async () => await painted() > 20, { within: WITHIN, what: "a line" });
  await viewer.page.keyboard.press("c");
  await viewer.untilState("idle");
  assertEquals(viewer.complaints, []);
});

testWith(["chromium"], "the page acknowledges pictures that have numbers", async () => {
  await using server = await startFakeServer({ answer: answerPing, inFlight: 2 });
  await using browser = await launchBrowser();
  const viewer = await browser.open(server.url);
  await viewer.untilState("live");
  await eventually(() => server.of("ack").length >= 10, { within: WITHIN });
  assertEquals(server.queries[0]?.get("ack"), "1");
  assertEquals(server.queries[0]?.get("format"), "binary");
  // One that nobody looks at must not wait for a decoder.
  await hide(viewer);
  const seen = server.of("ack").length;
  await eventually(() => server.of("ack").length >= seen + 5, { within: WITHIN });
  const numbers = server.of("ack").map(({ sequence }) => Number(sequence));
  assertEquals(numbers, numbers.toSorted((a, b) => a - b));
});

testWith(["chromium"], "the page gets binary messages, acknowledged, from wscam", async () => {
  await using server = await startWscam(CAMERAS);
  await using browser = await launchBrowser();
  const viewer = await browser.open("about:blank");
  const frames: (string | Uint8Array)[] = [];
  viewer.page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => frames.push(payload));
  });
  await viewer.page.goto(server.url);
  await viewer.untilState("live");
  await assertPictureMoves(viewer);
  const pictures = frames.filter((frame) => typeof frame !== "string");
  assert(pictures.length > 5, "pictures must come as binary messages");
  assertEquals(frames.filter((frame) => typeof frame === "string" && frame.includes("image")), []);
});

testWith(["chromium"], "the page shows pictures of a server that knows no commands", async (t) => {
  await using server = await startFakeServer();
  await using browser = await launchBrowser();
  await using file = await savePage();
  for (const url of [`${server.url}/?width=320&camera=*`, file.url]) {
    await t.step(new URL(url).protocol, async () => {
      const viewer = await browser.open(url);
      if (url === file.url) {
        await viewer.page.locator("#address").fill(`127.0.0.1:${server.port}`);
        await viewer.page.locator("#address").press("Enter");
      }
      await viewer.untilState("live");
      await viewer.untilText("size", /^64×48$/);
      await viewer.page.locator("#settings").click();
      await viewer.page.getByText("This server sends everybody the same pictures.").waitFor();
      assert(await slider(viewer, "Quality").isDisabled());
      assert(await viewer.page.locator("#remote").isHidden());
      assert(await viewer.page.locator("#camera").isHidden());
      assertEquals(server.of("ack"), []);
      assertEquals(server.of("configure"), []);
      assertEquals(viewer.complaints, []);
    });
  }
});

testWith(
  ["chromium"],
  "the page says why the server refuses a setting, and takes it back",
  async () => {
    await using server = await startFakeServer({
      answer: (command) =>
        command.type === "configure"
          ? { type: "error", message: "Cannot configure: too many renditions" }
          : answerPing(command),
    });
    await using browser = await launchBrowser();
    const viewer = await browser.open(server.url);
    await viewer.untilState("live");
    await viewer.page.keyboard.press("o");
    await eventually(() => server.of("ping").length > 1, { within: WITHIN });
    await setSlider(viewer, "Width, up to", 320);
    await viewer.page.getByText("Cannot configure: too many renditions").waitFor();
    assertEquals(
      await slider(viewer, "Width, up to").getAttribute("aria-valuetext"),
      "Camera’s own",
    );
    assert(!viewer.page.url().includes("width"));
    await viewer.untilState("live");
  },
);

testWith(["chromium"], "the page's settings are a sheet on a phone, and touched", async () => {
  await using server = await startWscam([...CAMERAS, "--camera", "yard=test"]);
  await using browser = await launchBrowser();
  const viewer = await browser.open(server.url, PHONE);
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
  const track = await slider(viewer, "Width, up to").boundingBox();
  assert(track !== null);
  await slider(viewer, "Width, up to").scrollIntoViewIfNeeded();
  await slider(viewer, "Width, up to").tap({ position: { x: 4, y: track.height / 2 } });
  await viewer.untilText("size", /^160×120$/);
  await viewer.page.locator("#close").tap();
  await assertFits(viewer);
});

testWith(["chromium"], "the page lets the camera sleep while nobody looks", async () => {
  await using server = await startFakeServer({ answer: answerAll });
  await using browser = await launchBrowser();
  const viewer = await browser.open("about:blank");
  await viewer.page.clock.install();
  await viewer.page.goto(server.url);
  await viewer.page.clock.resume();
  await viewer.untilState("live");
  await eventually(() => server.of("ping").length > 1, { within: WITHIN });
  await hide(viewer);
  await viewer.page.clock.runFor(50_000);
  assertEquals(server.of("pause"), []);
  await viewer.page.clock.runFor(15_000);
  await eventually(() => server.of("pause").length === 1, { within: WITHIN });
  await hide(viewer, false);
  await eventually(() => server.of("resume").length === 1, { within: WITHIN });
  await viewer.untilState("live");
});

testWith(["chromium"], "the page's picture in picture opens and closes", async () => {
  await using server = await startWscam(CAMERAS);
  await using browser = await launchBrowser();
  const viewer = await browser.open(server.url);
  await viewer.untilState("live");
  const button = viewer.page.getByRole("button", { name: "Picture in picture (P)" });
  const isThere = await viewer.page.evaluate<boolean>("document.pictureInPictureEnabled === true");
  assertEquals(await button.isVisible(), isThere, "it is there where the browser has it");
  if (!isThere) return;
  await button.click();
  const isOpen = () => viewer.page.evaluate<boolean>("document.pictureInPictureElement !== null");
  await eventually(isOpen, { within: WITHIN, what: "the small window" });
  assertEquals(await button.getAttribute("aria-pressed"), "true");
  const shown = () =>
    viewer.page.evaluate<string>(`(() => {
      const canvas = new OffscreenCanvas(64, 48);
      canvas.getContext("2d").drawImage(document.pictureInPictureElement, 0, 0, 64, 48);
      return canvas.getContext("2d").getImageData(0, 0, 64, 48).data.join();
    })()`);
  const first = await shown();
  await eventually(async () => await shown() !== first, { within: WITHIN, what: "it to move" });
  // It is seen, so it goes on also when the page isn't.
  await hide(viewer);
  const second = await shown();
  await eventually(async () => await shown() !== second, { within: WITHIN, what: "it to move" });
  await hide(viewer, false);
  await viewer.page.keyboard.press("p");
  await eventually(async () => !await isOpen(), { within: WITHIN });
  await eventually(async () => await button.getAttribute("aria-pressed") === "false", {
    within: WITHIN,
  });
  assertEquals(viewer.complaints, []);
});

function answerAll(command: { type?: unknown }): object | undefined {
  if (command.type === "pause") return { type: "paused" };
  return command.type === "resume" ? { type: "resumed" } : answerPing(command);
}

function slider({ page }: ViewerPage, name: string): ReturnType<typeof page.getByRole> {
  return page.getByRole("slider", { name });
}

/** Moves a slider by keys until it says a number. */
async function setSlider(viewer: ViewerPage, name: string, wanted: number): Promise<void> {
  const target = slider(viewer, name);
  await target.press("Home");
  for (let i = 0; i < 30; i++) {
    const text = await target.getAttribute("aria-valuetext");
    assertNotEquals(text, null);
    assertMatch(text ?? "", /\d/);
    if (Number.parseFloat(text ?? "") === wanted) return;
    await target.press("ArrowRight");
  }
  throw new Error(`${name} has no ${wanted}`);
}

/** A browser without a window hides no page; to the page it is the same. */
async function hide({ page }: ViewerPage, isHidden = true): Promise<void> {
  await page.evaluate(`{
    Object.defineProperty(document, "hidden", { configurable: true, get: () => ${isHidden} });
    document.dispatchEvent(new Event("visibilitychange"));
  }`);
}

async function eventuallyViewed(
  { url }: Wscam,
  wanted: Readonly<Record<string, number>>,
): Promise<void> {
  await eventually(async () => {
    const { viewers } = await (await fetch(`${url}/state`)).json();
    return viewers.length === 1 &&
      Object.entries(wanted).every(([name, value]) => viewers[0][name] === value);
  }, { within: WITHIN, what: `a viewer with ${JSON.stringify(wanted)}` });
}
