import { assert, assertEquals, assertLess } from "@std/assert";
import { launchBrowser, type ViewerPage } from "../testutil/browser.ts";
import { assertColourBars, assertPictureMoves, hide } from "../testutil/browser_checks.ts";
import { startSite } from "../testutil/element_page.ts";
import { jpegSize } from "../../../lib/jpeg/jpeg_size.ts";
import { eventually } from "../../testutil/eventually.ts";
import { testWith } from "../../testutil/needs.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

/** A browser without either MediaSource, whose decoder can be made to fall behind (`isBusy`) and to fail (`isBroken`). */
const CODECS_ONLY = `(() => {
  for (const name of ["MediaSource", "ManagedMediaSource"]) {
    Object.defineProperty(globalThis, name, { value: undefined });
  }
  const Own = globalThis.VideoDecoder;
  globalThis.VideoDecoder = class extends Own {
    get decodeQueueSize() {
      return globalThis.isBusy ? 1000 : super.decodeQueueSize;
    }
    decode(chunk) {
      if (globalThis.isBroken) throw new DOMException("broken", "DataError");
      (globalThis.decoded ??= []).push(chunk.type);
      super.decode(chunk);
    }
  };
})()`;
/** Of pictures as they are shown, in milliseconds; less than the time for which nobody looks below. */
const MOST_AGE = 2000;
const UNSEEN = 60;
const DESKTOP = { viewport: { width: 1280, height: 800 } };

/** The value of JavaScript in the page, where `view` is the element, and `video` shows H.264 in it. */
async function ask<T>({ page }: ViewerPage, expression: string): Promise<T> {
  return await page.evaluate<T>(`(() => {
    const view = document.querySelector("wscam-view");
    const video = view.shadowRoot.getElementById("video");
    return ${expression};
  })()`);
}

async function until(viewer: ViewerPage, condition: string): Promise<void> {
  await eventually(() => ask<boolean>(viewer, `Boolean(${condition})`), {
    within: 60_000,
    what: condition,
  });
}

/** How old the next pictures are as they are shown, in milliseconds. */
async function nextAges(viewer: ViewerPage, count: number): Promise<number[]> {
  return await ask<number[]>(
    viewer,
    `new Promise((done) => {
      const ages = [];
      view.addEventListener("frame", function take({ detail: { timestamp } }) {
        if (ages.push(Date.now() - 1000 * timestamp) < ${count}) return;
        view.removeEventListener("frame", take);
        done(ages);
      });
    })`,
  );
}

testWith(["chromium", "ffmpeg"], "H.264 plays where there is only WebCodecs", async (t) => {
  await using server = await startWscam(["--camera", "door=test", "--fps", "15"]);
  await using browser = await launchBrowser();
  const viewer = await browser.open("about:blank", DESKTOP);
  await viewer.page.addInitScript(CODECS_ONLY);
  await t.step("on the page", async () => {
    await viewer.page.goto(`${server.url}/?format=h264`);
    await viewer.untilState("live");
    await until(viewer, "!video.hidden && video.width === 640 && video.height === 480");
    assertEquals(await ask(viewer, "video.localName"), "canvas");
    await assertColourBars(viewer);
    await assertPictureMoves(viewer);
    await viewer.untilText("size", /^640×480$/);
    await viewer.untilText("age", /^\d{1,3} ms$/);
  });
  await t.step("a snapshot", async () => {
    const bytes = await ask<number[]>(
      viewer,
      "view.snapshot().then((blob) => blob.arrayBuffer()).then((it) => [...new Uint8Array(it)])",
    );
    assertEquals(jpegSize(new Uint8Array(bytes)), { width: 640, height: 480 });
  });
  await t.step("picture in picture", async () => {
    const isOpen = () => viewer.page.evaluate<boolean>("document.pictureInPictureElement !== null");
    await viewer.page.locator("#pip").click();
    await eventually(isOpen);
    await until(viewer, "document.pictureInPictureElement.videoWidth === 640");
    await viewer.page.locator("#pip").click();
    await eventually(async () => !(await isOpen()));
  });
  await t.step("live at once when somebody comes back", async () => {
    await hide(viewer);
    const before = await ask<number>(viewer, "view.viewer.screen.current.sequence");
    await eventually(async () => {
      const { viewers: [{ sent }] } = await (await fetch(`${server.url}/state`)).json();
      return sent > before + UNSEEN;
    });
    // Pictures decoded meanwhile were shown to nobody.
    assertLess(await ask<number>(viewer, "view.viewer.screen.current.sequence"), before + 3);
    await hide(viewer, false);
    for (const age of await nextAges(viewer, 5)) assertLess(age, MOST_AGE);
    await viewer.untilState("live");
  });
  await t.step("live at once after a minute in which nothing was sent", async () => {
    await ask(viewer, "view.viewer.setPaused(true)");
    await eventually(async () => {
      const { viewers } = await (await fetch(`${server.url}/state`)).json();
      return viewers.length === 0;
    });
    await ask(viewer, "view.viewer.setPaused(false)");
    for (const age of await nextAges(viewer, 5)) assertLess(age, MOST_AGE);
    await viewer.untilState("live");
  });
  await t.step("a decoder that falls behind goes on with a key frame", async () => {
    await viewer.page.evaluate("isBusy = true; decoded = []");
    await new Promise((resolve) => setTimeout(resolve, 500));
    assertEquals(await viewer.page.evaluate("decoded"), []);
    await viewer.page.evaluate("isBusy = false");
    await eventually(() => viewer.page.evaluate<boolean>("decoded.length > 5"));
    const [first, ...more] = await viewer.page.evaluate<string[]>("decoded.slice(0, 5)");
    assertEquals([first, ...new Set(more)], ["key", "delta"]);
    for (const age of await nextAges(viewer, 5)) assertLess(age, MOST_AGE);
  });
  await t.step("the menu goes over to JPEG and back", async () => {
    await viewer.page.locator("#settings").click();
    const menu = viewer.page.getByRole("combobox", { name: "Format" });
    for (let i = 0; i < 3; i++) {
      await menu.selectOption({ label: "JPEG" });
      await until(viewer, "video.hidden && video.width === 0");
      await viewer.untilState("live");
      await menu.selectOption({ label: "H.264" });
      await until(viewer, "!video.hidden && video.width === 640");
      await viewer.untilState("live");
    }
    assertEquals(viewer.complaints, []);
  });
  await t.step("JPEG where its decoder fails", async () => {
    await viewer.page.evaluate("isBroken = true");
    await until(viewer, "video.hidden && view.viewer.format.reason === 'stalled'");
    await viewer.untilState("live");
    assert(await ask(viewer, "view.viewer.screen.current.blob !== null"));
  });
  await t.step("in <wscam-view>", async () => {
    const view = `<wscam-view src="${server.ws}" format="h264" style="width: 320px"></wscam-view>`;
    await using site = startSite(view, `${server.url}/wscam.js`);
    await viewer.page.goto(site.url);
    await until(viewer, "!video.hidden && video.width === 640 && view.state === 'live'");
  });
});
