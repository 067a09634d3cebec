import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { jpegSize } from "../../lib/jpeg/jpeg_size.ts";
import { launchBrowser, type ViewerPage } from "./testutil/browser.ts";
import {
  assertColourBars,
  assertFits,
  assertPictureMoves,
  eventuallyWatched,
} from "./testutil/browser_checks.ts";
import { eventually } from "../testutil/eventually.ts";
import { savePage, temporaryDirectory } from "../testutil/files.ts";
import { openViewer } from "../testutil/messages.ts";
import { testWith } from "../testutil/needs.ts";
import { together } from "../testutil/together.ts";
import { startWscam, type Wscam } from "../testutil/wscam.ts";

const CAMERAS = ["--camera", "door=test", "--camera", "前门=test"];
const DESKTOP = { viewport: { width: 1280, height: 800 } };
const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};
const PHONE_ON_ITS_SIDE = { ...PHONE, viewport: { width: 844, height: 390 } };
const WITHIN = 60_000;

testWith(["chromium"], "the page shows a live picture, and what it is like", async () => {
  await using server = await startWscam(CAMERAS);
  await using browser = await launchBrowser();
  const viewer = await browser.open(server.url, DESKTOP);
  await viewer.untilState("live");
  const picture = "document.getElementById('view').shadowRoot.getElementById('picture')";
  assertEquals(await viewer.page.evaluate(`${picture}.naturalWidth`), 640);
  await assertColourBars(viewer);
  await assertPictureMoves(viewer);
  assertEquals(await viewer.text("state"), "Live");
  assertEquals(await viewer.text("size"), "640×480");
  await viewer.untilText("fps", /^([5-9]|10)\.\d$/);
  await viewer.untilText("age", /^\d{1,3} ms$/);
  assert(await viewer.page.locator("#stale").isHidden());
  assertEquals(viewer.complaints, []);
  const { host } = new URL(server.url);
  for (const request of viewer.requests) {
    if (!/^(blob|data):/.test(request)) assertEquals(new URL(request).host, host);
  }
});

testWith(["chromium"], "the page can be used by name, by a screen reader too", async () => {
  await using server = await startWscam(CAMERAS);
  await using browser = await launchBrowser();
  const { page, untilState, untilText } = await browser.open(server.url);
  await untilState("live");
  await untilText("spoken", /^Live$/);
  assertEquals(await page.getByRole("status").innerText(), "Live");
  await page.getByRole("img", { name: "Live picture of camera door" }).waitFor();
  await page.getByRole("combobox", { name: "Camera" }).waitFor();
  await page.getByRole("button", { name: "Another server" }).click();
  const box = page.getByRole("textbox", { name: "Address of the camera server" });
  assertEquals(await box.inputValue(), server.ws);
  await page.getByRole("button", { name: "Disconnect" }).click();
  await untilState("idle");
  await page.locator("#again").click();
  await untilState("live");
  await box.fill("no address");
  await box.press("Enter");
  assertMatch(await page.getByRole("alert").innerText(), /^“no address” is not an address/);
  await page.locator("#camera").focus();
  for (
    const stop of ["elsewhere", "address", "connect", "snapshot", "pip", "fullscreen", "settings"]
  ) {
    await page.keyboard.press("Tab");
    assertEquals(await page.evaluate("document.activeElement.id"), stop);
  }
});

testWith(["chromium"], "the page's menu switches cameras", async () => {
  await using server = await startWscam(CAMERAS);
  await using browser = await launchBrowser();
  const viewer = await browser.open(server.url);
  const { page } = viewer;
  await viewer.untilState("live");
  const menu = page.locator("#camera");
  await menu.waitFor();
  assertEquals(await menu.locator("option").allInnerTexts(), ["door", "前门", "All cameras"]);
  await eventuallyWatched(server, { door: 1, 前门: 0 });
  await menu.selectOption("前门");
  await eventuallyWatched(server, { door: 0, 前门: 1 });
  await viewer.untilState("live");
  await assertPictureMoves(viewer);
  assertEquals(await page.title(), "前门 – wscam");
  assertEquals(await page.locator("#picture").getAttribute("alt"), "Live picture of camera 前门");
  await page.reload();
  await viewer.untilState("live");
  await eventuallyWatched(server, { door: 0, 前门: 1 });
  assertEquals(viewer.complaints, []);
});

testWith(["chromium"], "the page saves a snapshot that is a whole JPEG", async () => {
  await using server = await startWscam([...CAMERAS, "--resolution", "320x240"]);
  await using browser = await launchBrowser();
  const { page, untilState, untilText } = await browser.open(`${server.url}/?camera=前门`);
  const button = page.getByRole("button", { name: "Save a snapshot (S)" });
  await untilState("live");
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  assertMatch(
    download.suggestedFilename(),
    /^wscam-前门-\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.jpg$/,
  );
  const bytes = await Deno.readFile(await download.path());
  assertEquals(jpegSize(bytes), { width: 320, height: 240 });
  assertEquals([...bytes.subarray(-2)], [0xff, 0xd9], "it must end with EOI");
  await untilText("spoken", /^Snapshot saved$/);
});

testWith(["chromium"], "the page obeys keys, but not while one types", async () => {
  await using server = await startWscam(CAMERAS);
  await using browser = await launchBrowser();
  const { page, untilState } = await browser.open(server.url);
  await untilState("live");
  await page.keyboard.press("c");
  await untilState("idle");
  await eventuallyWatched(server, { door: 0 });
  assert(await page.locator("#stale").isVisible(), "an old picture must look old");
  await page.keyboard.press("C");
  await untilState("live");
  const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("s")]);
  assertStringIncludes(download.suggestedFilename(), "wscam-door-");
  await page.locator("#elsewhere").click();
  await page.locator("#address").fill("");
  await page.locator("#address").pressSequentially("csf");
  assertEquals(await page.locator("#address").inputValue(), "csf");
  await untilState("live");
  assertEquals(await page.evaluate("document.body.classList.contains('full')"), false);
});

testWith(["chromium"], "the page fills the screen with the picture, and comes back", async () => {
  await using server = await startWscam(CAMERAS);
  await using browser = await launchBrowser();
  const { page, untilState, complaints } = await browser.open(server.url, DESKTOP);
  await untilState("live");
  const isFull = () => page.evaluate<boolean>("document.fullscreenElement !== null");
  await page.keyboard.press("f");
  await eventually(isFull, { within: WITHIN });
  assert(await page.locator("header").isHidden());
  const window = await page.evaluate<number>("innerHeight");
  const height = async () => (await page.locator("#picture").boundingBox())?.height ?? 0;
  await eventually(async () => Math.abs(await height() - window) <= 1, { within: WITHIN });
  assert(await page.locator("#state").isVisible());
  await page.getByRole("button", { name: "Leave full screen (F)" }).click();
  await eventually(async () => !await isFull(), { within: WITHIN });
  await page.locator("header").waitFor();
  await page.getByRole("button", { name: "Full screen (F)", exact: true }).click();
  await eventually(isFull, { within: WITHIN });
  await page.keyboard.press("F");
  await eventually(async () => !await isFull(), { within: WITHIN });
  assertEquals(complaints, []);
});

testWith(
  ["chromium"],
  "the page fits every window, light and dark, English and Chinese",
  async (t) => {
    await using server = await startWscam(CAMERAS);
    await using browser = await launchBrowser();
    await using dir = await temporaryDirectory();
    const looks = [
      { name: "desktop", ...DESKTOP, colorScheme: "light", locale: "en-US" },
      { name: "desktop-dark-zh", ...DESKTOP, colorScheme: "dark", locale: "zh-CN" },
      { name: "phone", ...PHONE, colorScheme: "light", locale: "en-US" },
      { name: "phone-dark-zh", ...PHONE, colorScheme: "dark", locale: "zh-CN" },
      { name: "phone-side", ...PHONE_ON_ITS_SIDE, colorScheme: "dark", locale: "en-US" },
      { name: "narrow", viewport: { width: 320, height: 568 }, colorScheme: "light" },
    ] as const;
    for (const { name, ...look } of looks) {
      await t.step(name, async () => {
        const viewer = await browser.open(server.url, look);
        await viewer.untilState("live");
        await viewer.page.locator("#camera").waitFor();
        await viewer.untilText("age", / ms$/);
        await assertFits(viewer);
        await assertColourBars(viewer);
        const path = `${dir.path}/${name}.png`;
        await viewer.page.screenshot({ path });
        const { width, height } = look.viewport;
        const scale = "deviceScaleFactor" in look ? look.deviceScaleFactor : 1;
        assertEquals(await pngSize(path), { width: scale * width, height: scale * height });
        const brightness = await viewer.page.evaluate<number>(
          "Number(getComputedStyle(document.querySelector('footer')).backgroundColor.match(/\\d+/)[0])",
        );
        if (look.colorScheme === "light") assertGreater(brightness, 200);
        else assertLess(brightness, 60);
        assertEquals(viewer.complaints, []);
        await viewer.page.context().close();
      });
    }
  },
);

testWith(["chromium"], "the page speaks Chinese to those whose browser does", async () => {
  await using server = await startWscam(CAMERAS);
  await using browser = await launchBrowser();
  const { page, text, untilState } = await browser.open(server.url, { locale: "zh-CN" });
  await untilState("live");
  assertEquals(await page.evaluate("document.documentElement.lang"), "zh-CN");
  assertEquals(await text("state"), "实时");
  await page.getByRole("combobox", { name: "摄像头" }).waitFor();
  await page.getByRole("button", { name: "保存快照 (S)" }).waitFor();
  assertEquals(await page.locator("dt").allInnerTexts(), ["帧率", "延迟", "尺寸"]);
  await page.getByRole("button", { name: "连接其他服务器" }).click();
  await page.getByRole("button", { name: "断开" }).click();
  await untilState("idle");
  assertEquals(await text("state"), "未连接");
  assertEquals(
    await page.evaluate("Object.keys(TEXTS['zh-CN'])"),
    await page.evaluate("Object.keys(TEXTS.en)"),
    "every text must be there in both languages",
  );
});

testWith(["chromium"], "the page says nothing in English to those who read Chinese", async () => {
  await using server = await startWscam(["--camera", "gone=/dev/video99", "--camera", "good=test"]);
  await using browser = await launchBrowser();
  const { page, untilText } = await browser.open(server.url, { ...DESKTOP, locale: "zh-CN" });
  const readEnglish = async (): Promise<string[]> => {
    const frames = await page.locator("wscam-view .frame").allInnerTexts();
    const text = [await page.locator("body").innerText(), ...frames].join("\n");
    const names = /wscam|gone|good|ws:\/\/\S+|\d+ ms|imagescript|copy|ffmpeg|JPEG/g;
    return text.replaceAll(names, "").match(/[a-z]{2,}/gi) ?? [];
  };
  await untilText("notice-title", /^找不到摄像头 gone$/);
  await untilText("notice-doing", /^\d 秒后重试$|^正在重试…$/);
  assertEquals(await readEnglish(), []);
  await page.keyboard.press("o");
  await page.locator("#remote .row").first().waitFor();
  assertEquals(await readEnglish(), []);
  await page.keyboard.press("o");
  await page.locator("#camera").selectOption("*");
  await untilText("state", /^2 个摄像头中有 1 个实时画面$/);
  assertEquals(await readEnglish(), []);
});

testWith(["chromium"], "the page says in the server's words why there is no picture", async () => {
  await using server = await startWscam([
    ...["--camera", "gone=/dev/video99", "--camera", "good=test"],
  ]);
  await using told = await openViewer(server.ws);
  await eventually(() => told.errors().length > 0, { within: WITHIN });
  const words = told.errors()[0]?.message ?? "";
  await using browser = await launchBrowser();
  const viewer = await browser.open(server.url, PHONE);
  // It asks when the camera is tried again, and again after that try.
  await viewer.untilText("notice-doing", /^Trying again in \d s$/);
  await viewer.untilText("notice-doing", /^Trying again now…$/);
  // A busy machine takes some of these five seconds for the try itself.
  await viewer.untilText("notice-doing", /^Trying again in \d s$/);
  await viewer.untilState("waiting");
  assertEquals(await viewer.text("notice-title"), "Camera gone is not there");
  const reason = await viewer.text("notice-words");
  assertStringIncludes(words.toLowerCase(), reason.toLowerCase());
  assertStringIncludes(await viewer.text("spoken"), reason);
  await viewer.page.locator("#camera").waitFor();
  await assertFits(viewer);
  await viewer.page.locator("#camera").selectOption("good");
  await viewer.untilState("live");
  await assertPictureMoves(viewer);
  assertEquals(viewer.complaints, []);
});

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

testWith(["chromium"], "the page works as a file, with the address typed", async () => {
  await using server = await startWscam(CAMERAS);
  await using browser = await launchBrowser();
  await using file = await savePage();
  const viewer = await browser.open(file.url);
  const { page } = viewer;
  await viewer.untilState("idle");
  const box = page.locator("#address");
  assertEquals(await box.inputValue(), "ws://localhost:8765");
  await box.fill(`127.0.0.1:${server.port}`);
  await box.press("Enter");
  await viewer.untilState("live");
  assertEquals(await box.inputValue(), server.ws);
  await page.locator("#camera").waitFor();
  assertEquals(
    await page.locator("#camera option").allInnerTexts(),
    ["door", "前门", "All cameras"],
    "the list of cameras must be open to a page from a file",
  );
  await page.locator("#camera").selectOption("前门");
  await eventuallyWatched(server, { door: 0, 前门: 1 });
  await viewer.untilState("live");
  await assertPictureMoves(viewer);
  await page.goto(file.url);
  await viewer.untilState("live");
  assertEquals(await box.inputValue(), server.ws, "the address must be remembered");
  assertEquals(viewer.complaints, []);
});

testWith(
  ["chromium"],
  "the page's policy keeps out what the page does not bring along",
  async () => {
    await using server = await startWscam(CAMERAS);
    await using browser = await launchBrowser();
    const { page, complaints, untilState } = await browser.open(server.url);
    await untilState("live");
    await page.evaluate(`{
    const script = document.createElement("script");
    script.textContent = "window.taken = 1";
    document.body.append(script);
    document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=window.taken=1>");
    document.body.insertAdjacentHTML("beforeend", "<p style='color: red'></p>");
  }`);
    const breaches = () => complaints.filter((each) => each.includes("Content Security Policy"));
    await eventually(() => breaches().length >= 3, { within: WITHIN });
    assertEquals(await page.evaluate("window.taken ?? null"), null);
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

/**
 * A port below those that systems give away: while the server is down, no other program and no other
 * test is given it.
 */
async function findFixedPort(): Promise<number> {
  return await eventually(() => {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    try {
      using _listener = Deno.listen({ hostname: "127.0.0.1", port });
      return port;
    } catch {
      return undefined;
    }
  });
}

/** Width and height from the header of a PNG file (RFC 2083, 4.1.1). */
async function pngSize(path: string): Promise<{ width: number; height: number }> {
  const view = new DataView((await Deno.readFile(path)).buffer);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
