import { assertEquals, assertGreater, assertLess, assertStringIncludes } from "@std/assert";
import { testInBrowser } from "../../testutil/in_browser.ts";
import { assertColourBars, assertFits, assertPictureMoves } from "../../testutil/browser_checks.ts";
import { eventually } from "../../../testutil/eventually.ts";
import { temporaryDirectory } from "../../../testutil/files.ts";
import { openViewer } from "../../../testutil/client/messages.ts";
import { startWscam } from "../../../testutil/program/wscam.ts";
import { CAMERAS, DESKTOP, PHONE, PHONE_ON_ITS_SIDE } from "../../testutil/page_bench.ts";

testInBrowser("the page, in every window and language", { serve: CAMERAS }, {
  "the page fits every window, light and dark, English and Chinese": async (
    { browser, server, t },
  ) => {
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
        await using viewer = await browser.open(server.url, look);
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
  "the page speaks Chinese to those whose browser does": async ({ browser, server }) => {
    await using viewer = await browser.open(server.url, { locale: "zh-CN" });
    const { page, text, untilState } = viewer;
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
  },
  "the page says nothing in English to those who read Chinese": async ({ browser }) => {
    await using server = await startWscam([
      "--camera",
      "gone=/dev/video99",
      "--camera",
      "good=test",
    ]);

    await using viewer = await browser.open(server.url, { ...DESKTOP, locale: "zh-CN" });
    const { page, untilText } = viewer;
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
    await untilText("state", /^2 个摄像头，1 个有实时画面$/);
    assertEquals(await readEnglish(), []);
  },
  "the page says in the server's words why there is no picture": async ({ browser }) => {
    await using server = await startWscam([
      ...["--camera", "gone=/dev/video99", "--camera", "good=test"],
    ]);
    await using told = await openViewer(server.ws);
    await eventually(() => told.errors().length > 0);
    const words = told.errors()[0]?.message ?? "";

    await using viewer = await browser.open(server.url, PHONE);
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
  },
});

/** Width and height from the header of a PNG file (RFC 2083, 4.1.1). */
async function pngSize(path: string): Promise<{ width: number; height: number }> {
  const view = new DataView((await Deno.readFile(path)).buffer);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
