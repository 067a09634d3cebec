import { assertEquals } from "@std/assert";
import { launchBrowser } from "../testutil/browser.ts";
import { eventually } from "../../testutil/eventually.ts";
import { launchFirefox } from "../testutil/firefox.ts";
import { type TestNeed, testWith } from "../../testutil/needs.ts";
import { startWscam } from "../../testutil/program/wscam.ts";

const TOKEN = "a token of some length";
const CAMERAS = ["--camera", "door=test", "--resolution", "160x120", "--fps", "5"];
/** Names that lead here, in the tests' browsers only. */
const NAMES = ["homeassistant.local", "dash.example", "evil.example", "cam.lan"];

/** The view of an embedded page that a browser shows. */
interface Shown {
  /** A picture in `<img>`. */
  image: boolean;
  /** Whether the page could read its pixels. */
  pixels: boolean;
  /** The title of the page in a frame. */
  frame: string;
}

/** A browser that opens a page, inserts something into it, and reports what is visible. */
interface Embedding extends AsyncDisposable {
  embed(at: string, image: string, frame: string): Promise<Shown>;
}

/** Puts a picture into the page that runs it; says whether it is shown, and whether it can be read. */
const SHOW_IMAGE = `(src) => new Promise((resolve) => {
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.getContext("2d").drawImage(image, 0, 0);
    let canRead = true;
    try { canvas.toDataURL(); } catch { canRead = false; }
    image.src = "";
    resolve(canRead ? "read" : "shown");
  };
  image.onerror = () => resolve("refused");
  image.src = src;
})`;
const SHOW_FRAME = `(src) => new Promise((resolve) => {
  const frame = document.createElement("iframe");
  frame.onload = () => resolve("loaded");
  frame.src = src;
  document.body.append(frame);
})`;

/** Asks until the page in the frame has its title; a refused page does not keep our title. */
async function titleOf(read: () => Promise<unknown>, isExpected: boolean): Promise<string> {
  let title: unknown = "";
  const look = async () => String(title = await read().catch(() => "")).includes("wscam");
  if (isExpected) await eventually(look).catch(() => {});
  else await look();
  return String(title).includes("wscam") ? "wscam" : "";
}

async function withChromium(): Promise<Embedding> {
  const map = NAMES.map((name) => `MAP ${name} 127.0.0.1`).join(", ");
  const browser = await launchBrowser({ flags: [`--host-resolver-rules=${map}`] });
  return {
    async embed(at, image, frame) {
      const { page } = await browser.open(at);
      const shown = await page.evaluate<string>(`(${SHOW_IMAGE})(${JSON.stringify(image)})`);
      await page.evaluate(`(${SHOW_FRAME})(${JSON.stringify(frame)})`);
      const read = () => page.frames()[1]?.title() ?? Promise.resolve("");
      const title = await titleOf(read, isExpected(at));
      await page.context().close();
      return { image: shown !== "refused", pixels: shown === "read", frame: title };
    },
    [Symbol.asyncDispose]: () => browser[Symbol.asyncDispose](),
  };
}

async function withFirefox(): Promise<Embedding> {
  const browser = await launchFirefox(NAMES);
  return {
    async embed(at, image, frame) {
      const page = await browser.open(at);
      const shown = await page.evaluate(`(${SHOW_IMAGE})(${JSON.stringify(image)})`);
      await page.evaluate(`(${SHOW_FRAME})(${JSON.stringify(frame)})`);
      const read = async () => (await page.evaluateInFrames("document.title"))[0];
      const title = await titleOf(read, isExpected(at));
      return { image: shown !== "refused", pixels: shown === "read", frame: title };
    },
    [Symbol.asyncDispose]: () => browser[Symbol.asyncDispose](),
  };
}

function isExpected(at: string): boolean {
  return !at.includes("evil");
}

/** A web site that hides where its visitors come from, like Home Assistant. */
function startSite(): { port: number } & AsyncDisposable {
  const headers = { "content-type": "text/html", "referrer-policy": "no-referrer" };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("<!DOCTYPE html><title>site</title><body>", { headers }),
  );
  return { port: server.addr.port, [Symbol.asyncDispose]: () => server.shutdown() };
}

const BROWSERS: readonly [need: TestNeed, launch: () => Promise<Embedding>][] = [
  ["chromium", withChromium],
  ["firefox", withFirefox],
];

for (const [need, launch] of BROWSERS) {
  testWith(
    [need],
    `a page that hides where it is from shows camera and page in ${need}`,
    async (t) => {
      await using site = startSite();
      const dashboard = `http://dash.example:${site.port}`;
      await using open = await startWscam(CAMERAS);
      await using listed = await startWscam([...CAMERAS, "--allow-origin", dashboard]);
      await using locked = await startWscam(CAMERAS, { env: { WSCAM_TOKEN: TOKEN } });
      await using browser = await launch();
      const all = { image: true, pixels: false, frame: "wscam" };
      const token = `?token=${encodeURIComponent(TOKEN)}`;
      const cases: [what: string, from: string, at: string, query: string, shown: Shown][] = [
        ["Home Assistant", "homeassistant.local", `cam.lan:${open.port}`, "", all],
        ["another port", "127.0.0.1", `127.0.0.1:${open.port}`, "", all],
        ["a page that is named", "dash.example", `cam.lan:${listed.port}`, "", all],
        ["a page with the token", "homeassistant.local", `cam.lan:${locked.port}`, token, all],
        // Nobody can tell it from the first: it shows its visitor what the visitor may see, and reads nothing.
        ["a page from elsewhere", "evil.example", `cam.lan:${open.port}`, "", {
          ...all,
          frame: "",
        }],
        ["a page from elsewhere, to this machine", "evil.example", `127.0.0.1:${open.port}`, "", {
          image: false,
          pixels: false,
          frame: "",
        }],
        ["a page from elsewhere without the token", "evil.example", `cam.lan:${locked.port}`, "", {
          image: false,
          pixels: false,
          frame: "",
        }],
      ];
      for (const [what, from, at, query, shown] of cases) {
        await t.step(what, async () => {
          const page = `http://${from}:${site.port}/`;
          assertEquals(
            await browser.embed(page, `http://${at}/stream${query}`, `http://${at}/${query}`),
            shown,
          );
        });
      }
    },
  );
}

testWith(
  ["chromium"],
  "a page that guesses through a visitor's browser shuts nobody out who has the token",
  async () => {
    await using site = startSite();
    await using locked = await startWscam(CAMERAS, { env: { WSCAM_TOKEN: TOKEN } });
    const map = NAMES.map((name) => `MAP ${name} 127.0.0.1`).join(", ");
    await using browser = await launchBrowser({ flags: [`--host-resolver-rules=${map}`] });
    const own = `http://cam.lan:${locked.port}`;
    const token = encodeURIComponent(TOKEN);
    const viewer = await browser.open(`${own}/?token=${token}`);
    await viewer.untilState("live");
    const { page } = await browser.open(`http://evil.example:${site.port}/`);
    const guesses = await page.evaluate<string[]>(`Promise.all(Array.from({ length: 60 }, (_, i) =>
      (${SHOW_IMAGE})("${own}/snapshot?token=guess" + i)))`);
    assertEquals(new Set(guesses), new Set(["refused"]));
    await eventually(() => locked.output.stderr.includes("Ten wrong tokens came from 127.0.0.1"));
    const statusOf = async (query: string, headers: Record<string, string> = {}) => {
      const response = await fetch(`${locked.url}/cameras${query}`, { headers });
      await response.body?.cancel();
      return response.status;
    };
    assertEquals(await statusOf("?token=wrong"), 429, "the brake is on");
    assertEquals(await statusOf(`?token=${token}`), 200);
    assertEquals(await statusOf("", { authorization: `Bearer ${TOKEN}` }), 200);
    await viewer.page.reload();
    await viewer.untilState("live");
    const other = await browser.open(`${own}/?token=${token}`);
    await other.untilState("live");
  },
);
