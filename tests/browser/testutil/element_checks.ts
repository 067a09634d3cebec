import { assert, assertEquals } from "@std/assert";
import { type ElementBrowser, startSite } from "./element_page.ts";
import { eventually } from "../../testutil/eventually.ts";
import type { Wscam } from "../../testutil/program/wscam.ts";

const SMALL = "small=test#resolution=160x120";
/** Cameras for {@linkcode showsCameras} and {@linkcode leavesNothing}. */
export const CAMERAS = ["door=test", "yard=test", SMALL].flatMap((camera) => ["--camera", camera]);

/** An element that shows a camera. */
export function view(server: Wscam, attributes = ""): string {
  return `<wscam-view src="${server.ws}" ${attributes} style="width: 320px"></wscam-view>`;
}

/** The number of a server's viewers. */
async function viewersOf({ url }: Wscam): Promise<number> {
  const { viewers } = await (await fetch(`${url}/state`)).json();
  return viewers.length;
}

async function untilViewers(server: Wscam, count: number): Promise<void> {
  const isSo = async () => await viewersOf(server) === count;
  await eventually(isSo, { what: `${count} viewers` });
}

/** Nothing but the element itself may keep it alive, and no picture of it may be kept. */
const WATCH_ELEMENTS = `{
  window.urls = new Set();
  window.elements = [];
  window.shown = 0;
  const { createObjectURL, revokeObjectURL } = URL;
  URL.createObjectURL = (blob) => {
    const url = createObjectURL.call(URL, blob);
    urls.add(url);
    return url;
  };
  URL.revokeObjectURL = (url) => {
    urls.delete(url);
    revokeObjectURL.call(URL, url);
  };
}`;

/** Puts an element into the page and takes it out again; half of them go before their first picture. */
function comeAndGo(server: Wscam, format: string, times: number): string {
  return `(async () => {
    for (let i = 0; i < ${times}; i++) {
      const element = document.createElement("wscam-view");
      elements.push(new WeakRef(element));
      element.setAttribute("src", "${server.ws}");
      element.setAttribute("camera", "small");
      element.setAttribute("format", "${format}");
      const isShown = new Promise((done) => element.addEventListener("frame", done, { once: true }));
      document.body.append(element);
      if (i % 2 === 0) await isShown;
      shown += i % 2 === 0 ? 1 : 0;
      element.remove();
    }
  })()`;
}

/** The means that a browser's checks share. */
export interface ElementBench {
  server: Wscam;
  browser: ElementBrowser;
  /** The step that they are made in. */
  t: Deno.TestContext;
}

/** Elements show the cameras of a server in a page of another port. */
export async function showsCameras({ server, browser, t }: ElementBench): Promise<void> {
  const body = view(server, 'camera="door"') +
    view(server, 'camera="yard" fps="5" width="160"');
  await using site = startSite(body, `${server.url}/wscam.js`);
  await using page = await browser.open(site.url);
  await page.until(`document.querySelectorAll("wscam-view").length === 2 &&
      [...document.querySelectorAll("wscam-view")].every(({ state }) => state === "live")`);
  await t.step("two side by side, each with what it asks for", async () => {
    const sizes = `JSON.stringify([...document.querySelectorAll("wscam-view")].map((each) =>
        each.shadowRoot.querySelector("img").naturalWidth))`;
    assertEquals(await page.evaluate(sizes), "[640,160]");
  });
  await t.step("as large as the page wants, in the picture's shape", async () => {
    const boxes = `JSON.stringify([...document.querySelectorAll("wscam-view")].map((each) =>
        [each.clientWidth, each.clientHeight]))`;
    assertEquals(await page.evaluate(boxes), "[[320,240],[320,240]]");
  });
  await t.step("one by H.264, beside one by JPEG", async () => {
    await page.evaluate(
      `document.querySelectorAll("wscam-view")[1].setAttribute("format", "h264")`,
    );
    await page.until(`(() => {
        const [jpeg, h264] = [...document.querySelectorAll("wscam-view")];
        const video = h264.shadowRoot.querySelector("video");
        // On a busy machine it takes longer to begin than the element waits for it: it is asked again.
        const isAskedNow = Date.now() - (globalThis.askedAt ?? 0) < 5000;
        if (h264.viewer.format.format === "jpeg" && !isAskedNow) {
          globalThis.askedAt = Date.now();
          h264.setAttribute("format", "jpeg");
          setTimeout(() => h264.setAttribute("format", "h264"), 200);
        }
        return !video.hidden && video.videoWidth === 160 && video.currentTime > 0 &&
          jpeg.shadowRoot.querySelector("img").naturalWidth === 640 &&
          [jpeg, h264].every(({ state }) => state === "live");
      })()`);
  });
  await t.step("another camera and size when its attributes change", async () => {
    await page.evaluate(`document.querySelector("wscam-view").setAttribute("width", "80")`);
    await page.until(`document.querySelector("wscam-view").shadowRoot
        .querySelector("img").naturalWidth === 80`);
    await page.evaluate(`document.querySelector("wscam-view").setAttribute("camera", "attic")`);
    await page.until(`/attic/.test(document.querySelector("wscam-view").shadowRoot
        .querySelector("#notice").textContent)`);
  });
  await t.step("gone from the page, its socket is closed", async () => {
    assert(await viewersOf(server) > 0);
    await page.evaluate(
      `document.querySelectorAll("wscam-view").forEach((each) => each.remove())`,
    );
    await untilViewers(server, 0);
  });
}

/** Elements come and go fifty times, and leave nothing behind. */
export async function leavesNothing({ server, browser, t }: ElementBench): Promise<void> {
  await using site = startSite("", `${server.url}/wscam.js`);
  await using page = await browser.open(site.url);
  await page.until(`customElements.get("wscam-view")`);
  await page.evaluate(WATCH_ELEMENTS);
  // An element by H.264 takes a second to begin.
  await page.evaluate(comeAndGo(server, "jpeg", 40));
  await page.evaluate(comeAndGo(server, "h264", 10));
  assertEquals(await page.evaluate("shown"), 25);
  await t.step("no socket", () => untilViewers(server, 0));
  await t.step("no picture", () => page.until("urls.size === 0"));
  await t.step("no element", async () => {
    const { collect } = page;
    if (collect === undefined) return;
    // The last ones may be held by what the browser has yet to do.
    await eventually(async () => {
      await collect();
      return await page.evaluate("elements.filter((each) => each.deref()).length <= 5") ===
        true;
    }, { what: "elements to be collected" });
  });
}
