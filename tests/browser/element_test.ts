import { assert, assertEquals, assertMatch } from "@std/assert";
import { BROWSERS, startSite, withChromium } from "./testutil/element_page.ts";
import { eventually } from "../testutil/eventually.ts";
import { testWith } from "../testutil/needs.ts";
import { startWscam, type Wscam } from "../testutil/program/wscam.ts";

const CAMERAS = ["--camera", "door=test", "--camera", "yard=test", "--fps", "10"];

function view(server: Wscam, attributes = ""): string {
  return `<wscam-view src="${server.ws}" ${attributes} style="width: 320px"></wscam-view>`;
}

/** How many viewers a server has. */
async function viewersOf({ url }: Wscam): Promise<number> {
  const { viewers } = await (await fetch(`${url}/state`)).json();
  return viewers.length;
}

async function untilViewers(server: Wscam, count: number): Promise<void> {
  const isSo = async () => await viewersOf(server) === count;
  await eventually(isSo, { within: 30_000, what: `${count} viewers` });
}

for (const [need, launch] of BROWSERS) {
  testWith(
    [need, "ffmpeg"],
    `<wscam-view> shows cameras in a page of another port in ${need}`,
    async (t) => {
      await using server = await startWscam(CAMERAS);
      const body = view(server, 'camera="door"') +
        view(server, 'camera="yard" fps="5" width="160"');
      await using site = startSite(body, `${server.url}/wscam.js`);
      await using browser = await launch();
      const page = await browser.open(site.url);
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
    },
  );
}

testWith(["chromium"], "<wscam-view> tells a page of each picture and state", async () => {
  await using server = await startWscam(CAMERAS);
  await using site = startSite("", `${server.url}/wscam.js`);
  await using browser = await withChromium();
  const page = await browser.open(site.url);
  await page.until(`customElements.get("wscam-view")`);
  await page.evaluate(`{
    window.told = [];
    const element = document.createElement("wscam-view");
    for (const name of ["state", "frame"]) {
      element.addEventListener(name, ({ detail }) => told.push([name, detail]));
    }
    element.setAttribute("src", "${server.ws}");
    document.body.append(element);
  }`);
  await page.until(`told.filter(([name]) => name === "frame").length > 4`);
  const told = JSON.parse(String(await page.evaluate("JSON.stringify(told)")));
  const states = told.filter(([name]: string[]) => name === "state")
    .map(([, { state }]: [string, { state: string }]) => state);
  assertEquals(states, ["connecting", "waiting", "live"]);
  const [, frame] = told.find(([name]: string[]) => name === "frame");
  assertEquals([frame.width, frame.height], [640, 480]);
  assert(Math.abs(frame.timestamp - Date.now() / 1000) < 60, `${frame.timestamp}`);
  const size = await page.evaluate(
    `document.querySelector("wscam-view").snapshot().then(({ size }) => size)`,
  );
  assert(Number(size) > 1000, `${size} bytes`);
});

testWith(["chromium"], "<wscam-view> comes back when its server does", async () => {
  const first = await startWscam(CAMERAS);
  await using site = startSite(view(first), `${first.url}/wscam.js`);
  await using browser = await withChromium();
  const page = await browser.open(site.url);
  const state = `document.querySelector("wscam-view").state`;
  await page.until(`${state} === "live"`);
  await first.end();
  await page.until(`${state} === "reconnecting"`);
  const stale = `document.querySelector("wscam-view").shadowRoot.querySelector("#stale").hidden`;
  assertEquals(await page.evaluate(stale), false);
  await using _ = await startWscam(CAMERAS, { port: first.port });
  await page.until(`${state} === "live"`);
  assertEquals(await page.evaluate(stale), true);
});

testWith(["chromium"], "<wscam-view> says what is wrong, where it stands", async (t) => {
  await using listed = await startWscam([...CAMERAS, "--allow-origin", "https://dash.example"]);
  await using locked = await startWscam(CAMERAS, { env: { WSCAM_TOKEN: "a long enough token" } });
  await using open = await startWscam(CAMERAS);
  await using browser = await withChromium();
  const cases: [what: string, element: string, words: RegExp][] = [
    [
      "a page that may not look",
      view(listed),
      /Can’t reach[^]*pages of http:\/\/127.*--allow-origin/,
    ],
    ["no token", view(locked), /needs a token/],
    ["a wrong token", view(locked, 'token="no"'), /not the token/],
    ["no such camera", view(open, 'camera="attic"'), /attic/],
    ["a value that makes no sense", view(open, 'fps="many"'), /fps/],
    ["no address", "<wscam-view></wscam-view>", /attribute src/],
    ["no address in it", '<wscam-view src="no address"></wscam-view>', /not an address/],
  ];
  for (const [what, element, words] of cases) {
    await t.step(what, async () => {
      await using site = startSite(element, `${open.url}/wscam.js`);
      const page = await browser.open(site.url);
      await page.until(`${words}.test(document.querySelector("wscam-view").shadowRoot
        ?.querySelector("#notice")?.innerText)`);
    });
  }
  await t.step("the token lets it in", async () => {
    const token = 'token="a long enough token"';
    const script = `${locked.url}/wscam.js?token=a+long+enough+token`;
    await using site = startSite(view(locked, token), script);
    const page = await browser.open(site.url);
    await page.until(`document.querySelector("wscam-view").state === "live"`);
  });
});

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
      element.setAttribute("format", "${format}");
      const isShown = new Promise((done) => element.addEventListener("frame", done, { once: true }));
      document.body.append(element);
      if (i % 2 === 0) await isShown;
      shown += i % 2 === 0 ? 1 : 0;
      element.remove();
    }
  })()`;
}

for (const [need, launch] of BROWSERS) {
  testWith(
    [need, "ffmpeg"],
    `<wscam-view> leaves nothing behind, a hundred times, in ${need}`,
    async (t) => {
      await using server = await startWscam(CAMERAS);
      await using site = startSite("", `${server.url}/wscam.js`);
      await using browser = await launch();
      const page = await browser.open(site.url);
      await page.until(`customElements.get("wscam-view")`);
      await page.evaluate(WATCH_ELEMENTS);
      // An element by H.264 takes a second to begin.
      await page.evaluate(comeAndGo(server, "jpeg", 80));
      await page.evaluate(comeAndGo(server, "h264", 20));
      assertEquals(await page.evaluate("shown"), 50);
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
        }, { within: 60_000, what: "elements to be collected" });
      });
    },
  );
}

testWith(["chromium"], "GET /wscam.js is for the pages that may look", async (t) => {
  await using server = await startWscam(CAMERAS);
  const ask = async (headers: Record<string, string>): Promise<Response> => {
    const response = await fetch(`${server.url}/wscam.js`, { headers });
    await response.body?.cancel();
    return response;
  };
  await t.step("another port of this machine", async () => {
    const { status, headers } = await ask({ origin: "http://127.0.0.1:3000" });
    assertEquals(status, 200);
    assertMatch(headers.get("content-type") ?? "", /^text\/javascript/);
    assertEquals(headers.get("access-control-allow-origin"), "http://127.0.0.1:3000");
    assertEquals(headers.get("cross-origin-resource-policy"), "cross-origin");
  });
  await t.step("not one from elsewhere", async () => {
    const { status, headers } = await ask({ origin: "https://evil.example" });
    assertEquals(status, 403);
    assertEquals(headers.get("access-control-allow-origin"), null);
  });
});
