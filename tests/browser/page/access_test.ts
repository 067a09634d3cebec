import { assert, assertEquals, assertMatch } from "@std/assert";
import { launchBrowser, type TestBrowser, type ViewerPage } from "../testutil/browser.ts";
import { testInBrowser } from "../testutil/in_browser.ts";
import { signShareLink } from "../../../lib/server/access/token/share_link.ts";
import { createAuthority } from "../../testutil/network/certificates.ts";
import { eventually } from "../../testutil/eventually.ts";
import { testWith } from "../../testutil/needs.ts";
import { run } from "../../testutil/program/run.ts";
import { startWscam, type Wscam } from "../../testutil/program/wscam.ts";

const TOKEN = "a token of some length";
const CAMERAS = [
  "--camera",
  "door=test",
  "--camera",
  "attic=test",
  "--resolution",
  "160x120",
  "--fps",
  "5",
];
/** Names that lead here, in the test's browser only. */
const NAMES = ["evil.example", "dashboard.local", "cam.lan", "rebound.example"];
const FLAGS = [`--host-resolver-rules=${NAMES.map((name) => `MAP ${name} 127.0.0.1`).join(", ")}`];

/** The results of a page that tries everything, run in the page. */
const TRY_ALL = `async (at, query) => {
  const socket = (url) => new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.onmessage = () => { resolve("pictures"); socket.close(); };
    socket.onerror = () => resolve("refused");
  });
  const image = (url, policy) => new Promise((resolve) => {
    const image = new Image();
    image.referrerPolicy = policy;
    image.onload = () => resolve("shown");
    image.onerror = () => resolve("refused");
    image.src = url;
  });
  const read = (url) => fetch(url).then((answer) => answer.ok ? "read" : "refused", () => "refused");
  return {
    socket: await socket("ws://" + at + "/" + query),
    image: await image("http://" + at + "/stream" + query, ""),
    hiddenImage: await image("http://" + at + "/stream" + query, "no-referrer"),
    cameras: await read("http://" + at + "/cameras" + query),
  };
}`;

/** A web site: an empty page, and a picture under every other path. */
function startSite(): { port: number } & AsyncDisposable {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () =>
      new Response("<!DOCTYPE html><title>site</title>", {
        headers: { "content-type": "text/html" },
      }),
  );
  return { port: server.addr.port, [Symbol.asyncDispose]: () => server.shutdown() };
}

async function tryAll(
  { page }: ViewerPage,
  at: string,
  query = "",
): Promise<Record<string, string>> {
  return await page.evaluate(`(${TRY_ALL})(${JSON.stringify(at)}, ${JSON.stringify(query)})`);
}

testInBrowser("the page, and who may look", { flags: FLAGS }, {
  "a page from elsewhere sees nothing through a visitor's browser": async ({ browser, t }) => {
    await using server = await startWscam([...CAMERAS, "--log-level", "debug"]);
    await using site = startSite();

    const nothing = {
      socket: "refused",
      image: "refused",
      hiddenImage: "refused",
      cameras: "refused",
    };
    for (const host of ["127.0.0.1", "cam.lan"]) {
      await t.step(`from evil.example, at ${host}`, async () => {
        await using viewer = await browser.open(`http://evil.example:${site.port}/`);
        const before = server.output.stderr.length;
        // Only for this machine, and over TLS, do browsers say that a page which hides its origin
        // is a foreign one. Otherwise nobody can tell it from Home Assistant, which hides its
        // origin as well.
        const hiddenImage = host === "127.0.0.1" ? "refused" : "shown";
        assertEquals(await tryAll(viewer, `${host}:${server.port}`), { ...nothing, hiddenImage });
        // The log says the same thing once, and then how many times more.
        const told = (what: string): number => {
          const lines = server.output.stderr.slice(before)
            .matchAll(new RegExp(`${what}.*?(?:\\((\\d+) times more\\))?$`, "gm"));
          return [...lines].reduce((sum, [, more]) => sum + Number(more ?? 1), 0);
        };
        // The log comes through a pipe.
        await eventually(() =>
          told("A web page of 'http://evil\\.example:\\d+' may not connect") === 3
        );
        const hidden = host === "127.0.0.1" ? 1 : 0;
        assertEquals(told("A web page that doesn't say its origin may not connect"), hidden);
      });
    }
    await t.step("through a name that was rebound", async () => {
      await using viewer = await browser.open(`http://rebound.example:${server.port}/`);
      const { page } = viewer;
      assertMatch(
        await page.locator("body").innerText(),
        /does not answer to the name rebound\.example/,
      );
    });
    await t.step("a page of the local network still does", async () => {
      await using viewer = await browser.open(`http://dashboard.local:${site.port}/`);
      const { socket, cameras } = await tryAll(viewer, `127.0.0.1:${server.port}`);
      assertEquals([socket, cameras], ["pictures", "read"]);
    });
    await t.step(
      "a page from elsewhere can't show the page in a frame, a local one can",
      async () => {
        for (const [host, title] of [["evil.example", ""], ["dashboard.local", "door – wscam"]]) {
          await using viewer = await browser.open(`http://${host}:${site.port}/`);
          const { page } = viewer;
          await page.evaluate(`new Promise((resolve) => {
        const frame = document.createElement("iframe");
        frame.onload = resolve;
        frame.src = "http://cam.lan:${server.port}/";
        document.body.append(frame);
      })`);
          const frame = page.frames()[1];
          const shown = (): Promise<string> => frame?.title() ?? Promise.resolve("none");
          if (title !== "") {
            await eventually(async () => await shown() === title);
          } else assertEquals(/wscam/.test(await shown()), false);
        }
      },
    );
  },
  "--allow-origin lets one page in, and no other": async ({ browser }) => {
    await using site = startSite();
    const allowed = ["--allow-origin", `http://evil.example:${site.port}`];
    await using server = await startWscam([...CAMERAS, ...allowed]);

    await using named = await browser.open(`http://evil.example:${site.port}/`);
    const { socket, cameras } = await tryAll(named, `127.0.0.1:${server.port}`);
    assertEquals([socket, cameras], ["pictures", "read"]);
    await using other = await browser.open(`http://dashboard.local:${site.port}/`);
    const refused = await tryAll(other, `127.0.0.1:${server.port}`);
    assertEquals([refused["socket"], refused["cameras"]], ["refused", "refused"]);
    await using own = await browser.open(server.url);
    await own.untilState("live");
  },
  "the page asks for the token once, and keeps it where no script sees it": async (
    { browser, t },
  ) => {
    await using server = await startWscam(CAMERAS, { env: { WSCAM_TOKEN: TOKEN } });
    await using site = startSite();

    // It takes as long as the link is good: the other steps go on meanwhile.
    const guest = Promise.allSettled([watchAsGuest(browser, server)]);
    await t.step("asked by the browser", async () => {
      const httpCredentials = { username: "anybody", password: TOKEN };
      await using viewer = await browser.open(server.url, { httpCredentials });
      await viewer.untilState("live");
      const [cookie] = await viewer.page.context().cookies();
      assert(cookie);
      assertEquals([cookie.name, cookie.httpOnly, cookie.sameSite, cookie.secure, cookie.path], [
        ...[`wscam_${server.port}`, true, "Strict", false, "/"],
      ]);
      assertEquals(await viewer.page.evaluate("document.cookie"), "");
    });
    for (const host of ["127.0.0.1", "cam.lan"]) {
      await t.step(`in the address, at ${host}`, async () => {
        const at = `http://${host}:${server.port}`;
        await using viewer = await browser.open(
          `${at}/?camera=attic&token=${encodeURIComponent(TOKEN)}`,
        );
        await viewer.untilState("live");
        assertEquals(viewer.page.url(), `${at}/?camera=attic`);
        await viewer.page.goto(at);
        await viewer.untilState("live");
        const other = await viewer.page.context().newPage();
        await other.goto(`http://dashboard.local:${site.port}/`);
        const tried = await tryAll({ ...viewer, page: other }, `${host}:${server.port}`);
        assertEquals([tried["socket"], tried["cameras"]], ["refused", "refused"]);
        assertEquals(await other.evaluate("document.referrer"), "");
      });
    }
    await t.step("a wrong one shows nothing", async () => {
      const { page } = await browser.open(`${server.url}/?token=wrong`).catch(() => ({
        page: undefined,
      }));
      assertEquals(await page?.title() ?? "", "");
    });
    await t.step("a guest with a link sees one camera until it ends", async () => {
      const [seen] = await guest;
      if (seen.status === "rejected") throw seen.reason;
    });
  },
});

async function watchAsGuest(browser: TestBrowser, server: Wscam): Promise<void> {
  // A busy machine may not show a picture before the first has ended.
  for (const seconds of [10, 40, 160]) {
    const expires = Date.now() / 1000 + seconds;
    const share = await signShareLink({ camera: "attic", expires }, TOKEN);
    await using viewer = await browser.open(`${server.url}/?share=${share}&fps=2&width=160`);
    const title = (): Promise<string> => viewer.page.title();
    await eventually(async () => await title() === "attic – wscam" || Date.now() / 1000 > expires);
    if (await title() !== "attic – wscam") continue;
    assertEquals(await viewer.page.locator("#camera").isVisible(), false, "there is no other");
    await viewer.untilText("state", /^This link has ended$/);
    return await viewer.untilState("refused");
  }
  throw new Error("No picture came before the link had ended");
}

testWith(
  ["chromium", "openssl"],
  "the page works over TLS, with a cookie for TLS alone",
  async () => {
    await using authority = await createAuthority();
    const { cert, key } = await authority.issue("wscam");
    const script = `openssl x509 -in '${cert}' -pubkey -noout | openssl pkey -pubin -outform der |
    openssl dgst -sha256 -binary | base64`;
    const { stdout: pin } = await run("sh", ["-c", script]);
    const tls = ["--cert", cert, "--key", key];
    await using server = await startWscam([...CAMERAS, ...tls], { env: { WSCAM_TOKEN: TOKEN } });
    const flags = [`--ignore-certificate-errors-spki-list=${pin.trim()}`];
    await using browser = await launchBrowser({ flags });
    const viewer = await browser.open(`${server.url}/?token=${encodeURIComponent(TOKEN)}`);
    await viewer.untilState("live");
    assertEquals(viewer.page.url(), `${server.url}/`);
    const [cookie] = await viewer.page.context().cookies();
    assertEquals([cookie?.secure, cookie?.httpOnly, cookie?.sameSite], [true, true, "Strict"]);
    assert(viewer.requests.some((url) => url.startsWith("wss://")));
    assertEquals(viewer.complaints, []);
  },
);
