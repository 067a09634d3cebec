import { assert, assertEquals, assertMatch } from "@std/assert";
import { startSite, withChromium } from "../testutil/element_page.ts";
import {
  CAMERAS,
  type ElementBench,
  leavesNothing,
  showsCameras,
  view,
} from "../testutil/element_checks.ts";
import { findFixedPort } from "../../testutil/network/fixed_port.ts";
import { testWith } from "../../testutil/needs.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

testWith(["chromium", "ffmpeg"], "<wscam-view>", async (t) => {
  await using server = await startWscam(CAMERAS);
  await using browser = await withChromium();
  await t.step("shows cameras in a page of another port", (t) => {
    return showsCameras({ server, browser, t });
  });
  await t.step("leaves nothing behind, fifty times", (t) => {
    return leavesNothing({ server, browser, t });
  });
  await t.step("tells a page of each picture and state", () => tellsAll({ server, browser, t }));
  await t.step("comes back when its server does", () => comesBack({ browser }));
  await t.step("says what is wrong, where it stands", (t) => {
    return saysWhatIsWrong({ server, browser, t });
  });
  await t.step("is sent to the pages that may look", (t) => isForPagesThatMayLook({ server, t }));
});

async function tellsAll({ server, browser }: ElementBench): Promise<void> {
  await using site = startSite("", `${server.url}/wscam.js`);
  await using page = await browser.open(site.url);
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
  assertEquals(states.slice(0, 3), ["connecting", "waiting", "live"]);
  const [, frame] = told.find(([name]: string[]) => name === "frame");
  assertEquals([frame.width, frame.height], [640, 480]);
  assert(Math.abs(frame.timestamp - Date.now() / 1000) < 60, `${frame.timestamp}`);
  const size = await page.evaluate(
    `document.querySelector("wscam-view").snapshot().then(({ size }) => size)`,
  );
  assert(Number(size) > 1000, `${size} bytes`);
}

async function comesBack({ browser }: Pick<ElementBench, "browser">): Promise<void> {
  const first = await startWscam(CAMERAS, { port: await findFixedPort() });
  await using site = startSite(view(first), `${first.url}/wscam.js`);
  await using page = await browser.open(site.url);
  const state = `document.querySelector("wscam-view").state`;
  await page.until(`${state} === "live"`);
  await first.end();
  await page.until(`${state} === "reconnecting"`);
  const stale = `document.querySelector("wscam-view").shadowRoot.querySelector("#stale").hidden`;
  await page.until(`${stale} === false`);
  await using _ = await startWscam(CAMERAS, { port: first.port });
  await page.until(`${state} === "live"`);
  await page.until(`${stale} === true`);
}

async function saysWhatIsWrong({ server: open, browser, t }: ElementBench): Promise<void> {
  await using listed = await startWscam([...CAMERAS, "--allow-origin", "https://dash.example"]);
  await using locked = await startWscam(CAMERAS, { env: { WSCAM_TOKEN: "a long enough token" } });

  const cases: [what: string, element: string, words: RegExp][] = [
    [
      "a page that may not look",
      view(listed),
      /Can’t reach[^]*pages from http:\/\/127.*--allow-origin/,
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
      await using page = await browser.open(site.url);
      await page.until(`${words}.test(document.querySelector("wscam-view").shadowRoot
        ?.querySelector("#notice")?.innerText)`);
    });
  }
  await t.step("the token lets it in", async () => {
    const token = 'token="a long enough token"';
    const script = `${locked.url}/wscam.js?token=a+long+enough+token`;
    await using site = startSite(view(locked, token), script);
    await using page = await browser.open(site.url);
    await page.until(`document.querySelector("wscam-view").state === "live"`);
  });
}

async function isForPagesThatMayLook(
  { server, t }: Pick<ElementBench, "server" | "t">,
): Promise<void> {
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
}
