import { assert, assertEquals } from "@std/assert";
import { type ViewerPage } from "../../testutil/browser.ts";
import { testInBrowser } from "../../testutil/in_browser.ts";
import { hide } from "../../testutil/browser_checks.ts";
import { eventually } from "../../../testutil/eventually.ts";
import { answerPing, startFakeServer } from "../../../testutil/server/fake_server.ts";
import { findFixedPort } from "../../../testutil/network/fixed_port.ts";
import { openViewer } from "../../../testutil/client/messages.ts";
import { startWscam } from "../../../testutil/program/wscam.ts";

const CAMERAS = ["--camera", "door=test", "--resolution", "160x120", "--fps", "5"];
const DESKTOP = { viewport: { width: 1280, height: 800 } };

/** Everything that the page asked a server for, its handshakes too. */
function asked({ requests }: ViewerPage): number {
  return requests.filter((url) => /^(http|ws):/.test(url)).length;
}

testInBrowser("the page, where it is refused", { serve: CAMERAS }, {
  "the page stops when its token is refused, and forgets it": async ({ browser }) => {
    const port = await findFixedPort();
    const first = await startWscam(CAMERAS, { port, env: { WSCAM_TOKEN: "the first token" } });
    await using viewer = await browser.open(`${first.url}/?token=the+first+token`, DESKTOP);
    await viewer.untilState("live");
    await first.end();
    await using server = await startWscam(CAMERAS, {
      port,
      env: { WSCAM_TOKEN: "the second token" },
    });
    await viewer.untilState("refused");
    await viewer.untilText("state", /^(That is not the token|This camera needs a token)$/);
    const before = asked(viewer);
    for (let i = 0; i < 12; i++) {
      // The owner is let in all the while.
      const { status, body } = await fetch(`${server.url}/cameras?token=the+second+token`);
      await body?.cancel();
      assertEquals(status, 200);
      await viewer.page.waitForTimeout(250);
    }
    assertEquals(asked(viewer), before, "nothing may be asked again and again");
    const again = viewer.requests.length;
    await viewer.page.keyboard.press("c");
    await eventually(() => asked(viewer) > before);
    await viewer.untilText("state", /^This camera needs a token$/);
    for (const url of viewer.requests.slice(again)) {
      assert(!url.includes("first"), "a token that was refused is not shown again");
    }
  },
  "the page says that there is no seat, and takes one that is free": async ({ browser }) => {
    await using server = await startWscam([...CAMERAS, "--max-clients", "1"]);
    const seated = await openViewer(server.ws);
    await using viewer = await browser.open(server.url, DESKTOP);
    await viewer.untilState("refused");
    await viewer.untilText("state", /^The server is full/);
    await seated[Symbol.asyncDispose]();
    await viewer.untilState("live");
  },
  "the page says what the server says when it lets nobody in": async ({ browser, t }) => {
    const answers: [string, () => Response, RegExp][] = [
      ["401", () => answer(401), /^This camera needs a token$/],
      ["403", () => answer(403), /^The server refuses access$/],
      [
        "403 with a reason",
        () => answer(403, { "x-wscam-reason": "link-other; camera=%E5%89%8D%E9%97%A8" }),
        /^This link shows camera 前门 only$/,
      ],
      [
        "403 with a reason from another time",
        () => answer(403, { "x-wscam-reason": "<b>; x=%" }),
        /^The server refuses access$/,
      ],
      [
        "429",
        () =>
          answer(429, {
            "retry-after": "40",
            "x-wscam-reason": "too-many-guesses; seconds=40",
          }),
        /^Too many wrong tokens came from your address/,
      ],
      ["502", () => answer(502), /^The camera server is not running/],
      ["404", () => answer(404), /^That is not a camera server/],
      ["a list", () => Response.json([]), /^A proxy blocks the pictures/],
    ];

    for (const [name, refuse, wanted] of answers) {
      await t.step(name, async () => {
        await using server = await startFakeServer({ refuse });
        await using viewer = await browser.open(server.url, DESKTOP);
        await viewer.untilState("refused");
        await viewer.untilText("state", wanted);
        await viewer.page.context().close();
      });
    }
  },
  "the page calls no picture live that is old when somebody comes back": async ({ browser }) => {
    let isPaused = false;
    await using server = await startFakeServer({
      sends: () => !isPaused,
      answer: (command) => {
        if (command.type === "pause") isPaused = true;
        return command.type === "resume" ? { type: "resumed" } : answerPing(command);
      },
    });
    await using viewer = await browser.open("about:blank", DESKTOP);
    await viewer.page.clock.install();
    await viewer.page.goto(server.url);
    await viewer.page.clock.resume();
    await viewer.untilState("live");
    await eventually(() => server.of("ping").length > 1);
    await hide(viewer);
    await viewer.page.clock.runFor(70_000);
    await eventually(() => isPaused);
    // Pictures that were on their way have arrived before the answer.
    await viewer.page.evaluate("player.viewer.connection.ask({ type: 'ping' })");
    await viewer.page.clock.fastForward(30_000);
    await hide(viewer, false);
    assertEquals(await viewer.page.evaluate("document.body.dataset.state"), "waiting");
    assert(await viewer.page.locator("#stale").isVisible());
    isPaused = false;
    await viewer.untilState("live");
  },
  "the page's single-letter keys can be switched off, and stay so": async ({ browser, server }) => {
    await using viewer = await browser.open(server.url, DESKTOP);
    const { page } = viewer;
    await viewer.untilState("live");
    await page.keyboard.press("o");
    const keys = page.getByRole("switch", { name: /^Single-letter keys/ });
    assert(await keys.isChecked());
    await keys.click();
    await page.keyboard.press("c");
    await page.keyboard.press("o");
    assert(await page.locator("#panel").isVisible());
    await page.keyboard.press("Escape");
    assert(await page.locator("#panel").isHidden());
    await page.reload();
    await viewer.untilState("live");
    await page.keyboard.press("o");
    assert(await page.locator("#panel").isHidden());
    await page.locator("#settings").click();
    await keys.click();
    await page.keyboard.press("o");
    assert(await page.locator("#panel").isHidden());
  },
  "the page's token goes to its own server and to no other port": async ({ browser }) => {
    await using other = await startFakeServer();
    await using server = await startWscam(CAMERAS, { env: { WSCAM_TOKEN: "a token" } });
    await using viewer = await browser.open(`${server.url}/?token=a+token`, DESKTOP);
    await viewer.untilState("live");
    await viewer.page.locator("#elsewhere").click();
    await viewer.page.locator("#address").fill(`127.0.0.1:${other.port}`);
    await viewer.page.locator("#address").press("Enter");
    await eventually(() => other.queries.length > 0);
    assertEquals(other.queries.map((query) => query.get("token")), other.queries.map(() => null));
  },
});

function answer(status: number, headers: Record<string, string> = {}): Response {
  return new Response("No\n", { status, headers });
}
