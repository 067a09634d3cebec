import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { testInBrowser } from "../testutil/in_browser.ts";
import {
  assertColourBars,
  assertPictureMoves,
  eventuallyWatched,
} from "../testutil/browser_checks.ts";
import { eventually } from "../../testutil/eventually.ts";
import { savePage } from "../../testutil/files.ts";
import { CAMERAS, DESKTOP } from "../testutil/page_bench.ts";

testInBrowser("the page, as people use it", { serve: CAMERAS }, {
  "the page shows a live picture, and what it is like": async ({ browser, server }) => {
    await using viewer = await browser.open(server.url, DESKTOP);
    await viewer.untilState("live");
    const picture = "document.getElementById('view').shadowRoot.getElementById('picture')";
    assertEquals(await viewer.page.evaluate(`${picture}.naturalWidth`), 640);
    await assertColourBars(viewer);
    await assertPictureMoves(viewer);
    assertEquals(await viewer.text("state"), "Live");
    assertEquals(await viewer.text("size"), "640×480");
    await viewer.untilText("fps", /^[1-5]\.\d$/);
    await viewer.untilText("age", /^\d{1,3} ms$/);
    assert(await viewer.page.locator("#stale").isHidden());
    assertEquals(viewer.complaints, []);
    const { host } = new URL(server.url);
    for (const request of viewer.requests) {
      if (!/^(blob|data):/.test(request)) assertEquals(new URL(request).host, host);
    }
  },
  "the page can be used by name, by a screen reader too": async ({ browser, server }) => {
    await using viewer = await browser.open(server.url);
    const { page, untilState, untilText } = viewer;
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
  },
  "the page's menu switches cameras": async ({ browser, server }) => {
    await using viewer = await browser.open(server.url);
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
  },
  "the page saves a snapshot that is a whole JPEG": async ({ browser, server }) => {
    await using viewer = await browser.open(`${server.url}/?camera=前门`);
    const { page, untilState, untilText } = viewer;
    const button = page.getByRole("button", { name: "Save a snapshot (S)" });
    await untilState("live");
    const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
    assertMatch(
      download.suggestedFilename(),
      /^wscam-前门-\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.jpg$/,
    );
    const bytes = await Deno.readFile(await download.path());
    assertEquals(jpegSize(bytes), { width: 640, height: 480 });
    assertEquals([...bytes.subarray(-2)], [0xff, 0xd9], "it must end with EOI");
    await untilText("spoken", /^Snapshot saved$/);
  },
  "the page obeys keys, but not while one types": async ({ browser, server }) => {
    await using viewer = await browser.open(server.url);
    const { page, untilState } = viewer;
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
  },
  "the page fills the screen with the picture, and comes back": async ({ browser, server }) => {
    await using viewer = await browser.open(server.url, DESKTOP);
    const { page, untilState, complaints } = viewer;
    await untilState("live");
    const isFull = () => page.evaluate<boolean>("document.fullscreenElement !== null");
    await page.keyboard.press("f");
    await eventually(isFull);
    assert(await page.locator("header").isHidden());
    const window = await page.evaluate<number>("innerHeight");
    const height = async () => (await page.locator("#picture").boundingBox())?.height ?? 0;
    await eventually(async () => Math.abs(await height() - window) <= 1);
    assert(await page.locator("#state").isVisible());
    await page.getByRole("button", { name: "Leave full screen (F)" }).click();
    await eventually(async () => !await isFull());
    await page.locator("header").waitFor();
    await page.getByRole("button", { name: "Full screen (F)", exact: true }).click();
    await eventually(isFull);
    await page.keyboard.press("F");
    await eventually(async () => !await isFull());
    assertEquals(complaints, []);
  },
  "the page works as a file, with the address typed": async ({ browser, server }) => {
    await using file = await savePage();
    await using viewer = await browser.open(file.url);
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
  },
  "the page's policy keeps out what the page does not bring along": async ({ browser, server }) => {
    await using viewer = await browser.open(server.url);
    const { page, complaints, untilState } = viewer;
    await untilState("live");
    await page.evaluate(`{
    const script = document.createElement("script");
    script.textContent = "window.taken = 1";
    document.body.append(script);
    document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=window.taken=1>");
    document.body.insertAdjacentHTML("beforeend", "<p style='color: red'></p>");
  }`);
    const breaches = () => complaints.filter((each) => each.includes("Content Security Policy"));
    await eventually(() => breaches().length >= 3);
    assertEquals(await page.evaluate("window.taken ?? null"), null);
  },
});
